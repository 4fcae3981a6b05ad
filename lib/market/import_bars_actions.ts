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
  add(row: Row): void;
  /** Stores what is held, and forgets it. Answers how many are new, or differ from what was stored. */
  store(ctx: Context, signal: AbortSignal | undefined): Promise<number>;
}

/** By symbol, then by date. */
type BySymbol<T> = Map<string, Map<string, Unrecorded<T>>>;

export function heldActions(): HeldActions {
  const splits: BySymbol<Split> = new Map();
  const dividends: BySymbol<Dividend> = new Map();
  return {
    add({ symbol, bar: { date }, split, dividend }) {
      if (split !== undefined) hold(splits, symbol, date, split);
      if (dividend !== undefined) hold(dividends, symbol, date, dividend);
    },
    async store(ctx, signal) {
      return await storeAll(ctx, SPLITS, splits, signal) + await storeAll(ctx, DIVIDENDS, dividends, signal);
    },
  };
}

function hold<T>(held: BySymbol<T>, symbol: string, date: string, action: Unrecorded<T>): void {
  const byDate = held.get(symbol) ?? new Map<string, Unrecorded<T>>();
  held.set(symbol, byDate.set(date, action));
}

async function storeAll<T>(
  ctx: Context,
  kind: ActionKind<T>,
  held: BySymbol<T>,
  signal: AbortSignal | undefined,
): Promise<number> {
  let written = 0;
  for (const [symbol, byDate] of held) {
    const rows = Array.from(byDate.values(), (action) => ({ action }));
    for (let i = 0; i < rows.length; i += MAX_ACTIONS) {
      signal?.throwIfAborted();
      written += (await putActions(ctx, kind, symbol, rows.slice(i, i + MAX_ACTIONS), undefined)).written;
    }
  }
  held.clear();
  return written;
}
