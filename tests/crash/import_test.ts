/**
 * kill -9 in the middle of an import, again and again: the store agrees with itself each time, no bar is half there, and the import
 * that is let live brings all that is missing.
 */
import assert from "node:assert/strict";
import { uniformStream } from "../../fixtures/random.ts";
import type { Context } from "../../lib/context.ts";
import { addDays } from "../../lib/day.ts";
import { readSeries } from "../../lib/history/read.ts";
import type { Store } from "../../lib/store/store.ts";
import { runTask, startTask, type TaskOptions } from "../tasks/task.ts";
import { assertAgrees, generatedSymbols } from "../lib/market/pull_harness.ts";
import { withFile } from "./file.ts";
import { SECONDS, SEED } from "./options.ts";

/** Made by the import, with a split and a dividend each. */
const SYMBOLS = generatedSymbols(120);
/** In 24 months, each of which is an atomic operation and a block of each asset. */
const DAYS = Array.from({ length: 120 }, (_, i) => addDays("2022-01-03", 6 * i));
const BLOCKS = SYMBOLS.length * new Set(DAYS.map((day) => day.slice(0, 7))).size;
const MIN_KILLS = 3;
/** Of the time that servers are killed for. */
const SHARE = 1 / 4;
/** As long as all the bars take, about. */
const MAX_MS = 300;
/** Too few of so many fell between the first block and the last: something is wrong. */
const MAX_ROUNDS = 20;

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
    const parts: number[] = [];
    for (let round = 0; parts.length < MIN_KILLS || Date.now() < endMs; round++) {
      assert.ok(
        parts.length >= MIN_KILLS || round < MAX_ROUNDS,
        `of ${BLOCKS} blocks there were ${parts} in ${round} rounds`,
      );
      await killImport(path, options, parts.length === 0 ? 0 : random() * MAX_MS);
      let blocks = 0;
      await withFile(path, async (ctx) => {
        await assertAgrees(ctx);
        blocks = await countBlocks(ctx.store);
      });
      if (blocks > 0 && blocks < BLOCKS) parts.push(blocks);
      else await removeStore(folder);
    }
    const { status, err } = await runTask("import-bars", options);
    assert.equal(status, 0, err);
    await withFile(path, assertWhole);
    console.log(
      `--seed=${SEED}: ${parts.length} kills of an import; of ${BLOCKS} blocks there were ${parts.join(", ")}`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A while after it has written bars, if it has not ended by itself. */
async function killImport(path: string, options: TaskOptions, laterMs: number): Promise<void> {
  const kv = await Deno.openKv(path);
  const before = await countBlocks(kv);
  const task = await startTask("import-bars", options);
  let isOver = false;
  const ended = task.output().finally(() => isOver = true);
  while (!isOver && await countBlocks(kv) === before);
  // Before the kill, so that nobody but the next one to open the file finds what was left of it.
  kv.close();
  await new Promise((resolve) => setTimeout(resolve, laterMs));
  kill(task);
  const { signal, success, stderr } = await ended;
  assert.ok(signal === "SIGKILL" || success, new TextDecoder().decode(stderr));
}

const countBlocks = async (kv: Pick<Store, "list">): Promise<number> =>
  (await Array.fromAsync(kv.list({ prefix: ["series"] }, { batchSize: 500 }))).length;

async function removeStore(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith("store.kv")) await Deno.remove(`${folder}/${name}`);
  }
}

/** It may have ended by itself, once all was there. */
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
