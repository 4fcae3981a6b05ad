import assert from "node:assert/strict";
import { z } from "zod";
import { timetable } from "../cron.ts";
import { tick } from "../lib/jobs/schedule.ts";
import { NIGHT } from "../lib/market/night.ts";
import { PULL_MARKET_DAY } from "../lib/market/pull_market_day.ts";
import { job, withQueue } from "./lib/jobs/harness.ts";

const options = { pullAt: "03:00", timeZone: "America/New_York" };

Deno.test("once a night the newest session is asked for, without a day: its job knows; and then the rest of the night", () =>
  withQueue(async ({ context, clock }) => {
    const nothing = () => Promise.resolve();
    const key = z.object({ key: z.string().default(() => clock.now().toISOString().slice(0, 10)) });
    const date = z.object({ date: z.string() }).transform(({ date }) => ({ key: date }));
    const ctx = context(job(nothing, { name: PULL_MARKET_DAY, args: key }), job(nothing, { name: NIGHT, args: date }));
    const entries = timetable({ ...options, disabledBecause: undefined });
    const due = async () => (await tick(ctx, entries)).map(({ id }) => id);
    assert.deepEqual(await due(), ["pull-market-day:2026-11-20", "night:2026-11-20"]);
    await clock.advance(86_400_000 - 1);
    assert.deepEqual(await due(), []);
    await clock.advance(1);
    assert.deepEqual(await due(), ["pull-market-day:2026-11-21", "night:2026-11-21"]);
    // Late, it is still that night.
    await clock.advance(2 * 86_400_000 - 60_000);
    assert.deepEqual((await due())[1], "night:2026-11-22");
  }));

Deno.test("without a provider nothing is asked for, and the entries say why", () =>
  withQueue(async ({ context }) => {
    const entries = timetable({ ...options, disabledBecause: "not configured" });
    assert.deepEqual(entries.map(({ name, disabledBecause }) => [name, disabledBecause]), [
      ["nightly-pull", "not configured"],
      ["night", "not configured"],
      ["clean-up", undefined],
    ]);
    assert.deepEqual(await tick(context(), entries), []);
  }));
