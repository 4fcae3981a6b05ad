/**
 * The adapter for Polygon.io, named Massive since October 2025.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { withSafeReason } from "./polygon_failures.ts";
import {
  DETAILS,
  DIVIDENDS,
  HOLIDAYS,
  MARKET_DAY,
  type PolygonCall,
  RANGE,
  RECORDS_SINCE,
  SEARCH,
  SPLITS,
  SYMBOL_CHANGES,
  TIME_ZONE,
} from "./polygon_calls.ts";
import { askForRows } from "./polygon_pages.ts";
import type { Transport } from "./polygon_request.ts";
import type { Call, Outcome, Provider, Question } from "./provider.ts";
import { faultInQuestion } from "./question.ts";

export interface PolygonOptions {
  /** Where the REST interface is, with or without a path: `https://api.massive.com`. */
  readonly baseUrl: string;
  /** Sent as a bearer token only: a key in a URL ends up in logs. */
  readonly apiKey: string;
  readonly callsPerMinute: number;
  /** How far back the plan reaches. Default 2, as the free one. */
  readonly historyYears?: number;
  readonly fetch: typeof fetch;
  /** For one whole request, until the last byte of the body. Default 30,000. */
  readonly timeoutMs?: number;
  /** Of a decompressed body; a real day takes about 1.3 MB. Default 8 MiB. */
  readonly bodyLimitBytes?: number;
  /** How many pages one answer may have. Default 50: 250,000 splits or dividends. */
  readonly pageLimit?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_BODY_LIMIT_BYTES = 8 * 1024 * 1024;
const DEFAULT_PAGE_LIMIT = 50;
const DEFAULT_HISTORY_YEARS = 2;

/**
 * A provider that asks Polygon. Its outcomes never carry the key, and it throws only what `call.slot` threw
 * while the call was still wanted, because that is the caller's own fault to handle.
 */
export function createPolygon(options: PolygonOptions): Provider {
  const { apiKey, callsPerMinute } = options;
  const { pageLimit = DEFAULT_PAGE_LIMIT, historyYears = DEFAULT_HISTORY_YEARS } = options;
  const transport: Transport = {
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    apiKey,
    fetch: options.fetch,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    bodyLimitBytes: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
  };
  const asking = <Q, A>(polygonCall: PolygonCall<Q, A>): Question<Q, A> => async (question, call) =>
    withSafeReason(await ask(transport, pageLimit, polygonCall, question, call), apiKey);
  const marketDay = asking(MARKET_DAY);
  return {
    name: "polygon",
    timeZone: TIME_ZONE,
    callsPerMinute,
    keyDigest: createHash("sha256").update(apiKey).digest("hex"),
    historyYears,
    recordsSince: RECORDS_SINCE,
    marketDay: (market, date, call) => marketDay({ market, date }, call),
    range: asking(RANGE),
    splits: asking(SPLITS),
    dividends: asking(DIVIDENDS),
    details: asking(DETAILS),
    search: asking(SEARCH),
    holidays: asking(HOLIDAYS),
    symbolChanges: asking(SYMBOL_CHANGES),
  };
}

async function ask<Q, A>(
  transport: Transport,
  pageLimit: number,
  { path, body, read, isCut = false }: PolygonCall<Q, A>,
  question: Q,
  call: Call,
): Promise<Outcome<A>> {
  const fault = faultInQuestion(question ?? {});
  if (fault !== undefined) return { type: "rejected", reason: fault };
  const rows = await askForRows(transport, path(question), { body, isCut, pageLimit }, call);
  if ("type" in rows) return rows;
  if (rows.length === 0) return { type: "empty" };
  const value = read(rows, question);
  if (value !== undefined) return { type: "ok", value };
  return { type: "malformed", reason: `the answer holds ${rows.length} rows, and none that can be read` };
}
