/**
 * Memory over a million requests to one server, of many routes and of more portfolios than are kept in memory, with a write now
 * and then: `deno run -A bench/memory.ts [--stores=FOLDER] [--requests=N] [--quick]`. Prints a table and writes
 * `bench/results/memory.json`. What the process holds tells no leak from what V8 has not given back yet: what its last full
 * collection has left does.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { machine } from "./support/machine.ts";
import { FULL, madeUpStores, QUICK } from "./support/made_up_stores.ts";
import { memoryOf, serverOn } from "./support/server.ts";
import { wrk } from "./support/wrk.ts";

/** What a process keeps is kept by then. */
const WARM_SHARE = 0.4;

interface Sample {
  readonly requests: number;
  /** Of the process. */
  readonly megabytes: number;
  /** Of V8's heap: what it has reserved, what is in use, and what the last full collection has left. */
  readonly heapSizeMb: number;
  readonly heapUsedMb: number;
  readonly liveMb: number;
  /** Buffers outside of the heap. */
  readonly externalMb: number;
}

const { values: given } = parseArgs({
  options: {
    stores: { type: "string", default: "data/bench" },
    requests: { type: "string", default: "1000000" },
    quick: { type: "boolean", default: false },
  },
});
const size = given.quick ? QUICK : FULL;
const wanted = Number(given.requests);
const stores = await madeUpStores(given.stores, size);
await using started = await serverOn(stores.many, { DENO_V8_FLAGS: "--trace-gc" });
const { url, server } = started;
const headers = { "if-none-match": '"none"', origin: "https://a.test" };
const loads = [
  { url, seconds: 2, script: ["portfolios_at_random.lua", `${size.many}`] },
  { url, seconds: 2, script: ["paths_in_turn.lua", ...mixedPaths(size.assets)], headers },
  { url, seconds: 8, script: ["portfolios_at_random.lua", "1000"] },
];
const samples: Sample[] = [];
for (let requests = 0, turn = 0; requests < wanted; turn++) {
  for (const load of loads) requests += (await wrk(load)).requests;
  // All that was answered so far is made anew.
  await server.read("/portfolios/1", { method: "PATCH", body: JSON.stringify({ name: `Changed ${turn}` }) });
  samples.push(await sample(requests));
}
console.table(samples);
const warm = samples.filter(({ requests }) => requests >= wanted * WARM_SHARE);
const spanOf = (of: (sample: Sample) => number) => ({
  least: Math.min(...warm.map(of)),
  most: Math.max(...warm.map(of)),
});
const [held, live] = [spanOf(({ megabytes }) => megabytes), spanOf(({ liveMb }) => liveMb)];
console.log(`From ${WARM_SHARE * 100} % of the requests on: ${held.least} to ${held.most} MB`);
console.log(`Left by full collections: ${live.least} to ${live.most} MB`);
await Deno.writeTextFile(
  new URL("results/memory.json", import.meta.url),
  `${JSON.stringify({ ...machine(), size, warm: held, live, samples }, undefined, 2)}\n`,
);

async function sample(requests: number): Promise<Sample> {
  const metrics = await (await server.ask("/metrics")).text();
  const of = (name: string) => Math.round(Number(metrics.match(new RegExp(`^${name} (\\S+)`, "m"))?.[1]) / 2 ** 20);
  // The last one.
  const collected = await server.said(/^[^]*Mark-Compact[^\n]*? -> ([\d.]+) \(/);
  return {
    ...{ requests, megabytes: memoryOf(server.pid).nowMb },
    ...{ heapSizeMb: of("foliolens_heap_size_bytes"), heapUsedMb: of("foliolens_heap_used_bytes") },
    ...{ liveMb: Math.round(Number(collected?.[1])), externalMb: of("foliolens_external_memory_bytes") },
  };
}

/** Pages, lists, analyses, pictures, history of many assets, and what there is not. */
function mixedPaths(assets: number): string[] {
  const one = ["/portfolios", "/assets", "/portfolios/1", "/portfolios/1/investments", "/livez", "/openapi.json", "/"];
  const each = Array.from({ length: 40 }, (_, i) => [
    `/assets/A${String(1 + (i * 37) % assets).padStart(5, "0")}/historic-values?from=2025-01-01`,
    `/portfolios/${i + 1}/sectors.svg`,
    `/portfolios/${i + 1}/risk?window=1y`,
    `/portfolios/${i + 1}/sectors?as_of=2025-07-${String(1 + i % 28).padStart(2, "0")}`,
  ]);
  return [...one, ...each.flat()];
}
