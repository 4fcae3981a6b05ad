/**
 * Quarantine as administrators see it.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Market } from "../store/market_days.ts";
import { type ListQuery, type Page, SEARCH, type Versioned } from "../store/collection.ts";
import {
  quarantineCollection,
  type QuarantineEntry,
  type QuarantineKind,
  type QuarantineState,
} from "../store/quarantine.ts";

export interface ListQuarantine {
  readonly state: QuarantineState | undefined;
  readonly kind: QuarantineKind | undefined;
  /** The asset's symbol. */
  readonly asset: string | undefined;
  readonly date: string | undefined;
  readonly market: Market | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** An entry, with its asset's symbol: `null` while what a deleted asset left is being erased. */
export interface ShownEntry {
  readonly entry: QuarantineEntry;
  readonly symbol: string | null;
}

/** Newest date first. Throws `InvalidCursor`. */
export async function listQuarantine(ctx: Context, query: ListQuarantine): Promise<Page<ShownEntry>> {
  const { state, kind, asset, date, market, limit, cursor } = query;
  const assetNo = asset === undefined ? undefined : (await ctx.assets.getBy("symbol", [asset]))?.value.no;
  if (asset !== undefined && assetNo === undefined) return { items: [] };
  const where = (entry: QuarantineEntry) =>
    (state ?? entry.state) === entry.state && (kind ?? entry.kind) === entry.kind &&
    (date ?? entry.date) === entry.date && (market ?? entry.market) === entry.market &&
    (assetNo ?? entry.assetNo) === entry.assetNo;
  const page = await quarantineCollection(ctx.store).list({
    ...indexFor({ assetNo, date, state }),
    ...{ limit, cursor, where, reverse: true, ...SEARCH },
  });
  return { ...page, items: await shown(ctx, page.items.map(({ value }) => value)) };
}

/** The index with the fewest entries. */
function indexFor(
  { assetNo, date, state }: Pick<ListQuarantine, "date" | "state"> & { assetNo: number | undefined },
): Pick<ListQuery<QuarantineEntry>, "by" | "value"> {
  if (assetNo !== undefined) return { by: "asset", value: [assetNo] };
  if (date !== undefined) return { by: "date", value: [date] };
  return state === undefined ? {} : { by: "state", value: [state] };
}

export async function readQuarantined(ctx: Context, id: string): Promise<ShownEntry> {
  return await shownEntry(ctx, (await presentEntry(ctx, id)).value);
}

/** Past the cache. */
export async function presentEntry(ctx: Context, id: string): Promise<Versioned<QuarantineEntry>> {
  const entry = await quarantineCollection(ctx.store).getFresh(id);
  if (entry === undefined) throw new Problem("not-found", `There is nothing with the id ${id} in quarantine`);
  return entry;
}

export async function shownEntry(ctx: Context, entry: QuarantineEntry): Promise<ShownEntry> {
  return { entry, symbol: (await ctx.assets.get(entry.assetNo))?.value.symbol ?? null };
}

const shown = (ctx: Context, entries: readonly QuarantineEntry[]): Promise<ShownEntry[]> =>
  Promise.all(entries.map((entry) => shownEntry(ctx, entry)));
