/**
 * What the provider's refusals mean. The status alone does not tell: three kinds of 403 differ only in their text,
 * which stands in `error` or in `message`.
 *
 * @module
 */

import { z } from "zod";
import type { Answered } from "./polygon_request.ts";
import type { Failure, Outcome } from "./provider.ts";
import { bounded, onOneLine } from "./reason.ts";

/** A header that asks for more is a mistake, and would put the work off for ever. */
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

const refusal = z.object({
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** The outcome of an answer that is not a 200. */
export function failureFor({ status, headers, text }: Answered): Failure {
  const reason = `HTTP ${status}: ${whatItSaid(text)}`;
  switch (status) {
    case 401:
      return { type: "bad_key", reason };
    case 403:
      return { type: kindOf403(text), reason };
    case 404:
      return { type: "not_found", reason };
    case 408:
      return { type: "passing_fault", reason };
    case 429:
      return { type: "rate_limited", reason, retryAfterMs: retryAfterMs(headers) };
  }
  if (status >= 500) return { type: "passing_fault", reason };
  if (status >= 400) return { type: "rejected", reason };
  // A redirect among them: no retry cures a wrong base URL or a portal in the way, so a person has to look.
  const location = headers.get("location");
  return { type: "malformed", reason: location === null ? reason : `HTTP ${status}: a redirect to ${location}` };
}

/** Everything an outcome says of a failure goes through here: on one line, bounded, and without the key. */
export function withSafeReason<T>(outcome: Outcome<T>, apiKey: string): Outcome<T> {
  if (!("reason" in outcome)) return outcome;
  const key = onOneLine(apiKey);
  const reason = onOneLine(outcome.reason);
  const keyless = key === "" ? reason : reason.replaceAll(key, "[key]");
  return { ...outcome, reason: bounded(keyless) };
}

/** `undefined` for text that is not JSON, which no JSON text means. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The provider's own words in a body of any kind. */
export function whatItSaid(text: string): string {
  const { data } = refusal.safeParse(parseJson(text));
  const words = [data?.error, data?.message].filter((part) => part !== undefined && part !== "").join("; ");
  if (words !== "") return words;
  const plain = text.trim();
  if (plain === "") return "no body";
  return plain.startsWith("<") ? "an HTML page" : plain;
}

function kindOf403(text: string): "not_yet" | "too_old" | "not_entitled" {
  const words = whatItSaid(text).toLowerCase();
  if (words.includes("before end of day")) return "not_yet";
  if (words.includes("data timeframe")) return "too_old";
  return "not_entitled";
}

/** Seconds, or a date: that one is taken against the answer's own `Date`, so that no clock but the provider's counts. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_RETRY_AFTER_MS);
  const date = headers.get("date") ?? "";
  if (!HTTP_DATE.test(value) || !HTTP_DATE.test(date)) return undefined;
  const waitMs = Date.parse(value) - Date.parse(date);
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_RETRY_AFTER_MS);
}
