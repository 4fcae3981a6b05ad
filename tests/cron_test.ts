import assert from "node:assert/strict";
import { z } from "zod";
import { timetable } from "../cron.ts";
import { tick } from "../lib/jobs/schedule.ts";
import { PULL_MARKET_DAY } from "../lib/market/pull_market_day.ts";
import { job, withQueue } from "./lib/jobs/harness.ts";

const options = { pullAt: "03:00", timeZone: "America/New_York" };

Deno.test("the nightly pull is asked for once a night, without a day: the job knows the newest session", () =>
  withQueue(async ({ context, clock }) => {
    const args = z.object({ key: z.string().default(() => clock.now().toISOString().slice(0, 10)) });
    const ctx = context(job(() => Promise.resolve(), { name: PULL_MARKET_DAY, args }));
    const entries = timetable({ ...options, disabledBecause: undefined });
    assert.deepEqual((await tick(ctx, entries)).map(({ id }) => id), ["pull-market-day:2026-11-20"]);
    await clock.advance(86_400_000 - 1);
    assert.deepEqual(await tick(ctx, entries), []);
    await clock.advance(1);
    assert.deepEqual((await tick(ctx, entries)).map(({ id }) => id), ["pull-market-day:2026-11-21"]);
  }));

Deno.test("without a provider nothing is asked for, and the entry says why", () =>
  withQueue(async ({ context }) => {
    const entries = timetable({ ...options, disabledBecause: "not configured" });
    assert.deepEqual(entries.map(({ name, disabledBecause }) => [name, disabledBecause]), [
      ["nightly-pull", "not configured"],
    ]);
    assert.deepEqual(await tick(context(), entries), []);
  }));
