/**
 * The nightly pull of 5,000 assets out of 12,500 rows, and reading what it stored.
 *
 * @module
 */
import { readDay, readSeries } from "../lib/history/read.ts";
import { type AssetBar, writeBars } from "../lib/history/write.ts";
import { addDays, isWeekend } from "../lib/day.ts";
import { enqueueJob } from "../lib/jobs/enqueue.ts";
import { createAsset } from "../lib/market/assets.ts";
import type { Provider, ProviderBar } from "../lib/market/provider.ts";
import { benchService } from "./support/service.ts";

const ROWS = 12_500;
const ASSETS = 5_000;
const YEARS_DAYS = 1_260;

function rowOf(i: number, date: string): ProviderBar {
  const close = 10 + i % 490 + Number(date.slice(8)) / 100;
  return { symbol: `B${i}`, open: close, high: close + 1, low: close - 1, close, volume: 1_000 + i, vwap: close };
}

const provider: Provider = {
  name: "bench",
  timeZone: "America/New_York",
  callsPerMinute: 6_000,
  marketDay: (_, date) =>
    Promise.resolve({ type: "ok", value: Array.from({ length: ROWS }, (_, i) => rowOf(i, date)) }),
};

const { services, worker } = await benchService(provider);
const facts = { kind: "stock", currency: "USD", sector: "energy", sectorWeights: null, status: "active" } as const;
const numbers: number[] = [];
for (let i = 0; i < ASSETS; i++) {
  const { value } = await createAsset(services, { symbol: `B${i}`, name: `Bench ${i}`, ...facts }, "manual");
  numbers.push(value.no);
}

let day = "2020-01-01";
const nextSession = (): string => {
  do day = addDays(day, 1); while (isWeekend(day));
  return day;
};

Deno.bench("pull of 5,000 of 12,500 rows", { n: 10, warmup: 2 }, async () => {
  const job = await enqueueJob(services, { name: "pull-market-day", args: { date: nextSession() } });
  await worker.runDue();
  const { items: [done] } = await services.assets.list({ limit: 1 });
  if (done === undefined) throw new Error(`Nothing came of ${job.id}`);
});

const [first = 0] = numbers;
const bars: AssetBar[] = Array.from({ length: YEARS_DAYS }, (_, i) => ({
  assetNo: first,
  bar: {
    ...{ date: addDays("2012-01-02", i), open: 10, high: 12, low: 9, close: 10 + i / 100, volume: 1_000 + i },
    ...{ vwap: 10.5, preMarket: null, afterHours: null, source: "bench" },
  },
}));
await writeBars(services, bars);

Deno.bench("five years of one asset, read before", { group: "series" }, async () => {
  await readSeries(services, first, { from: "2012-01-01", to: "2015-12-31" });
});

let touched = 0;
Deno.bench("five years of one asset, after it changed", { group: "series" }, async (b) => {
  await writeBars(services, bars.map(({ assetNo, bar }) => ({ assetNo, bar: { ...bar, volume: ++touched } })));
  b.start();
  await readSeries(services, first, { from: "2012-01-01", to: "2015-12-31" });
  b.end();
});

Deno.bench("every close of one day", { group: "series" }, async () => {
  await readDay(services, "2020-01-02");
});
