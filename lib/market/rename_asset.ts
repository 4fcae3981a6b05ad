/**
 * A new symbol for an asset: its number, its history and its places in portfolios stay.
 *
 * @module
 */
import { type MaybeAsked, stageMarketAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import type { IfMatch } from "../precondition.ts";
import { invalid, pointer, Problem, tooManyConflicts, type ValueError } from "../problem.ts";
import { type Asset, isCash } from "../store/assets.ts";
import { presentAsset, type QuotedAsset } from "./assets.ts";
import { marketToday } from "./calendar.ts";
import { stageAsset } from "./change_asset.ts";

export interface Rename {
  readonly symbol: string;
  /** The first day under the new symbol. */
  readonly since: string;
}

const MAX_CONFLICTS = 100;

/** Throws `conflict` where another asset has the symbol: two histories are never merged. */
export async function renameAsset(
  ctx: MaybeAsked,
  symbol: string,
  rename: Rename,
  ifMatch: IfMatch,
): Promise<QuotedAsset> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await presentAsset(ctx, symbol, ifMatch);
    assertPossible(ctx, before.value, rename);
    if (rename.symbol === symbol) return before;
    await assertFree(ctx, rename.symbol);
    const value = { ...renamed(before.value, rename), updatedAt: ctx.now().toISOString() };
    const change = stageAsset(ctx, ctx.store.change(), before, value);
    stageMarketAudit(ctx, change, {
      ...{ action: "rename asset", target: `/assets/${symbol}` },
      ...{ before: { symbol }, after: { symbol: rename.symbol } },
    });
    const versionstamp = await change.commit();
    if (versionstamp !== undefined) return { ...before, value, versionstamp };
  }
  throw tooManyConflicts();
}

/** The change that is taken back on its day leaves no trace. */
export function renamed(asset: Asset, { symbol, since }: Rename): Asset {
  const last = asset.formerSymbols.at(-1);
  const isTakenBack = last?.symbol === symbol && last.until === since;
  const formerSymbols = isTakenBack
    ? asset.formerSymbols.slice(0, -1)
    : [...asset.formerSymbols, { symbol: asset.symbol, until: since }];
  return { ...asset, symbol, formerSymbols, symbolDoubt: null };
}

function assertPossible(ctx: Context, asset: Asset, { since }: Rename): void {
  const errors: ValueError[] = [];
  if (isCash(asset)) errors.push({ pointer: pointer("symbol"), detail: "must stay, since the asset is cash" });
  const last = asset.formerSymbols.at(-1)?.until;
  if (last !== undefined && since < last) {
    errors.push({ pointer: pointer("since"), detail: `must be ${last} or later, when its symbol changed last` });
  }
  if (asset.listedOn !== null && since <= asset.listedOn) {
    errors.push({ pointer: pointer("since"), detail: `must be after ${asset.listedOn}, when it was listed` });
  }
  const today = marketToday(ctx, "stocks", ctx.now());
  if (since > today) errors.push({ pointer: pointer("since"), detail: `must be ${today} or earlier` });
  if (errors.length > 0) throw invalid(errors);
}

async function assertFree(ctx: Context, symbol: string): Promise<void> {
  const [taken] = await ctx.assets.idsBy("symbol", [[symbol]]);
  if (taken === undefined) return;
  const advice = "histories are not merged: delete that one, or rename it first if it is of another issuer";
  throw new Problem("conflict", `There is an asset ${symbol} already, and ${advice}`, {
    errors: [{ pointer: pointer("symbol"), detail: "is taken by another asset" }],
  });
}
