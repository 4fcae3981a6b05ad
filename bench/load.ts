/**
 * The server as a user starts it, on a store of five years, beside a bare Hono route that answers the same bytes:
 * `deno run -A bench/load.ts [--stores=FOLDER] [--seconds=N] [--rounds=N] [--quick]`. Prints a table and writes
 * `bench/results/load.json` and `load.md`. The stores are kept in FOLDER, `data/bench` where none is named.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { interleaved, type LoadCase } from "./support/interleaved.ts";
import { machine } from "./support/machine.ts";
import { FULL, madeUpStores, QUICK } from "./support/made_up_stores.ts";
import { pulledSession } from "./support/pulled_session.ts";
import { type Line, markdown, rounded } from "./support/lines.ts";
import { type BenchServer, memoryOf, serverOn } from "./support/server.ts";
import { median } from "./support/statistics.ts";

const AT_RANDOM = "portfolios_at_random.lua";
const IN_TURN = "portfolios_in_turn.lua";
const STARTS = 3;
/** Of 12,500 rows of a session 5,000 are of the store's assets. */
const ROWS_PER_ASSET = 2.5;

const { values: given } = parseArgs({
  options: {
    stores: { type: "string", default: "data/bench" },
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "5" },
    quick: { type: "boolean", default: false },
  },
});
const size = given.quick ? QUICK : FULL;
const loadAverage = rounded(Deno.loadavg()[0] ?? NaN);
const stores = await madeUpStores(given.stores, size);
const lines = [
  ...await starts(),
  ...await requests(),
  ...await pull(),
  {
    what: "stored bytes a bar",
    measured: `${stores.bytesPerBar}`,
    bar: "80 or fewer",
    isMet: stores.bytesPerBar <= 80,
  },
];
console.table(lines);
const about = { ...machine(), loadAverage, size, seconds: given.seconds, rounds: given.rounds };
const results = new URL("results/", import.meta.url);
await Deno.writeTextFile(new URL("load.json", results), `${JSON.stringify({ ...about, lines }, undefined, 2)}\n`);
await Deno.writeTextFile(new URL("load.md", results), markdown("What it has to reach, and what it does", about, lines));

async function starts(): Promise<Line[]> {
  const ready: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    await using started = await serverOn(stores.many);
    ready.push(started.readyMs);
  }
  const ms = Math.round(median(ready));
  return [{ what: "start to ready", measured: `${ms} ms`, bar: "under 2 s", isMet: ms < 2_000 }];
}

async function requests(): Promise<Line[]> {
  await using few = await serverOn(stores.few);
  await using many = await serverOn(stores.many);
  const path = "/portfolios/1/sectors";
  const first = await firstAnswers([few, many]);
  const { key } = await many.server.read("/api-keys", {
    method: "POST",
    body: JSON.stringify({ name: "Bench", scopes: ["analysis:read", "portfolios:read"] }),
  });
  const of = (count: number) => [`${count}`];
  const cases: LoadCase[] = [
    { what: "sectors of one portfolio", url: `${many.url}${path}`, bar: { share: 0.6, times: 40, p99Times: 3 } },
    { what: "the same, asked with a key", url: `${many.url}${path}`, headers: { authorization: `Bearer ${key}` } },
    {
      what: "of 1,000 at random",
      url: many.url,
      script: () => [AT_RANDOM, ...of(1_000)],
      bar: { share: 0.4, times: 25 },
    },
    {
      ...{ what: "each read from KV", url: many.url, bar: { share: 0.12, times: 10 } },
      script: (asked) => [IN_TURN, ...of(size.many), `${asked}`],
    },
    { what: "of 100 at random, among these 100", url: few.url, script: () => [AT_RANDOM, ...of(size.few)] },
    { what: "of 100 at random, among 100,000", url: many.url, script: () => [AT_RANDOM, ...of(size.few)] },
  ];
  const bytes = await (await fetch(`${many.url}${path}`)).text();
  const { lines, p50Ms } = await interleaved(cases, {
    ...{ bytes, seconds: Number(given.seconds), rounds: Number(given.rounds) },
  });
  const grown = rounded((p50Ms.at(-1) ?? NaN) / (p50Ms.at(-2) ?? NaN));
  return [
    ...lines,
    {
      what: "their latency among 100,000, to that among 100",
      measured: `${grown}`,
      bar: "1.2 or less",
      isMet: grown <= 1.2,
    },
    {
      what: "the first answers after a start, likewise",
      measured: `${first}`,
      bar: "1.2 or less",
      isMet: first <= 1.2,
    },
    { what: "memory after these requests", measured: `${memoryOf(many.server.pid).nowMb} MB` },
  ];
}

/** How much longer the second server takes, with nothing in memory; asked in turn, so that both meet the same machine. */
async function firstAnswers([few, many]: readonly [BenchServer, BenchServer]): Promise<number> {
  const took: [few: number[], many: number[]] = [[], []];
  for (let id = 1; id <= size.few; id++) {
    for (const [i, { url }] of [few, many].entries()) {
      const startMs = performance.now();
      await (await fetch(`${url}/portfolios/${id}/sectors`)).text();
      took[i]?.push(performance.now() - startMs);
    }
  }
  return rounded(median(took[1]) / median(took[0]));
}

async function pull(): Promise<Line[]> {
  const rows = size.assets * ROWS_PER_ASSET;
  const { written, calls, seconds, mostMb } = await pulledSession(stores.few, { sessions: size.sessions, rows });
  const what = `pull of a session, ${written} of ${rows} rows kept`;
  return [
    { what: `${what}: provider calls`, measured: `${calls}`, bar: "1", isMet: calls === 1 },
    { what: "its work", measured: `${rounded(seconds)} s`, bar: "under 3 s", isMet: seconds < 3 },
    { what: "memory at most", measured: `${mostMb} MB`, bar: "under 250 MB", isMet: mostMb < 250 },
  ];
}
