/**
 * The adapter for Polygon.io, named Massive since October 2025: the whole market's day in one call.
 *
 * @module
 */

import { readGroupedDay } from "./polygon_bars.ts";
import { failureFor, withSafeReason } from "./polygon_failures.ts";
import { request, type Transport } from "./polygon_request.ts";
import type { Call, Market, Outcome, Provider, ProviderBar } from "./provider.ts";

export interface PolygonOptions {
  /** Where the REST interface is, with or without a path: `https://api.massive.com`. */
  readonly baseUrl: string;
  /** Sent as a bearer token only: a key in a URL ends up in logs. */
  readonly apiKey: string;
  readonly callsPerMinute: number;
  readonly fetch: typeof fetch;
  /** For one whole call, from the request to the last byte of the body. Default 30,000. */
  readonly timeoutMs?: number;
  /** Of the decompressed body; a real day takes about 1.3 MB. Default 8 MiB. */
  readonly bodyLimitBytes?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** `adjusted=false`, because prices adjusted as of today would go stale in the store at the next split. */
const PATHS: Readonly<Record<Market, (date: string) => string>> = {
  stocks: (date) => `/v2/aggs/grouped/locale/us/market/stocks/${date}?adjusted=false&include_otc=false`,
  crypto: (date) => `/v2/aggs/grouped/locale/global/market/crypto/${date}?adjusted=false`,
  fx: (date) => `/v2/aggs/grouped/locale/global/market/fx/${date}?adjusted=false`,
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A provider that asks Polygon. Its outcomes never carry the key, and it throws only what `call.slot` threw
 * while the call was still wanted, because that is the caller's own fault to handle.
 */
export function createPolygon(options: PolygonOptions): Provider {
  const transport: Transport = {
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    apiKey: options.apiKey,
    fetch: options.fetch,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    bodyLimitBytes: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
  };
  return {
    name: "polygon",
    timeZone: "America/New_York",
    callsPerMinute: options.callsPerMinute,
    marketDay: async (market, date, call) =>
      withSafeReason(await marketDay(transport, market, date, call), options.apiKey),
  };
}

async function marketDay(
  transport: Transport,
  market: Market,
  date: string,
  call: Call,
): Promise<Outcome<readonly ProviderBar[]>> {
  if (!DATE.test(date)) return { type: "rejected", reason: `the date is "${date}", expected YYYY-MM-DD` };
  const answer = await request(transport, PATHS[market](date), call);
  if (answer.type !== "answered") return answer;
  return answer.status === 200 ? readGroupedDay(answer.text) : failureFor(answer);
}
