/**
 * Imports a million bars as an operator does: `deno run -A bench/import_bars.ts [ASSETS] [SESSIONS]`. Prints a table and writes
 * `bench/results/import_bars.json`. How much memory a process took is told by Linux alone.
 *
 * @module
 */
import { machine } from "./support/machine.ts";
import { createGzip } from "node:zlib";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { madeUpAsset, madeUpBar, weekdaysUpTo } from "./made_up_market.ts";

const LAST_DAY = "2025-08-14";
const POLL_MS = 50;
const TASK = new URL("../tasks/import_bars.ts", import.meta.url).pathname;

interface Measured {
  readonly seconds: number;
  readonly barsPerSecond: number;
  readonly peakMemoryMib: number | null;
  readonly said: string;
}

/** With the load of the minute before: what else the machine had to do. */
const ran = { ...machine(), loadAverage: rounded(Deno.loadavg()[0] ?? NaN) };
const assets = Number(Deno.args[0] ?? 800);
const sessions = weekdaysUpTo(LAST_DAY, Number(Deno.args[1] ?? 1_260));
const bars = assets * sessions.length;
const folder = await Deno.makeTempDir({ prefix: "import-bars-" });
try {
  const results = await measureAll();
  console.table(Object.fromEntries(Object.entries(results).map(([name, { said: _, ...rest }]) => [name, rest])));
  await Deno.writeTextFile(
    new URL("results/import_bars.json", import.meta.url),
    `${JSON.stringify({ ...ran, assets, sessions: sessions.length, bars, results }, undefined, 2)}\n`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measureAll(): Promise<Record<string, Measured>> {
  const [bySymbol, byDate] = [`${folder}/by_symbol.csv`, `${folder}/by_date.csv`];
  await write(bySymbol, rowsBySymbol());
  await write(byDate, rowsByDate());
  await pipeline(createReadStream(bySymbol), createGzip(), createWriteStream(`${bySymbol}.gz`));
  return {
    "by symbol": await measure("a", bySymbol),
    "by date": await measure("b", byDate),
    "by symbol, gzip": await measure("c", `${bySymbol}.gz`),
    "by date, all there already": await measure("c", byDate),
    "by symbol, started again after a kill half-way": await measureAfterKill("d", bySymbol),
  };
}

function* rowsBySymbol(): Generator<string> {
  for (let no = 1; no <= assets; no++) {
    for (const [day, date] of sessions.entries()) yield rowOf(no, day, date);
  }
}

function* rowsByDate(): Generator<string> {
  for (const [day, date] of sessions.entries()) {
    for (let no = 1; no <= assets; no++) yield rowOf(no, day, date);
  }
}

function rowOf(no: number, day: number, date: string): string {
  const { open, high, low, close, volume, vwap } = madeUpBar(no, day, date);
  return `${madeUpAsset(no).symbol},${date},${open},${high},${low},${close},${volume},${vwap}\n`;
}

async function write(path: string, rows: Iterable<string>): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  const encoder = new TextEncoder();
  let text = "symbol,date,open,high,low,close,volume,vwap\n";
  for (const row of rows) {
    text += row;
    if (text.length < 1_000_000) continue;
    file.writeSync(encoder.encode(text));
    text = "";
  }
  file.writeSync(encoder.encode(text));
}

function start(store: string, file: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", TASK, file, "--create-assets"],
    env: { KV_URL: `${folder}/${store}.kv` },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function measure(store: string, file: string): Promise<Measured> {
  const startedAtMs = performance.now();
  const child = start(store, file);
  const peak = peakMemoryMib(child);
  const said = await new Response(child.stdout).text();
  const { code } = await child.status;
  if (code !== 0) throw new Error(`${file} was not imported: ${said}`);
  const seconds = rounded((performance.now() - startedAtMs) / 1_000);
  return {
    seconds,
    barsPerSecond: Math.round(bars / seconds),
    peakMemoryMib: await peak,
    said: said.split("\n")[0] ?? "",
  };
}

async function measureAfterKill(store: string, file: string): Promise<Measured> {
  const child = start(store, file);
  const halfBytes = await storedBytes("a") / 2;
  while (await storedBytes(store) < halfBytes) await sleep(POLL_MS);
  child.kill("SIGKILL");
  await child.stdout.cancel();
  await child.status;
  return await measure(store, file);
}

/** With what still stands in the write-ahead log. */
async function storedBytes(store: string): Promise<number> {
  const files = ["", "-wal"].map((end) => Deno.stat(`${folder}/${store}.kv${end}`).catch(() => ({ size: 0 })));
  return (await Promise.all(files)).reduce((bytes, { size }) => bytes + size, 0);
}

/** The most that it took until it ended. */
async function peakMemoryMib(child: Deno.ChildProcess): Promise<number | null> {
  let isOver = false;
  child.status.then(() => isOver = true);
  let peakKib: number | null = null;
  while (!isOver) {
    const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    peakKib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? peakKib ?? NaN) || peakKib;
    await sleep(POLL_MS);
  }
  return peakKib === null ? null : Math.round(peakKib / 1024);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
