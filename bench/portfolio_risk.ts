/**
 * The risk of a portfolio, cold and from memory, and what other requests notice of it:
 * `deno run -A bench/portfolio_risk.ts [ROUNDS]`. Prints a table and writes `bench/results/portfolio_risk.json`.
 *
 * Each round opens the store anew, so that nothing is in memory. While the large analysis runs, another client asks for a
 * small portfolio's sectors of one past day after another, none of which was asked for before.
 *
 * @module
 */
import { openStore } from "../lib/store/store.ts";
import type { Serve } from "../routes/edge.ts";
import { insertAssets, insertBars, weekdaysUpTo } from "./made_up_market.ts";
import { machine } from "./support/machine.ts";
import { BENCH_KEY, serviceOn } from "./support/service.ts";

interface Measured {
  readonly small: number;
  readonly smallAgain: number;
  readonly smallTold: number;
  readonly large: number;
  readonly others: readonly number[];
  /** The same requests with nothing beside them. */
  readonly alone: readonly number[];
  /** What the large analysis takes of its thread's own time, whatever else the machine does: in all, and in one turn at most. */
  readonly own: { readonly all: number; readonly longestTurn: number };
}

const LAST_DAY = "2025-08-14";
const LARGE = { assets: 500, path: "/portfolios/1/risk?window=5y" };
const SMALL = { assets: 50, path: "/portfolios/2/risk?window=1y" };
const OTHERS = "/portfolios/3/sectors?as_of=";
const BETWEEN_MS = 2;
const HEADERS = { authorization: `Bearer ${BENCH_KEY}` };

const rounds = Number(Deno.args[0] ?? 9);
const sessions = weekdaysUpTo(LAST_DAY, 1_260);
const loadAverage = rounded(Deno.loadavg()[0] ?? NaN);
const folder = await Deno.makeTempDir({ prefix: "portfolio-risk-" });
try {
  const kv = await Deno.openKv(`${folder}/bench.kv`);
  await build(kv);
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round++) measured.push(await measure(kv));
  const times = (name: "small" | "smallAgain" | "smallTold" | "large") =>
    quantile(measured.map((one) => one[name]), 0.5);
  const others = measured.flatMap((one) => one.others);
  const alone = measured.flatMap((one) => one.alone);
  const results = {
    "one year of 50 assets, nothing in memory, ms": times("small"),
    "the quickest of those, ms": rounded(Math.min(...measured.map(({ small }) => small))),
    "the same again, ms": times("smallAgain"),
    "the same analysis, the answer written anew, ms": times("smallTold"),
    "five years of 500 assets, nothing in memory, ms": times("large"),
    "the quickest of these, ms": rounded(Math.min(...measured.map(({ large }) => large))),
    "of its thread's own time, ms": quantile(measured.map(({ own }) => own.all), 0.5),
    "the longest turn of it, ms": quantile(measured.map(({ own }) => own.longestTurn), 0.5),
    "other requests meanwhile": others.length,
    "their median, ms": quantile(others, 0.5),
    "their 99th percentile, ms": quantile(others, 0.99),
    "their slowest, ms": quantile(others, 1),
    "the same without the analysis: 99th percentile, ms": quantile(alone, 0.99),
  };
  console.table(results);
  await Deno.writeTextFile(
    new URL("results/portfolio_risk.json", import.meta.url),
    `${JSON.stringify({ ...machine(), loadAverage, rounds, sessions: sessions.length, results }, undefined, 2)}\n`,
  );
  kv.close();
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function build(kv: Deno.Kv): Promise<void> {
  const { services, serve } = serviceOn(await openStore(kv, { shared: false }));
  await insertAssets(services, LARGE.assets);
  await insertBars(services, LARGE.assets, [...sessions.entries()]);
  for (const [i, assets] of [LARGE.assets, SMALL.assets, 20].entries()) {
    const investments = Array.from({ length: assets }, (_, no) => ({
      asset: `A${String(no + 1).padStart(5, "0")}`,
      amount: `${no + 1}.5`,
    }));
    const body = JSON.stringify({ name: `Bench ${i}`, visibility: "public", investments });
    const headers = { ...HEADERS, "content-type": "application/json" };
    const made = await serve(new Request("http://bench.test/portfolios", { method: "POST", headers, body }));
    if (made.status !== 201) throw new Error(await made.text());
    await made.body?.cancel();
  }
}

async function measure(kv: Deno.Kv): Promise<Measured> {
  const { serve } = serviceOn(await openStore(kv, { shared: false }));
  const small = await timed(() => get(serve, SMALL.path));
  const smallAgain = await timed(() => get(serve, SMALL.path));
  // A trailing slash is another question to what keeps answers, and the same analysis.
  const smallTold = await timed(() => get(serve, SMALL.path.replace("?", "/?")));
  let isOver = false;
  const analysis = timed(() => get(serve, LARGE.path)).finally(() => isOver = true);
  const others = await askOthers(serve, () => isOver);
  const { serve: idle } = serviceOn(await openStore(kv, { shared: false }));
  const alone = await askOthers(idle, (asked) => asked === others.length);
  return { small, smallAgain, smallTold, others, alone, large: await analysis, own: await ownTime(kv) };
}

async function ownTime(kv: Deno.Kv): Promise<Measured["own"]> {
  const { serve } = serviceOn(await openStore(kv, { shared: false }));
  let [isOver, longestTurn] = [false, 0];
  const before = threadTime();
  const analysis = get(serve, LARGE.path).finally(() => isOver = true);
  while (!isOver) {
    const turnBefore = threadTime();
    await new Promise((resolve) => setTimeout(resolve, 1));
    longestTurn = Math.max(longestTurn, threadTime() - turnBefore);
  }
  await analysis;
  return { all: threadTime() - before, longestTurn };
}

/** In milliseconds, as Linux counts it. */
function threadTime(): number {
  return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1_000_000;
}

async function askOthers(serve: Serve, isOver: (asked: number) => boolean): Promise<number[]> {
  const took: number[] = [];
  for (const day of sessions.slice(1).reverse()) {
    if (isOver(took.length)) break;
    took.push(await timed(() => get(serve, `${OTHERS}${day}`)));
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return took;
}

async function get(serve: Serve, path: string): Promise<void> {
  const answer = await serve(new Request(`http://bench.test${path}`, { headers: HEADERS }));
  if (answer.status !== 200) throw new Error(await answer.text());
  await answer.text();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function quantile(values: readonly number[], share: number): number {
  return rounded(
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN,
  );
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
