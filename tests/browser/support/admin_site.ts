/**
 * What the steps through the admin site share: the server, who is signed in, and the prices that the provider has.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { addDays, lastWeekday } from "../../../lib/day.ts";
import type { ProviderStandIn } from "../../support/provider_stand_in.ts";
import { type Appearance, openPage, type WatchedPage } from "./browser.ts";

export const ADMIN_KEY = "key-of-the-administrator-0123456789";
/** Whose history nobody has asked for before a step does. */
export const NEWCOMER = "NEWCO";
/** What the demo holds, and the newcomer. */
const SYMBOLS = ["AAPL", "BA", "GS", "HON", "NEE", NEWCOMER];

export type StorageState = NonNullable<Appearance["storageState"]>;

export interface Site {
  readonly browser: Browser;
  readonly url: string;
  readonly market: ProviderStandIn;
  /** Of the administrator's browser. */
  readonly ada: StorageState;
}

export const weekdaysAgo = (days: number): string => lastWeekday(addDays(new Date().toISOString().slice(0, 10), -days));
export const groupedCall = (date: string): string => `/v2/aggs/grouped/locale/us/market/stocks/${date}`;

/** Two prices that no split explains, on a day that nobody has asked for yet. */
export const JUMPS = { date: weekdaysAgo(90), symbols: ["BA", "GS"] };

/** Of a made-up price that moves a little from day to day. */
export function madeUpBars(market: string, date: string) {
  if (market !== "stocks" || lastWeekday(date) !== date) return [];
  return SYMBOLS.map((symbol, i) => {
    const factor = date === JUMPS.date && JUMPS.symbols.includes(symbol) ? 10 : 1;
    const close = factor * Math.round(1_000 * (i + 1) + 100 * Math.sin(Date.parse(date) / 864e5)) / 10;
    return { symbol, date, close, open: close, high: close + 1, low: close - 1, volume: 1_000 };
  });
}

export const ask = async (url: string, path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" };
  return await (await fetch(`${url}${path}`, { ...init, headers })).json();
};

export const open = ({ browser, url, ada }: Site, appearance: Appearance = {}): Promise<WatchedPage> =>
  openPage(browser, url, { storageState: ada, ...appearance });

/** That a page was refused is what the step is about; the browser says so on its console. */
export const withoutRefusals = (complaints: readonly string[]): string[] =>
  complaints.filter((complaint) => !/Failed to load resource.* (401|403|404|409|412|422) /.test(complaint));

/** Until all that was asked for is done. */
export async function untilQuiet(url: string): Promise<void> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline;) {
    const { by_state } = await ask(url, "/queue");
    if (by_state.queued + by_state.running === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error("The queue has not come to rest");
}
