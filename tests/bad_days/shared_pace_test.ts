/** Two processes of the server on one KV server keep the provider's pace together, over whole minutes. */
import assert from "node:assert/strict";
import { addDays, isWeekend } from "../../lib/day.ts";
import { type Json, pointedAt, type Server, startServer, until } from "../process/server.ts";
import { hasKvServer, startKvServer } from "../support/kv_connect_server.ts";
import { generatedBars } from "../support/provider_stand_in_bars.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";

const PER_MINUTE = 30;
const MINUTE_MS = 60_000;
/** Three minutes of calls. */
const DAYS = Array.from({ length: 130 }, (_, i) => addDays("2021-11-05", -i)).filter((day) => !isWeekend(day));
const WITHIN_MS = 5 * MINUTE_MS;
/** A call may be so late in its slot on a busy machine, and the next one on time. */
const LATE_CALLS = 1;

const claimedBy = ({ timeline }: Json): string =>
  timeline.find(({ event }: Json) => event === "claimed").detail.replace(/.* by /, "");

Deno.test({ name: "in no minute more calls than there may be, of both together", ignore: !hasKvServer }, async () => {
  await using kv = await startKvServer();
  await using provider = startProviderStandIn({
    ...{ now: () => new Date(), bars: generatedBars(10), switches: { callsPerMinute: 0 } },
  });
  const env = {
    ...{ ...pointedAt(provider), KV_URL: kv.url, KV_ACCESS_TOKEN: kv.token, DEMO_DATA: "false" },
    ...{ POLYGON_CALLS_PER_MINUTE: String(PER_MINUTE), POLYGON_HISTORY_YEARS: "10" },
  };
  await using one = await startServer(env);
  await one.url();
  await using other = await startServer(env);
  const both: Server[] = [one, other];
  const jobs = await Promise.all(DAYS.map((date, i) => {
    const body = JSON.stringify({ name: "pull-market-day", args: { date } });
    return both[i % 2]?.read("/jobs", { method: "POST", body });
  }));
  const done = await until("all days", async () => {
    const { items } = await one.read("/jobs?name=pull-market-day&state=succeeded&limit=200");
    return items.length >= jobs.length ? items as Json[] : undefined;
  }, WITHIN_MS);
  assert.equal(new Set(done.map(claimedBy)).size, 2, "one of them has done all");
  const atMs = provider.calls.map(({ at }) => at.getTime()).toSorted((a, b) => a - b);
  const most = Math.max(...atMs.map((fromMs) => atMs.filter((ms) => ms >= fromMs && ms < fromMs + MINUTE_MS).length));
  const minutes = ((atMs.at(-1) ?? 0) - (atMs[0] ?? 0)) / MINUTE_MS;
  console.log(`${atMs.length} calls in ${minutes.toFixed(1)} minutes, at most ${most} in one`);
  assert.ok(minutes > 2, `${minutes} minutes`);
  assert.ok(most <= PER_MINUTE + LATE_CALLS, `${most} calls in a minute`);
});
