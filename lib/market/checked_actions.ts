/**
 * Splits and dividends that a provider sends: checked, one a date, and stored unless somebody put in or decided otherwise.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { isDay } from "../day.ts";
import type { AssetBar } from "../history/write.ts";
import { quarantineCollection, type QuarantineRow } from "../store/quarantine.ts";
import type { Asking } from "./ask.ts";
import { marketToday } from "./calendar.ts";
import type { CheckedAction, CheckFacts } from "./checked_action.ts";
import { type ActionTally, NO_ACTIONS, settleDate, sumOf } from "./settled_action.ts";
import { pulledAssets } from "./pulled_assets.ts";
import { acceptedBar } from "./quarantined_bar.ts";

export interface SettledActions extends ActionTally {
  /** Of which assets something was stored. */
  readonly changed: ReadonlySet<number>;
}

/** An asset's rows of one date. */
interface OfDate {
  readonly assetNo: number;
  readonly date: string;
  readonly rows: QuarantineRow[];
}

export const factsOf = async (
  ctx: Context,
  { provider }: Asking,
  pulled: readonly AssetBar[] = [],
): Promise<CheckFacts> => ({
  source: provider.name,
  today: marketToday(ctx, "stocks", ctx.now()),
  ...{ pulled, jumping: await jumpingBars(ctx) },
});

/** The bars in quarantine because their price jumps. */
async function jumpingBars(ctx: Context): Promise<AssetBar[]> {
  const waiting = quarantineCollection(ctx.store).each({ by: "waiting", value: ["bar"] });
  const entries = await Array.fromAsync(waiting, ({ value }) => value);
  return entries.filter(({ reason }) => reason === "price_jump")
    .map((entry) => ({ assetNo: entry.assetNo, bar: acceptedBar(entry) }));
}

/** Rows of assets that are not known here, or are in another currency than the market's, are passed over. */
export async function settleActions<T, S extends { readonly symbol: string }>(
  ctx: Context,
  checked: CheckedAction<T, S>,
  sent: readonly S[],
  facts: CheckFacts,
): Promise<SettledActions> {
  const pulled = sent.length === 0 ? undefined : await pulledAssets(ctx, "stocks");
  const dates = new Map<string, OfDate>();
  let unreadable = 0;
  for (const row of sent) {
    const date = checked.dateOf(row);
    const assetNo = pulled?.on(row.symbol, isDay(date) ? date : facts.today);
    if (assetNo === undefined) continue;
    if (!isDay(date)) unreadable += 1;
    else add(dates, { assetNo, date, rows: [checked.rowOf(row)] });
  }
  const settled = await settleAll(ctx, checked, dates.values(), facts, true);
  return { ...settled, unreadable };
}

/** Those that wait are looked at again: there may be prices now that there were not then. */
export async function recheckActions<T, S>(
  ctx: Context,
  checked: CheckedAction<T, S>,
  facts: CheckFacts,
  assetNos?: ReadonlySet<number>,
): Promise<SettledActions> {
  const dates = new Map<string, OfDate>();
  for await (const { value } of quarantineCollection(ctx.store).each({ by: "waiting", value: [checked.entryKind] })) {
    const { assetNo, date, row } = value;
    if (assetNos?.has(assetNo) ?? true) add(dates, { assetNo, date, rows: [row] });
  }
  return await settleAll(ctx, checked, dates.values(), facts, false);
}

function add(dates: Map<string, OfDate>, { assetNo, date, rows }: OfDate): void {
  const key = `${assetNo} ${date}`;
  const before = dates.get(key);
  if (before === undefined) dates.set(key, { assetNo, date, rows });
  else before.rows.push(...rows.filter((row) => !before.rows.some((known) => isSame(known, row))));
}

const isSame = (a: QuarantineRow, b: QuarantineRow): boolean => JSON.stringify(a) === JSON.stringify(b);

async function settleAll<T, S>(
  ctx: Context,
  checked: CheckedAction<T, S>,
  dates: Iterable<OfDate>,
  facts: CheckFacts,
  isWhole: boolean,
): Promise<SettledActions> {
  const changed = new Set<number>();
  let total = NO_ACTIONS;
  for (const ofDate of dates) {
    const tally = await settleDate(ctx, checked, { ...ofDate, isWhole }, facts);
    if (tally.written > 0) changed.add(ofDate.assetNo);
    total = sumOf(total, tally);
  }
  return { ...total, changed };
}
