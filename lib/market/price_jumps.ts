/**
 * Bars whose price jumps from the last good one, though nothing is known that would explain it.
 *
 * @module
 */
import { isUnexplainedJump } from "../analysis/price_jump.ts";
import type { Context } from "../context.ts";
import { addDays, dayNumber, dayOf } from "../day.ts";
import { dividendsOf, splitsOf } from "../history/corporate_actions.ts";
import { type Price, readSeries, spanOf } from "../history/read.ts";
import type { AssetBar } from "../history/write.ts";
import { dateOfId, waitingBars } from "../store/quarantine.ts";

/** After so long without a price a move says nothing. */
export const MAX_COMPARISON_DAYS = 30;

export interface Jump extends AssetBar {
  /** The last good price before it. */
  readonly comparedWith: Price;
}

/**
 * Each bar is compared with the last good one before it: one that is stored, or one of these that does not jump. A close that is
 * stored already is not looked at again.
 */
export async function jumpsAmong(ctx: Context, bars: Iterable<AssetBar>): Promise<Jump[]> {
  const waiting = await waitingBars(ctx.store);
  const byAsset = Map.groupBy(bars, ({ assetNo }) => assetNo);
  const found = await Promise.all(
    Array.from(byAsset, ([assetNo, ofAsset]) => jumpsOf(ctx, assetNo, ofAsset, waiting.get(assetNo) ?? [])),
  );
  return found.flat();
}

async function jumpsOf(
  ctx: Context,
  assetNo: number,
  bars: readonly AssetBar[],
  waiting: readonly string[],
): Promise<Jump[]> {
  const rising = bars.toSorted((a, b) => a.bar.date < b.bar.date ? -1 : 1);
  const stored = await pricesBetween(ctx, assetNo, rising[0]?.bar.date ?? "", rising.at(-1)?.bar.date ?? "");
  const jumps: Jump[] = [];
  let [last, next]: [Price | undefined, number] = [undefined, 0];
  for (const { bar } of rising) {
    for (let price = stored[next]; price !== undefined && price.date < bar.date; price = stored[++next]) last = price;
    const present = stored[next]?.date === bar.date ? stored[next++] : undefined;
    const comparedWith: Price | undefined = bar.close === present?.close
      ? undefined
      : comparable(last, bar.date, waiting);
    if (comparedWith !== undefined && await isUnexplained(ctx, assetNo, comparedWith, bar)) {
      jumps.push({ assetNo, bar, comparedWith });
      last = present ?? last;
    } else last = bar;
  }
  return jumps;
}

/** What is stored of the days between, and the newest price before them. */
async function pricesBetween(ctx: Context, assetNo: number, from: string, to: string): Promise<readonly Price[]> {
  const span = await spanOf(ctx, assetNo);
  if (span === undefined) return [];
  if (span.lastDay < dayNumber(from)) return [{ close: span.lastClose, date: dayOf(span.lastDay) }];
  return await readSeries(ctx, assetNo, { from: addDays(from, -MAX_COMPARISON_DAYS), to });
}

/** The last price, unless it is too old: but a jump that waits is not forgotten with time. */
function comparable(last: Price | undefined, date: string, waiting: readonly string[]): Price | undefined {
  const oldest = addDays(date, -MAX_COMPARISON_DAYS);
  if (last === undefined || last.date >= oldest) return last;
  return waiting.map(dateOfId).some((day) => day > last.date && day >= oldest && day < date) ? last : undefined;
}

async function isUnexplained(ctx: Context, assetNo: number, last: Price, { close, date }: Price): Promise<boolean> {
  const closes = { previousClose: last.close, previousDate: last.date, close, date };
  if (!isUnexplainedJump(closes, [])) return false;
  const paid = (await dividendsOf(ctx, assetNo))
    .filter(({ exDividendDate }) => exDividendDate > last.date && exDividendDate <= date)
    .reduce((total, { cashAmount }) => total + Number(cashAmount), 0);
  const previousClose = paid < last.close ? last.close - paid : last.close;
  return isUnexplainedJump({ ...closes, previousClose }, await splitsOf(ctx, assetNo));
}
