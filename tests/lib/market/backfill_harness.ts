/**
 * Backfills under test: the whole service, the provider's stand-in, and made-up bars on every weekday.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, isWeekend } from "../../../lib/day.ts";
import type { JobView } from "../../../lib/jobs/job.ts";
import { bodyOf } from "../../support/answers.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import type { TestService } from "../../support/service.ts";
import type { RecordedCall } from "../../support/provider_stand_in.ts";
import { bar, type Json, type PullTest } from "./pull_harness.ts";

/** Weekdays of a span, both ends included. */
export function weekdays(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) if (!isWeekend(day)) days.push(day);
  return days;
}

/** Of each symbol on each of the days, at a price that tells both. */
export const barsOf = (symbols: readonly string[], days: readonly string[]): DatedStandInBar[] =>
  symbols.flatMap((symbol, i) => days.map((date, day) => bar(symbol, date, 10 * (i + 1) + day / 100)));

export const planOf = (test: PullTest, query = ""): Promise<Json> => test.read(`/market/backfill-plan${query}`);

export async function askForBackfill(test: PullTest, args: Json = {}): Promise<JobView> {
  return await bodyOf(await test.admin("/jobs", { method: "POST", body: { name: "backfill", args } }), 202);
}

/** Asks for one and lets the worker work until nothing more is due. */
export async function backfill(test: PullTest, args: Json = {}): Promise<Ended> {
  const { id } = await askForBackfill(test, args);
  await rest(test);
  return await test.job(id) as Ended;
}

type Ended = JobView & { readonly result: Json };

/** Until no job waits or runs any more. */
export async function rest(test: PullTest): Promise<void> {
  for (;;) {
    await test.clock.until(test.worker.runDue());
    const { items } = await test.read("/jobs?limit=200");
    const waiting = items.filter(({ state }: JobView) => ["queued", "failed", "running"].includes(state));
    if (waiting.length === 0) return;
    const nextMs = Math.min(...waiting.map(({ due_at }: JobView) => Date.parse(due_at)));
    await test.clock.advance(Math.max(1, nextMs - test.clock.now().getTime()));
  }
}

/** What was asked for, in short: the day of a market, or the symbol with its span. */
export const asked = ({ path }: RecordedCall): string =>
  path.replace(/^\/v2\/aggs\/(grouped\/locale\/(us|global)\/market|ticker)\//, "").replace("/range/1/day/", " ");

export const callsOf = (test: PullTest): string[] => test.provider.calls.map(asked);

/** The closes that are stored of an asset, by date. */
export async function closesOf(test: PullTest, symbol: string): Promise<Record<string, string>> {
  const { items } = await test.read(`/assets/${symbol}/historic-values`);
  return Object.fromEntries(items.map(({ date, close }: { date: string; close: string }) => [date, close]));
}

/** Every bar of the stand-in's that the span holds is stored, and no other. */
export async function assertStored(test: PullTest, bars: readonly DatedStandInBar[], symbols: readonly string[]) {
  for (const symbol of symbols) {
    const expected = bars.filter((bar) => bar.symbol === symbol).map(({ date, close }) => [date, String(close)]);
    assert.deepEqual(await closesOf(test, symbol), Object.fromEntries(expected), symbol);
  }
}

/** Files are read in time of their own, so that the clock is moved on as long as there is work. */
export async function workOff({ clock, worker }: TestService): Promise<void> {
  let isDone = false;
  const done = worker.runDue().finally(() => isDone = true);
  while (!isDone) await clock.advance(1);
  await done;
}
