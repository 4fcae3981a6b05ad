/** `GET /v2/aggs/grouped/locale/.../{date}`: every bar of a market's day. */

import type { Market } from "../../lib/market/provider.ts";
import type { StandInBar, StandInSplit } from "./provider_stand_in_bars.ts";
import { inNewYork, isDate, isWeekend, newYorkMs } from "./provider_stand_in_clock.ts";
import { badRequest, notAuthorized, TEXT } from "./provider_stand_in_refusals.ts";
import type { Answer, Question, Route, World } from "./provider_stand_in_route.ts";

export const groupedRoutes: readonly Route[] = [
  {
    pattern: new URLPattern({ pathname: "/v2/aggs/grouped/locale/us/market/stocks/:date" }),
    answer: (question, world) => groupedDay("stocks", question, world),
  },
  {
    pattern: new URLPattern({ pathname: "/v2/aggs/grouped/locale/global/market/crypto/:date" }),
    answer: (question, world) => groupedDay("crypto", question, world),
  },
  {
    pattern: new URLPattern({ pathname: "/v2/aggs/grouped/locale/global/market/fx/:date" }),
    answer: (question, world) => groupedDay("fx", question, world),
  },
];

function groupedDay(market: Market, question: Question, world: World): Answer {
  const date = question.path["date"] ?? "";
  if (!isDate(date)) return badRequest(question.requestId, TEXT.badDate);
  const refusal = refusedDay(date, question, world);
  if (refusal) return refusal;

  const adjusted = question.query.get("adjusted") !== "false";
  const withOtc = question.query.get("include_otc") === "true";
  const bars = included(market, date, question, world)
    .filter((bar) => withOtc || !bar.otc)
    .map((bar) => adjusted ? splitAdjusted(bar, date, question, world.splits) : bar);
  const t = endOfDayMs(market, date);
  return envelope(bars.map((bar) => row(bar, t)), adjusted, question, world);
}

/** The plan's answer to a day that is not over, is still to come, or lies too far back. */
function refusedDay(date: string, { now, requestId }: Question, { switches }: World): Answer | undefined {
  const today = inNewYork(now).toPlainDate().toString();
  if (switches.refuseUnfinishedDays && date === today) return notAuthorized(requestId, TEXT.notYet);
  if (switches.refuseUnfinishedDays && date > today) return notAuthorized(requestId, TEXT.timeframe);
  if (switches.historyEdge === "refused" && date < oldestDay(now, switches.historyYears)) {
    return notAuthorized(requestId, TEXT.timeframe);
  }
  return undefined;
}

function included(market: Market, date: string, { now }: Question, world: World): readonly StandInBar[] {
  if (date < oldestDay(now, world.switches.historyYears)) return [];
  const closed = world.holidays.some((holiday) => holiday.date === date && holiday.status === "closed");
  if (market === "stocks" && (closed || isWeekend(date))) return [];
  return world.bars(market, date);
}

function oldestDay(now: Date, years: number): string {
  return years === 0 ? "" : inNewYork(now).toPlainDate().subtract({ years }).toString();
}

/** As the provider does it: by every split since, up to now, in price and volume, and not by dividends. */
function splitAdjusted(
  bar: StandInBar,
  date: string,
  { now }: Question,
  splits: readonly StandInSplit[],
): StandInBar {
  const today = inNewYork(now).toPlainDate().toString();
  const factor = splits
    .filter((split) => split.symbol === bar.symbol && split.date > date && split.date <= today)
    .reduce((product, split) => product * split.ratio, 1);
  if (factor === 1) return bar;
  return {
    ...bar,
    open: bar.open / factor,
    high: bar.high / factor,
    low: bar.low / factor,
    close: bar.close / factor,
    volume: bar.volume * factor,
    ...(bar.vwap === undefined ? {} : { vwap: bar.vwap / factor }),
  };
}

function row(bar: StandInBar, t: number): Record<string, unknown> {
  return {
    T: bar.symbol,
    v: bar.volume,
    ...(bar.vwap === undefined ? {} : { vw: bar.vwap }),
    o: bar.open,
    c: bar.close,
    h: bar.high,
    l: bar.low,
    t,
    ...(bar.trades === undefined ? {} : { n: bar.trades }),
    ...(bar.otc ? { otc: true } : {}),
  };
}

/** Stocks: 16:00 in New York. Crypto and currencies: the last millisecond of the UTC day. */
function endOfDayMs(market: Market, date: string): number {
  return market === "stocks" ? newYorkMs(date, "16:00") : Date.parse(`${date}T23:59:59.999Z`);
}

function envelope(rows: readonly unknown[], adjusted: boolean, question: Question, { switches }: World): Answer {
  const empty = { missing: {}, empty: { results: [] }, null: { results: null } }[switches.emptyResults];
  return {
    status: 200,
    body: {
      queryCount: rows.length,
      resultsCount: rows.length,
      adjusted,
      ...(rows.length === 0 ? empty : { results: rows }),
      status: switches.status,
      request_id: question.requestId,
      count: rows.length,
    },
  };
}
