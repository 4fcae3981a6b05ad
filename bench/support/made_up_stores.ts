/**
 * Stores as a server meets them after five years: 5,000 assets of 1,260 sessions, and few or many portfolios. Made once, which
 * takes a minute or two, and kept in their folder.
 *
 * @module
 */
import { type Context, contextOn } from "../../lib/context.ts";
import { SYSTEM_USER_ID } from "../../lib/store/users.ts";
import { countKey } from "../../lib/store/count.ts";
import { PRESENT_FORM } from "../../lib/store/migrations/mod.ts";
import { openStore } from "../../lib/store/store.ts";
import type { Portfolio } from "../../lib/store/portfolios.ts";
import { insertAssets, insertBars, weekdaysUpTo } from "../made_up_market.ts";
import { putAll } from "./put_all.ts";
import { sizeOfStore } from "./store_file.ts";

export interface StoreSize {
  readonly assets: number;
  readonly sessions: number;
  readonly few: number;
  readonly many: number;
}

export const FULL: StoreSize = { assets: 5_000, sessions: 1_260, few: 100, many: 100_000 };
/** To see that a benchmark runs. */
export const QUICK: StoreSize = { assets: 500, sessions: 60, few: 20, many: 2_000 };

export interface MadeUpStores {
  /** Paths. */
  readonly few: string;
  readonly many: string;
  readonly bytesPerBar: number;
}

const LAST_SESSION = "2025-08-14";
const INVESTMENTS = 20;
/** So that an operation keeps within 80 KiB of keys. */
const PER_OPERATION = 30;
const AT = "2025-08-15T08:00:00.000Z";

/** What is in the folder already is taken as it is, if it has the form that this program writes. */
export async function madeUpStores(folder: string, size: StoreSize): Promise<MadeUpStores> {
  await Deno.mkdir(folder, { recursive: true });
  const made = `${folder}/${size.assets}x${size.sessions}-form-${PRESENT_FORM}`;
  const market = `${made}.kv`;
  if (!exists(market)) await once(market, (ctx) => fillMarket(ctx, size));
  const withPortfolios = async (count: number): Promise<string> => {
    const path = `${made}-${count}.kv`;
    if (!exists(path)) await once(path, (ctx) => fillPortfolios(ctx, size.assets, count), market);
    return path;
  };
  const bytesPerBar = Math.round(10 * sizeOfStore(market) / (size.assets * size.sessions)) / 10;
  return { few: await withPortfolios(size.few), many: await withPortfolios(size.many), bytesPerBar };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Under its own name only when it is whole. */
async function once(path: string, fill: (ctx: Context) => Promise<void>, from?: string): Promise<void> {
  const partial = `${path}.partial`;
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(`${partial}${suffix}`).catch(() => {});
  if (from !== undefined) await Deno.copyFile(from, partial);
  const store = await openStore(await Deno.openKv(partial), { shared: false });
  await fill(contextOn(store, () => new Date(AT), "America/New_York"));
  store.close();
  sizeOfStore(partial);
  await Deno.rename(partial, path);
}

async function fillMarket(ctx: Context, { assets, sessions }: StoreSize): Promise<void> {
  await insertAssets(ctx, assets);
  await insertBars(ctx, assets, [...weekdaysUpTo(LAST_SESSION, sessions).entries()]);
}

async function fillPortfolios(ctx: Context, assets: number, count: number): Promise<void> {
  const portfolios = Array.from({ length: count }, (_, i) => portfolioOf(i + 1, assets));
  await putAll(ctx.store, ctx.portfolios, portfolios, PER_OPERATION);
  await ctx.store.change().set(["sequences", "portfolios"], count)
    .set(countKey("portfolios_by_owner", SYSTEM_USER_ID), count).commit();
}

/** Twenty assets, scattered. */
function portfolioOf(id: number, assets: number): Portfolio {
  const investments = Array.from({ length: INVESTMENTS }, (_, i) => ({
    assetNo: 1 + (id * 7 + i * Math.floor(assets / INVESTMENTS)) % assets,
    amount: `${1 + (id + i) % 99}.5`,
  }));
  return {
    ...{ id, owner: SYSTEM_USER_ID, name: `Portfolio ${id}`, currency: "USD", visibility: "public" },
    ...{ status: "active", investments, createdAt: AT, updatedAt: AT },
  };
}
