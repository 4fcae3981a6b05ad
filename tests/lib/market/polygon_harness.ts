/** What the tests of the Polygon adapter share: a stand-in with two stocks, and an adapter that asks it. */

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

const BARS = [
  { ...AAPL, date: FRIDAY },
  { ...BRK_B, date: FRIDAY, trades: 55000 },
  { ...AAPL, symbol: "X:BTCUSD", date: FRIDAY },
  { ...AAPL, symbol: "C:EURUSD", date: FRIDAY },
];

export function standInWith(options: Partial<ProviderStandInOptions> = {}): ProviderStandIn {
  return startProviderStandIn({ now: () => NOW, bars: BARS, apiKey: KEY, ...options });
}

export function polygonAt({ url }: Pick<ProviderStandIn, "url">, options: Partial<PolygonOptions> = {}): Provider {
  return createPolygon({ baseUrl: url, apiKey: KEY, callsPerMinute: 5, fetch, ...options });
}

export function callWith(call: Partial<Call> = {}): Call {
  return { signal: new AbortController().signal, slot: () => Promise.resolve(), ...call };
}

/** Asserts the type, and that the key is in no reason; answers the reason. */
export function reasonOf(outcome: Outcome<unknown>, type: Outcome<unknown>["type"]): string {
  assert.equal(outcome.type, type, JSON.stringify(outcome));
  assert.ok("reason" in outcome);
  assert.ok(!outcome.reason.includes(KEY), outcome.reason);
  return outcome.reason;
}
