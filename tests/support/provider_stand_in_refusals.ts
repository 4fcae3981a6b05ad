/** The provider's refusals, in its words: an adapter can tell some apart by the text alone. */

import type { Answer } from "./provider_stand_in_route.ts";

export const TEXT = {
  badDate: "Could not parse the time parameter: 'date'. Use YYYY-MM-DD or Unix MS Timestamps",
  badSpan: "The parameter 'to' cannot be a time that occurs before 'from'",
  badLimit: "'limit' is out of range",
  unknownKey: "Unknown API Key",
  notYet:
    "Attempted to request today's data before end of day. Please upgrade your plan at https://massive.com/pricing",
  timeframe: "Your plan doesn't include this data timeframe. Please upgrade your plan at https://massive.com/pricing",
  noTicker: "Ticker not found.",
  notEntitled: "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing",
  rateLimited:
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://massive.com/pricing",
} as const;

export const PAGE_NOT_FOUND: Answer = { status: 404, body: "404 page not found" };

export function badRequest(requestId: string, error: string): Answer {
  return { status: 400, body: { status: "ERROR", request_id: requestId, error } };
}

export function unauthorized(requestId: string, textIn: "error" | "message"): Answer {
  return { status: 401, body: { status: "ERROR", request_id: requestId, [textIn]: TEXT.unknownKey } };
}

export function notFound(requestId: string, message: string): Answer {
  return { status: 404, body: { status: "NOT_FOUND", request_id: requestId, message } };
}

export function notAuthorized(requestId: string, message: string): Answer {
  return { status: 403, body: { status: "NOT_AUTHORIZED", request_id: requestId, message } };
}
