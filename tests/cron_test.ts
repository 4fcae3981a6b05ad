import assert from "node:assert/strict";
import { timetable } from "../cron.ts";
import { tick } from "../lib/jobs/schedule.ts";
import { job, withQueue } from "./lib/jobs/harness.ts";

const pull = job(() => Promise.resolve(), { name: "pull-market-day" });
const options = { pullAt: "03:00", timeZone: "America/New_York" };
const args = (now: Date) => ({ key: new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10) });

Deno.test("the nightly pull asks for the session that should be there, when it is due", () =>
  withQueue(async ({ context, clock }) => {
    const entries = timetable({ ...options, nightlyPull: { args } });
    const ctx = context(pull);
    assert.deepEqual((await tick(ctx, entries)).map(({ id }) => id), ["pull-market-day:2026-11-19"]);
    await clock.advance(86_400_000 - 1);
    assert.deepEqual(await tick(ctx, entries), []);
    await clock.advance(1);
    assert.deepEqual((await tick(ctx, entries)).map(({ id }) => id), ["pull-market-day:2026-11-20"]);
  }));

Deno.test("without a provider the nightly pull says why it does not run", () =>
  withQueue(async ({ context }) => {
    const entries = timetable({ ...options, nightlyPull: { args, disabledBecause: "not configured" } });
    assert.deepEqual(entries.map(({ name, disabledBecause }) => [name, disabledBecause]), [
      ["nightly-pull", "not configured"],
    ]);
    assert.deepEqual(await tick(context(pull), entries), []);
  }));
