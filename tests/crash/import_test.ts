/**
 * kill -9 in the middle of an import, again and again: the store agrees with itself each time, no bar is half there, and the import
 * that is let live brings all that is missing.
 */
import assert from "node:assert/strict";
import { uniformStream } from "../../fixtures/random.ts";
import type { Context } from "../../lib/context.ts";
import { addDays } from "../../lib/day.ts";
import { readSeries } from "../../lib/history/read.ts";
import { runTask, startTask, type TaskOptions } from "../tasks/task.ts";
import { assertAgrees, generatedSymbols } from "../lib/market/pull_harness.ts";
import { withFile } from "./file.ts";
import { SECONDS, SEED } from "./options.ts";

/** In two shards; made by the import, with a split and a dividend each. */
const SYMBOLS = generatedSymbols(120);
const DAYS = Array.from({ length: 60 }, (_, i) => addDays("2024-01-01", i));
const MIN_KILLS = 2;
/** Of the time that servers are killed for. */
const SHARE = 1 / 4;
/** The task takes as long to come up, and as long again to write. */
const MAX_MS = 1_500;

const closeOf = (asset: number, day: number): number => asset + 1 + day / 100;

function* lines(): Generator<string> {
  yield "symbol,date,close,split,dividend";
  for (const [day, date] of DAYS.entries()) {
    for (const [i, symbol] of SYMBOLS.entries()) {
      yield [symbol, date, closeOf(i, day), day === 30 ? 2 : "", day === 40 ? "0.1" : ""].join();
    }
  }
}

Deno.test(`kill -9 in the middle of an import (--seed=${SEED})`, async () => {
  const random = uniformStream(`${SEED} import`);
  const folder = await Deno.makeTempDir();
  try {
    const [path, file] = [`${folder}/store.kv`, `${folder}/bars.csv`];
    await Deno.writeTextFile(file, Array.from(lines()).join("\n"));
    const options: TaskOptions = { folder, args: [file, "--create-assets"], env: { KV_URL: path } };
    const endMs = Date.now() + SECONDS * SHARE * 1_000;
    let kills = 0;
    for (; kills < MIN_KILLS || Date.now() < endMs; kills++) {
      const task = await startTask("import-bars", options);
      const ended = task.output();
      await new Promise((resolve) => setTimeout(resolve, random() * MAX_MS));
      kill(task);
      await ended;
      await withFile(path, assertAgrees);
    }
    const { status, err } = await runTask("import-bars", options);
    assert.deepEqual([status, err.includes("could not")], [0, false], err);
    await withFile(path, assertWhole);
    console.log(`--seed=${SEED}: ${kills} kills of an import`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** It may have ended by itself. */
function kill(task: Deno.ChildProcess): void {
  try {
    task.kill("SIGKILL");
  } catch (error) {
    assert.ok(error instanceof TypeError, `${error}`);
  }
}

async function assertWhole(ctx: Context): Promise<void> {
  await assertAgrees(ctx);
  const assets = await Array.fromAsync(ctx.assets.each(), ({ value }) => value);
  assert.deepEqual(assets.map(({ symbol }) => symbol).toSorted(), [...SYMBOLS].toSorted());
  for (const { no, symbol } of assets) {
    const place = SYMBOLS.indexOf(symbol);
    const closes = (await readSeries(ctx, no)).map(({ close }) => close);
    assert.deepEqual(closes, DAYS.map((_, day) => closeOf(place, day)), symbol);
    for (const kind of ["splits", "dividends"]) {
      assert.equal((await Array.fromAsync(ctx.store.list({ prefix: [kind, no] }))).length, 1, `${kind} of ${symbol}`);
    }
  }
}
