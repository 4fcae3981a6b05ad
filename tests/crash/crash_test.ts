/**
 * kill -9 at any moment, again and again: every write that was acknowledged is there, none that was not is half there, the store
 * agrees with itself, and whatever the jobs do is done once.
 */
import assert from "node:assert/strict";
import { uniformStream } from "../../fixtures/random.ts";
import { addDays, isWeekend } from "../../lib/day.ts";
import { assertAgrees, generatedSymbols, insertAssets } from "../lib/market/pull_harness.ts";
import { dataFolder, inProject, type Json, pointedAt, type Server, startServer, until } from "../process/server.ts";
import { barOf, type BarSource, generatedBars } from "../support/provider_stand_in_bars.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { apiKeyWriter } from "./api_key_writer.ts";
import { assetWriter } from "./asset_writer.ts";
import { type Client, clientOf } from "./client.ts";
import { withFile } from "./file.ts";
import { jobWriter } from "./job_writer.ts";
import { SECONDS, SEED } from "./options.ts";
import { portfolioWriter } from "./portfolio_writer.ts";
import { quarantineWriter } from "./quarantine_writer.ts";

/** In two shards. */
const [KEPT, STEP] = [40, 8];
/** Without those whose generated prices are so low that they can jump by half between two days that are pulled one after another. */
const SYMBOLS = generatedSymbols(KEPT + 5).slice(5);
/** What the provider sends of it on the days below cannot be. */
const DOUBTFUL = SYMBOLS[3] ?? "";
const DAYS = 30;
const MIN_KILLS = 3;
/** Now and then before anything can be asked, else while clients and jobs are at work. */
const EARLY_SHARE = 0.2;
const [MAX_EARLY_MS, MAX_WORK_MS] = [400, 1_200];
/** What the last server has for all jobs, and a tenth of the time that they were asked for in. */
const MIN_LAST_MS = 120_000;

/** Longer ago than a night looks back. */
function daysLongAgo(): string[] {
  const days: string[] = [];
  let day = addDays(new Date().toISOString().slice(0, 10), -60);
  for (; days.length < DAYS; day = addDays(day, -1)) if (!isWeekend(day)) days.push(day);
  return days;
}

/** Of the doubtful asset the high lies below the low, on some days. */
function barsDoubtfulOn(days: ReadonlySet<string>): BarSource {
  const bars = generatedBars(KEPT + 20);
  return (market, date) =>
    bars(market, date).map((bar) => bar.symbol === DOUBTFUL && days.has(date) ? { ...bar, high: bar.low / 2 } : bar);
}

Deno.test(`kill -9 at any moment, for ${SECONDS} seconds (--seed=${SEED})`, async () => {
  const random = uniformStream(SEED);
  const days = daysLongAgo();
  const bars = barsDoubtfulOn(new Set(days));
  await using folder = await dataFolder();
  await using provider = startProviderStandIn({ now: () => new Date(), bars, switches: { callsPerMinute: 0 } });
  await withFile(inProject(folder.kv), (ctx) => insertAssets(ctx, SYMBOLS, STEP));
  const env = { KV_URL: folder.kv, DEMO_DATA: "false", ...pointedAt(provider), POLYGON_HISTORY_YEARS: "1" };
  const clients = [
    ...[0, 1, 2, 3].map((i) => clientOf(portfolioWriter(`portfolio ${i}`, SYMBOLS), uniformStream(`${SEED} p${i}`))),
    ...[0, 1, 2].map((i) => clientOf(assetWriter(`CRASH${i}`), uniformStream(`${SEED} a${i}`))),
    ...[0, 1].map((i) => clientOf(apiKeyWriter(`key ${i}`), uniformStream(`${SEED} k${i}`))),
    clientOf(quarantineWriter(DOUBTFUL), uniformStream(`${SEED} quarantine`)),
    clientOf(jobWriter(days), uniformStream(`${SEED} jobs`)),
  ];

  const endMs = Date.now() + SECONDS * 1_000;
  let kills = 0;
  for (; kills < MIN_KILLS || Date.now() < endMs; kills++) {
    await killed(env, clients, random);
    await withFile(inProject(folder.kv), assertAgrees);
  }
  await brought(env, clients, bars, days);
  await withFile(inProject(folder.kv), assertAgrees);
  const writes = clients.map((client) => `${client.name}: ${client.acknowledged()}`).join(", ");
  console.log(`--seed=${SEED}: ${kills} kills, ${provider.calls.length} calls; acknowledged writes: ${writes}`);
  assert.ok(clients.some((client) => client.acknowledged() > 0), "nothing was written");
});

/** A server that lives until it is killed; what the one before it acknowledged is looked for first. */
async function killed(env: Record<string, string>, clients: readonly Client[], random: () => number): Promise<void> {
  await using server = await startServer(env);
  const isEarly = random() < EARLY_SHARE;
  if (isEarly) {
    await passing(random() * MAX_EARLY_MS);
    server.signal("SIGKILL");
  } else {
    await server.url();
    await Promise.all(clients.map((client) => client.check(server)));
    const working = Promise.all(clients.map((client) => client.work(server)));
    // A client that finds a fault ends at once.
    await Promise.race([passing(random() * MAX_WORK_MS), working]);
    server.signal("SIGKILL");
    await working;
  }
  assert.equal((await server.ended()).signal, "SIGKILL");
}

const passing = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The last one is let live until its jobs are done. */
async function brought(
  env: Record<string, string>,
  clients: readonly Client[],
  bars: BarSource,
  days: readonly string[],
): Promise<void> {
  await using server = await startServer(env);
  await server.url();
  await Promise.all(clients.map((client) => client.check(server)));
  await retryLost(server);
  let left: string[] = [];
  const ended = async () => {
    const open = await Promise.all(["queued", "running", "failed"].map((state) => jobsIn(server, state)));
    left = open.flat().map(({ id, state, error }: Json) => `${id} ${state} ${error}`);
    return left.length === 0 || undefined;
  };
  await until("all jobs to end", ended, MIN_LAST_MS + SECONDS * 100).catch((error) => {
    throw new Error(`${error.message}: ${left.slice(0, 10)}`);
  });
  await assertPulled(server, bars, days);
  server.signal("SIGTERM");
  assert.equal((await server.ended()).code, 0);
}

const jobsIn = async (server: Server, state: string): Promise<Json[]> =>
  (await server.read(`/jobs?state=${state}&limit=200`)).items;

/** A long job whose process is killed again and again is given up, until somebody asks for it. */
async function retryLost(server: Server): Promise<void> {
  const lost = (await jobsIn(server, "dead")).filter(({ error }: Json) =>
    /^crashed: its process was lost \d+ times/.test(error)
  );
  for (const { id } of lost) await server.read(`/jobs/${encodeURIComponent(id)}/retry`, { method: "POST" });
}

/** Each day that was asked for is complete, once, and says what the provider says. */
async function assertPulled(server: Server, bars: BarSource, days: readonly string[]): Promise<void> {
  const dead = await jobsIn(server, "dead");
  assert.deepEqual(dead.map(({ id, error }: Json) => `${id}: ${error}`), []);
  const { items } = await server.read("/jobs?name=pull-market-day&limit=200");
  const asked = days.filter((date) => items.some(({ id }: Json) => id === `pull-market-day:${date}`));
  const entries = (await server.read(`/market/quarantine?limit=200&asset=${DOUBTFUL}`)).items;
  const sent = SYMBOLS.filter((symbol) => symbol !== DOUBTFUL);
  for (const date of asked) {
    const { state } = entries.find((entry: Json) => entry.date === date);
    const { status, revision } = await server.read(`/market/days/${date}`);
    assert.equal(status, "complete", date);
    // A row that is accepted while its day is not complete yet makes no new revision.
    const revisions = state === "accepted" ? [1, 2] : [1];
    assert.ok(revisions.includes(revision), `${date}: revision ${revision}, and its row is ${state}`);
    const { items } = await server.read(`/historic-values?date=${date}&limit=200`);
    const stored = Object.fromEntries(items.map(({ asset, close }: Json) => [asset, Number(close)]));
    delete stored[DOUBTFUL];
    assert.deepEqual(
      stored,
      Object.fromEntries(sent.map((symbol) => [symbol, barOf(bars, symbol, date)?.close])),
      date,
    );
  }
}
