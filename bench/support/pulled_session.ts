/**
 * The pull of a session as the night does it: a server on a store of five years, and the provider's stand-in with more rows than
 * there are assets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type DataFolder, dataFolder, inProject, pointedAt, startServer, until } from "../../tests/process/server.ts";
import { startProviderStandIn } from "../../tests/support/provider_stand_in.ts";
import { madeUpAsset, madeUpBar } from "../made_up_market.ts";
import type { StandInBar } from "../../tests/support/provider_stand_in_bars.ts";
import { memoryOf } from "./server.ts";

export interface PulledSession {
  readonly written: number;
  readonly calls: number;
  readonly seconds: number;
  readonly mostMb: number;
}

/** The weekday after the made-up history. */
const SESSION = "2025-08-15";
const SCHEDULES = ["nightly-pull", "night"];

/** Of `rows`, the first are of the store's assets. */
export async function pulledSession(
  store: string,
  { sessions, rows }: { readonly sessions: number; readonly rows: number },
): Promise<PulledSession> {
  const bars = Array.from({ length: rows }, (_, i) => barOf(i + 1, sessions));
  await using provider = startProviderStandIn({
    now: () => new Date(),
    bars: (market, date) => market === "stocks" && date === SESSION ? bars : [],
    switches: { callsPerMinute: 0 },
  });
  await using folder = await dataFolder();
  await Deno.copyFile(store, inProject(folder.kv));
  await pauseSchedules(folder);
  await using server = await startServer({ KV_URL: folder.kv, ...pointedAt(provider) });
  const path = `/jobs/pull-market-day:${SESSION}`;
  await server.read("/jobs", {
    method: "POST",
    body: JSON.stringify({ name: "pull-market-day", args: { date: SESSION } }),
  });
  const job = await until("the pull to end", async () => {
    const job = await server.read(path);
    return ["queued", "running"].includes(job.state) ? undefined : job;
  });
  assert.equal(job.state, "succeeded", JSON.stringify(job));
  return {
    written: job.result.written,
    calls: job.result.provider_calls,
    seconds: (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1_000,
    mostMb: memoryOf(server.pid).mostMb,
  };
}

/** What else the night would ask for stays out of the measure. */
async function pauseSchedules({ kv }: DataFolder): Promise<void> {
  await using server = await startServer({ KV_URL: kv });
  for (const name of SCHEDULES) await server.read(`/schedules/${name}/pause`, { method: "POST" });
  server.signal("SIGTERM");
  await server.ended();
}

function barOf(no: number, place: number): StandInBar {
  const { open, high, low, close, volume } = madeUpBar(no, place, SESSION);
  const symbol = madeUpAsset(no).symbol;
  return { symbol, open: open ?? close, high: high ?? close, low: low ?? close, close, volume: volume ?? 0 };
}
