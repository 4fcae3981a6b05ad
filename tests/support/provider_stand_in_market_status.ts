/** `GET /v1/marketstatus/now` and `/v1/marketstatus/upcoming`. */

import { inNewYork, isWeekend, newYorkMs } from "./provider_stand_in_clock.ts";
import { GARBAGE_HOLIDAYS } from "./provider_stand_in_garbage.ts";
import { today } from "./provider_stand_in_plan.ts";
import type { Answer, Holiday, Route } from "./provider_stand_in_route.ts";

export const marketStatusRoutes: readonly Route[] = [
  {
    pattern: new URLPattern({ pathname: "/v1/marketstatus/now" }),
    answer: ({ now }, { holidays }) => statusNow(inNewYork(now), holidays),
    garbage: [],
  },
  {
    pattern: new URLPattern({ pathname: "/v1/marketstatus/upcoming" }),
    answer: ({ now }, { holidays }) => upcoming(today(now), holidays),
    garbage: GARBAGE_HOLIDAYS,
  },
];

function statusNow(now: Temporal.ZonedDateTime, holidays: readonly Holiday[]): Answer {
  const phase = phaseOf(now, holidays);
  const exchange = phase === "early" || phase === "late" ? "extended-hours" : phase;
  return {
    status: 200,
    body: {
      afterHours: phase === "late",
      currencies: { crypto: "open", fx: currenciesOpen(now) ? "open" : "closed" },
      earlyHours: phase === "early",
      exchanges: { nasdaq: exchange, nyse: exchange, otc: exchange },
      market: exchange,
      serverTime: now.toString({ smallestUnit: "second", timeZoneName: "never" }),
    },
  };
}

function phaseOf(now: Temporal.ZonedDateTime, holidays: readonly Holiday[]): "open" | "closed" | "early" | "late" {
  const date = now.toPlainDate().toString();
  const holiday = holidays.find((candidate) => candidate.date === date);
  if (isWeekend(date) || holiday?.status === "closed") return "closed";
  const time = now.toPlainTime().toString({ smallestUnit: "minute" });
  const [closing, lateEnd] = holiday?.status === "early-close" ? ["13:00", "17:00"] : ["16:00", "20:00"];
  if (time < "04:00" || time >= lateEnd) return "closed";
  if (time < "09:30") return "early";
  return time < closing ? "open" : "late";
}

/** From Sunday 17:00 to Friday 17:00 in New York. */
function currenciesOpen(now: Temporal.ZonedDateTime): boolean {
  if (now.dayOfWeek === 6) return false;
  if (now.dayOfWeek === 5) return now.hour < 17;
  return now.dayOfWeek === 7 ? now.hour >= 17 : true;
}

/** A bare array, without an envelope; what is past is never told. */
function upcoming(day: string, holidays: readonly Holiday[]): Answer {
  const coming = holidays
    .filter((holiday) => holiday.date >= day)
    .toSorted((a, b) => a.date < b.date ? -1 : 1);
  return {
    status: 200,
    body: coming.flatMap((holiday) => ["NYSE", "NASDAQ"].map((exchange) => record(holiday, exchange))),
  };
}

function record({ date, name, status }: Holiday, exchange: string): Record<string, string> {
  if (status === "closed") return { date, exchange, name, status };
  const open = new Date(newYorkMs(date, "09:30")).toISOString();
  const close = new Date(newYorkMs(date, "13:00")).toISOString();
  return { close, date, exchange, name, open, status };
}
