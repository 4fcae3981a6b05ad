/** `GET /v2/aggs/ticker/{ticker}/range/1/day/{from}/{to}`: one asset's history. */

import { aggregate, splitAdjusted } from "./provider_stand_in_aggregates.ts";
import { barOf, type DatedStandInBar, marketOf } from "./provider_stand_in_bars.ts";
import { isDate, isWeekend, newYorkMs } from "./provider_stand_in_clock.ts";
import { aggregates, pageOf } from "./provider_stand_in_envelope.ts";
import { GARBAGE_BARS } from "./provider_stand_in_garbage.ts";
import { oldestDay, refusedDays, today } from "./provider_stand_in_plan.ts";
import { badRequest, TEXT } from "./provider_stand_in_refusals.ts";
import type { Answer, Question, Route, World } from "./provider_stand_in_route.ts";

const DEFAULT_LIMIT = 5_000;
const MAX_LIMIT = 50_000;

export const rangeRoutes: readonly Route[] = [{
  pattern: new URLPattern({ pathname: "/v2/aggs/ticker/:ticker/range/1/day/:from/:to" }),
  answer: range,
  garbage: GARBAGE_BARS,
}];

function range(question: Question, world: World): Answer {
  const { ticker = "", from = "", to = "" } = question.path;
  if (!isDate(from) || !isDate(to)) return badRequest(question.requestId, TEXT.badDate);
  if (to < from) return badRequest(question.requestId, TEXT.badSpan);
  const refusal = refusedDays({ from, to }, question, world);
  if (refusal) return refusal;
  const clipped = [from, oldestDay(question.now, world.switches)].toSorted().at(-1) ?? from;
  const bars = barsOf(ticker, clipped, to, world);

  let adjusted = true;
  const page = pageOf(question, world, (query) => {
    adjusted = query.get("adjusted") !== "false";
    const day = today(question.now);
    const shown = adjusted
      ? bars.map((bar) => ({ ...bar, ...splitAdjusted(bar, { date: bar.date, today: day }, world.splits) }))
      : bars;
    return {
      rows: query.get("sort") === "desc" ? shown.toReversed() : shown,
      limit: Math.min(Number(query.get("limit") ?? DEFAULT_LIMIT), MAX_LIMIT),
    };
  });
  const rows = (page.rows as readonly DatedStandInBar[]).map((bar) => aggregate(bar, startOfDayMs(ticker, bar.date)));
  return aggregates({ ...page, rows }, question, world, { ticker, adjusted });
}

function barsOf(symbol: string, from: string, to: string, { bars, holidays }: World): DatedStandInBar[] {
  const isStock = marketOf(symbol) === "stocks";
  const closed = new Set(holidays.filter(({ status }) => status === "closed").map(({ date }) => date));
  const found: DatedStandInBar[] = [];
  const last = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    const date = day.toString();
    if (isStock && (closed.has(date) || isWeekend(date))) continue;
    const bar = barOf(bars, symbol, date);
    if (bar !== undefined) found.push({ ...bar, date });
  }
  return found;
}

/** Stocks: midnight in New York. Crypto and currencies: midnight UTC. */
function startOfDayMs(symbol: string, date: string): number {
  return marketOf(symbol) === "stocks" ? newYorkMs(date, "00:00") : Date.parse(date);
}
