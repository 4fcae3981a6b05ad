/** `GET /stocks/v1/splits` and `/stocks/v1/dividends`. */

import type { StandInDividend, StandInSplit } from "./provider_stand_in_bars.ts";
import { list, pageOf } from "./provider_stand_in_envelope.ts";
import { GARBAGE_DIVIDENDS, GARBAGE_SPLITS } from "./provider_stand_in_garbage.ts";
import { badRequest, TEXT } from "./provider_stand_in_refusals.ts";
import type { Answer, Question, Route, World } from "./provider_stand_in_route.ts";
import { filtered, type Row, sorted } from "./provider_stand_in_table.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 5_000;

export const actionRoutes: readonly Route[] = [
  {
    pattern: new URLPattern({ pathname: "/stocks/v1/splits" }),
    answer: (question, world) => actions(splitRows(world), "execution_date", question, world),
    garbage: GARBAGE_SPLITS,
  },
  {
    pattern: new URLPattern({ pathname: "/stocks/v1/dividends" }),
    answer: (question, world) => actions(dividendRows(world), "ex_dividend_date", question, world),
    garbage: GARBAGE_DIVIDENDS,
  },
];

function actions(rows: readonly Row[], dateColumn: string, question: Question, world: World): Answer {
  const limit = Number(question.query.get("limit") ?? DEFAULT_LIMIT);
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MAX_LIMIT)) {
    return badRequest(question.requestId, TEXT.badLimit);
  }
  const page = pageOf(question, world, (query) => ({
    rows: sorted(filtered(rows, query, ["ticker", dateColumn]), query.get("sort") ?? `${dateColumn}.desc`),
    limit: Number(query.get("limit") ?? DEFAULT_LIMIT),
  }));
  return list(page, question, world);
}

function splitRows({ splits, switches }: World): Row[] {
  return splits.flatMap((split) => {
    const row = { id: `split-${split.symbol}-${split.date}`, ...splitRow(split, splits) };
    return switches.duplicateSplits ? [row, { ...row, id: `${row.id}-again` }] : [row];
  });
}

function splitRow({ symbol, date, ratio }: StandInSplit, splits: readonly StandInSplit[]): Row {
  const [from, to] = wholeShares(ratio);
  const later = splits.filter((split) => split.symbol === symbol && split.date >= date);
  return {
    ticker: symbol,
    execution_date: date,
    split_from: from,
    split_to: to,
    adjustment_type: ratio < 1 ? "reverse_split" : ratio < 1.25 ? "stock_dividend" : "forward_split",
    historical_adjustment_factor: later.reduce((factor, split) => factor / split.ratio, 1),
  };
}

/** One share becomes several, or several become one. */
function wholeShares(ratio: number): [from: number, to: number] {
  const inverse = Math.round(1 / ratio);
  return ratio < 1 && Math.abs(inverse * ratio - 1) < 1e-9 ? [inverse, 1] : [1, ratio];
}

function dividendRows({ dividends, splits }: World): Row[] {
  return dividends.map((dividend) => dividendRow(dividend, splits));
}

/** Recorded the day after, and paid two weeks later. */
function dividendRow({ symbol, date, cash, currency = "USD" }: StandInDividend, splits: readonly StandInSplit[]): Row {
  const later = splits.filter((split) => split.symbol === symbol && split.date > date);
  const day = Temporal.PlainDate.from(date);
  return {
    id: `dividend-${symbol}-${date}`,
    ticker: symbol,
    cash_amount: cash,
    currency,
    declaration_date: day.subtract({ days: 21 }).toString(),
    ex_dividend_date: date,
    record_date: day.add({ days: 1 }).toString(),
    pay_date: day.add({ days: 14 }).toString(),
    frequency: 4,
    distribution_type: "recurring",
    split_adjusted_cash_amount: later.reduce((amount, split) => amount / split.ratio, cash),
  };
}
