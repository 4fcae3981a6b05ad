/** What the tests of the Polygon adapter share: a stand-in with a few assets, an adapter that asks it, and every call. */

import assert from "node:assert/strict";
import { createPolygon, type PolygonOptions } from "../../../lib/market/polygon.ts";
import type { Call, Outcome, Provider } from "../../../lib/market/provider.ts";
import {
  type ProviderStandIn,
  type ProviderStandInOptions,
  startProviderStandIn,
} from "../../support/provider_stand_in.ts";

export const KEY = "k3y-that-nobody-may-see";
export const FRIDAY = "2024-03-08";
/** 03:00 on the Saturday after it in New York. */
const NOW = new Date("2024-03-09T08:00:00Z");

export const AAPL = { symbol: "AAPL", open: 169, high: 173.7, low: 168.94, close: 170.73, volume: 76267041.5 };
export const BRK_B = { ...AAPL, symbol: "BRK.B", volume: 3100000, vwap: 171.02 };

const FACTS: Partial<ProviderStandInOptions> = {
  bars: [
    { ...AAPL, date: FRIDAY },
    { ...BRK_B, date: FRIDAY, trades: 55000 },
    { ...AAPL, symbol: "X:BTCUSD", date: FRIDAY },
    { ...AAPL, symbol: "C:EURUSD", date: FRIDAY },
  ],
  splits: [{ symbol: "AAPL", date: "2024-03-07", ratio: 4 }],
  dividends: [{ symbol: "AAPL", date: "2024-03-07", cash: 0.24 }],
  assets: [{ symbol: "AAPL", name: "Apple Inc.", sicCode: "3571", listedOn: "1980-12-12", figi: "BBG000B9XRY4" }],
  holidays: [{ date: "2024-03-29", name: "Good Friday", status: "closed" }],
};

export function standInWith(options: Partial<ProviderStandInOptions> = {}): ProviderStandIn {
  return startProviderStandIn({ now: () => NOW, apiKey: KEY, ...FACTS, ...options });
}

export function polygonAt({ url }: Pick<ProviderStandIn, "url">, options: Partial<PolygonOptions> = {}): Provider {
  return createPolygon({ baseUrl: url, apiKey: KEY, callsPerMinute: 5, fetch, ...options });
}

export function callWith(call: Partial<Call> = {}): Call {
  return { signal: new AbortController().signal, slot: () => Promise.resolve(), ...call };
}

/** One question of each kind, to which the stand-in has an answer of one row. */
export const QUESTIONS: Readonly<Record<string, (provider: Provider, call: Call) => Promise<Outcome<unknown>>>> = {
  marketDay: (provider, call) => provider.marketDay("crypto", FRIDAY, call),
  range: (provider, call) => offered(provider.range)({ symbol: "AAPL", from: FRIDAY, to: FRIDAY }, call),
  splits: (provider, call) => offered(provider.splits)({ from: "2024-03-01", to: FRIDAY }, call),
  dividends: (provider, call) => offered(provider.dividends)({ from: "2024-03-01", to: FRIDAY }, call),
  details: (provider, call) => offered(provider.details)({ symbol: "AAPL" }, call),
  search: (provider, call) => offered(provider.search)({ text: "apple", limit: 5 }, call),
  holidays: (provider, call) => offered(provider.holidays)(undefined, call),
  symbolChanges: (provider, call) => offered(provider.symbolChanges)({ symbol: "AAPL" }, call),
};

/** A question that the provider under test has to offer. */
export function offered<T>(question: T | undefined): T {
  assert.ok(question !== undefined, "the provider does not offer the question");
  return question;
}

/** Asserts the type, and that the key is in no reason; answers the reason. */
export function reasonOf(outcome: Outcome<unknown>, type: Outcome<unknown>["type"]): string {
  assert.equal(outcome.type, type, JSON.stringify(outcome));
  assert.ok("reason" in outcome);
  assert.ok(!outcome.reason.includes(KEY), outcome.reason);
  return outcome.reason;
}

/** Asserts that there is a value; answers it. */
export function valueOf<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.type === "ok", JSON.stringify(outcome));
  return outcome.value;
}

/** A stand-in for `fetch`: it answers with these bodies in turn, and records what was asked for. */
export function fetchOf(...bodies: unknown[]): typeof fetch & { readonly urls: string[] } {
  const urls: string[] = [];
  const answering: typeof fetch = (input) => {
    const body = bodies[Math.min(urls.push(String(input)), bodies.length) - 1];
    return Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body)));
  };
  return Object.assign(answering, { urls });
}
