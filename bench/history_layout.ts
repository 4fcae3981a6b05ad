/**
 * Compares how history can be cut into blocks: `deno run -A bench/history_layout.ts [ASSETS] [SESSIONS]`. Prints a table and
 * writes `bench/results/history_layout.json`.
 *
 * @module
 */
import { machine } from "./support/machine.ts";
import { sizeOfStore } from "./support/store_file.ts";
import { type Context, contextOn } from "../lib/context.ts";
import { decodeBlock } from "../lib/history/block.ts";
import { blockKey, blocksBetween, type Layout } from "../lib/history/layout.ts";
import { readDay } from "../lib/history/read.ts";
import { writeBars } from "../lib/history/write.ts";
import { openStore } from "../lib/store/store.ts";
import { barsOf, insertAssets, insertBars, weekdaysUpTo } from "./made_up_market.ts";

/** Near the middle of a month, a quarter and a year, so that the last block of each is about half full. */
const LAST_DAY = "2025-08-14";
const READ_ASSETS = 50;
const REPEATS = 15;
const NOW = new Date("2025-08-15T07:00:00Z");

/** Shards as large as 800 KiB allow, if every day of the calendar is a session and every column is filled. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  month: { blockOf: (day) => day.slice(0, 7), assetsPerShard: 256 },
  quarter: { blockOf: (day) => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`, assetsPerShard: 96 },
  year: { blockOf: (day) => day.slice(0, 4), assetsPerShard: 25 },
};

interface Measured {
  readonly assetsPerShard: number;
  readonly bytesPerBar: number;
  readonly bulkLoadSeconds: number;
  readonly nightlyPullMs: number;
  readonly oneAssetMs: number;
  readonly fiftyAssetsMs: number;
  readonly oneDayMs: number;
}

const assets = Number(Deno.args[0] ?? 5_000);
const sessions = weekdaysUpTo(LAST_DAY, Number(Deno.args[1] ?? 1_260));
const results: Record<string, Measured> = {};
for (const [name, layout] of Object.entries(LAYOUTS)) results[name] = await measure(layout);
console.table(results);
await Deno.writeTextFile(
  new URL("results/history_layout.json", import.meta.url),
  `${JSON.stringify({ ...machine(), assets, sessions: sessions.length, results }, undefined, 2)}\n`,
);

async function measure(layout: Layout): Promise<Measured> {
  const folder = await Deno.makeTempDir({ prefix: "history-layout-" });
  const path = `${folder}/bench.kv`;
  try {
    const kv = await Deno.openKv(path);
    const ctx = await fresh(kv);
    await insertAssets(ctx, assets);
    const bulkLoadMs = await timed(() => insertBars(ctx, assets, [...sessions.slice(0, -1).entries()], layout));
    const nightlyPullMs = await timed(() => pull(ctx, layout));
    const reads = {
      oneAssetMs: await median((i) => timedRead(kv, layout, [1 + (i * 331) % assets])),
      fiftyAssetsMs: await median((i) =>
        timedRead(kv, layout, Array.from({ length: READ_ASSETS }, (_, k) => 1 + (i + k * 97) % assets))
      ),
      oneDayMs: await median(async (i) => {
        const reader = await fresh(kv);
        return await timed(() => readDay(reader, sessions[(i * 83) % sessions.length] ?? LAST_DAY));
      }),
    };
    kv.close();
    const bytesPerBar = sizeOfStore(path) / (assets * sessions.length);
    return {
      assetsPerShard: layout.assetsPerShard,
      bytesPerBar: rounded(bytesPerBar),
      bulkLoadSeconds: rounded(bulkLoadMs / 1_000),
      nightlyPullMs: rounded(nightlyPullMs),
      ...reads,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A context over a store that has cached nothing. */
async function fresh(kv: Deno.Kv): Promise<Context> {
  return contextOn(await openStore(kv, { shared: false }), () => NOW, "America/New_York");
}

async function pull(ctx: Context, layout: Layout): Promise<void> {
  const last = sessions.length - 1;
  await writeBars(ctx, barsOf(1, assets, [[last, sessions[last] ?? LAST_DAY]]), { layout });
}

async function timedRead(kv: Deno.Kv, layout: Layout, assetNos: readonly number[]): Promise<number> {
  const { store } = await fresh(kv);
  const blocks = blocksBetween(sessions[0] ?? LAST_DAY, LAST_DAY, layout);
  return await timed(async () => {
    const series = await Promise.all(assetNos.map(async (no) => {
      const read = await store.cachedMany(
        blocks.map((block) => blockKey(no, block)),
        ({ value }) => decodeBlock(value),
      );
      return read.flat();
    }));
    const bars = series.reduce((total, { length }) => total + length, 0);
    if (bars !== assetNos.length * sessions.length) throw new Error(`${bars} bars were read`);
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function median(measureOnce: (i: number) => Promise<number>): Promise<number> {
  const found: number[] = [];
  for (let i = 0; i < REPEATS; i++) found.push(await measureOnce(i));
  return rounded(found.sort((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? NaN);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
