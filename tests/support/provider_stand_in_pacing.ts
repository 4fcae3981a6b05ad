/** The plan's calls a minute, counted in a fixed or in a sliding window. */

import { TEXT } from "./provider_stand_in_refusals.ts";
import type { Answer, Switches } from "./provider_stand_in_route.ts";

const WINDOW_MS = 60_000;

/**
 * Counts a call and answers `undefined`, or the 429 of one too many. A refused call is not counted,
 * else a client that asks again too soon would be kept out for ever.
 */
export function createPacing(): (now: Date, requestId: string, switches: Readonly<Switches>) => Answer | undefined {
  let grantedMs: number[] = [];
  return (now, requestId, switches) => {
    if (switches.callsPerMinute === 0) return undefined;
    const nowMs = now.getTime();
    const startMs = switches.pacingWindow === "fixed" ? nowMs - nowMs % WINDOW_MS : nowMs - WINDOW_MS + 1;
    grantedMs = grantedMs.filter((ms) => ms >= startMs);
    if (grantedMs.length < switches.callsPerMinute) {
      grantedMs.push(nowMs);
      return undefined;
    }
    const freeAtMs = switches.pacingWindow === "fixed" ? startMs + WINDOW_MS : Math.min(...grantedMs) + WINDOW_MS;
    return tooMany(requestId, nowMs, freeAtMs, switches);
  };
}

function tooMany(requestId: string, nowMs: number, freeAtMs: number, switches: Readonly<Switches>): Answer {
  const waitSeconds = Math.ceil((freeAtMs - nowMs) / 1000);
  const body = switches.rateLimitBody === "empty"
    ? ""
    : { status: "ERROR", request_id: requestId, error: TEXT.rateLimited };
  switch (switches.retryAfter) {
    case "none":
      return { status: 429, body };
    case "seconds":
      return { status: 429, body, headers: { "retry-after": String(waitSeconds) } };
    case "date":
      return {
        status: 429,
        body,
        headers: { "retry-after": httpDate(nowMs + waitSeconds * 1000), "date": httpDate(nowMs) },
      };
  }
}

function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}
