/**
 * Splits and dividends that stand beside the bars of a file, until they are stored.
 *
 * @module
 */
import type { Context } from "../context.ts";
import {
  type ActionKind,
  type Dividend,
  DIVIDENDS,
  type Split,
  SPLITS,
  type Unrecorded,
} from "../history/corporate_actions.ts";
import { MAX_ACTIONS, putActions } from "./corporate_actions.ts";
import type { Row } from "./import_bars_row.ts";

export interface HeldActions {
  /** Of two of an asset's day the later one counts. */
  add(assetNo: number, row: Row): void;
  /** Stores what is held, and forgets it. Answers how many are new, or differ from what was stored. */
  store(ctx: Context, signal: AbortSignal | undefined): Promise<number>;
}

/** By the number of the asset, then by date. */
type ByAsset<T> = Map<number, Map<string, Unrecorded<T>>>;

export function heldActions(): HeldActions {
  const splits: ByAsset<Split> = new Map();
  const dividends: ByAsset<Dividend> = new Map();
  return {
    add(assetNo, { bar: { date }, split, dividend }) {
      if (split !== undefined) hold(splits, assetNo, date, split);
      if (dividend !== undefined) hold(dividends, assetNo, date, dividend);
    },
    async store(ctx, signal) {
      return await storeAll(ctx, SPLITS, splits, signal) + await storeAll(ctx, DIVIDENDS, dividends, signal);
    },
  };
}

function hold<T>(held: ByAsset<T>, assetNo: number, date: string, action: Unrecorded<T>): void {
  const byDate = held.get(assetNo) ?? new Map<string, Unrecorded<T>>();
  held.set(assetNo, byDate.set(date, action));
}

async function storeAll<T>(
  ctx: Context,
  kind: ActionKind<T>,
  held: ByAsset<T>,
  signal: AbortSignal | undefined,
): Promise<number> {
  let written = 0;
  for (const [assetNo, byDate] of held) {
    const symbol = (await ctx.assets.getFresh(assetNo))?.value.symbol ?? "";
    const rows = Array.from(byDate.values(), (action) => ({ action }));
    for (let i = 0; i < rows.length; i += MAX_ACTIONS) {
      signal?.throwIfAborted();
      written += (await putActions(ctx, kind, symbol, rows.slice(i, i + MAX_ACTIONS), undefined)).written;
    }
  }
  held.clear();
  return written;
}
