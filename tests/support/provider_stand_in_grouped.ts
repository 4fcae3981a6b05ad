/** `GET /v2/aggs/grouped/locale/.../{date}`: every bar of a market's day. */

import type { Market } from "../../lib/market/provider.ts";
import { aggregate, splitAdjusted } from "./provider_stand_in_aggregates.ts";
import type { StandInBar } from "./provider_stand_in_bars.ts";
import { isDate, isWeekend, newYorkMs } from "./provider_stand_in_clock.ts";
import { aggregates } from "./provider_stand_in_envelope.ts";
import { GARBAGE_BARS } from "./provider_stand_in_garbage.ts";
import { oldestDay, refusedDays, today } from "./provider_stand_in_plan.ts";
import { badRequest, TEXT } from "./provider_stand_in_refusals.ts";
import type { Answer, Question, Route, World } from "./provider_stand_in_route.ts";

const PATHS: readonly (readonly [Market, string])[] = [
  ["stocks", "us/market/stocks"],
  ["crypto", "global/market/crypto"],
  ["fx", "global/market/fx"],
];

export const groupedRoutes: readonly Route[] = PATHS.map(([market, path]) => ({
  pattern: new URLPattern({ pathname: `/v2/aggs/grouped/locale/${path}/:date` }),
  answer: (question, world) => groupedDay(market, question, world),
  garbage: GARBAGE_BARS,
}));

function groupedDay(market: Market, question: Question, world: World): Answer {
  const { path, query, requestId, now } = question;
  const date = path["date"] ?? "";
  if (!isDate(date)) return badRequest(requestId, TEXT.badDate);
  const refusal = refusedDays({ from: date, to: date }, question, world);
  if (refusal) return refusal;

  const adjusted = query.get("adjusted") !== "false";
  const withOtc = query.get("include_otc") === "true";
  const t = endOfDayMs(market, date);
  const rows = included(market, date, question, world)
    .filter((bar) => withOtc || !bar.otc)
    .map((bar) => adjusted ? splitAdjusted(bar, { date, today: today(now) }, world.splits) : bar)
    .map((bar) => ({ T: bar.symbol, ...aggregate(bar, t) }));
  return aggregates({ rows }, question, world, { adjusted });
}

function included(market: Market, date: string, { now }: Question, world: World): readonly StandInBar[] {
  if (date < oldestDay(now, world.switches)) return [];
  const closed = world.holidays.some((holiday) => holiday.date === date && holiday.status === "closed");
  if (market === "stocks" && (closed || isWeekend(date))) return [];
  return world.bars(market, date);
}

/** Stocks: 16:00 in New York. Crypto and currencies: the last millisecond of the UTC day. */
function endOfDayMs(market: Market, date: string): number {
  return market === "stocks" ? newYorkMs(date, "16:00") : Date.parse(`${date}T23:59:59.999Z`);
}
