/**
 * The nightly pull of 5,000 assets out of 12,500 rows, an asset's backfill, and reading what is stored.
 *
 * @module
 */
import { ADJUSTMENT_KINDS, readAdjustedSeries } from "../lib/history/adjusted_series.ts";
import { setDividend, setSplit } from "../lib/history/corporate_actions.ts";
import { readDay, readSeries } from "../lib/history/read.ts";
import { type AssetBar, writeBars } from "../lib/history/write.ts";
import { addDays, isWeekend } from "../lib/day.ts";
import { enqueueJob } from "../lib/jobs/enqueue.ts";
import { addAsset } from "../lib/market/add_asset.ts";
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

const HISTORY_TO = new Date().toISOString().slice(0, 10);
const HISTORY = Array.from({ length: 731 }, (_, i) => addDays(HISTORY_TO, i - 731)).filter((day) => !isWeekend(day));

const provider: Provider = {
  name: "bench",
  timeZone: "America/New_York",
  callsPerMinute: 6_000,
  historyYears: 2,
  range: ({ symbol }) =>
    Promise.resolve({ type: "ok", value: HISTORY.map((date) => ({ ...rowOf(7, date), symbol, date })) }),
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

let added = 0;
Deno.bench("two years of a new asset, posted and backfilled", { n: 10, warmup: 2 }, async () => {
  await addAsset(services, { symbol: `N${added++}`, name: "New", ...facts }, "manual");
  await worker.runDue();
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

const corporateActions = services.store.change();
const recordedAt = new Date().toISOString();
for (const date of ["2012-08-31", "2014-06-09"]) {
  setSplit(corporateActions, first, {
    ...{ executionDate: date, splitFrom: "1", splitTo: "4" },
    ...{ source: "bench", recordedAt },
  });
}
for (let quarter = 0; quarter < 14; quarter++) {
  const exDividendDate = addDays("2012-02-01", 91 * quarter);
  setDividend(corporateActions, first, { exDividendDate, cashAmount: "0.02", source: "bench", recordedAt });
}
await corporateActions.commit();

for (const adjustment of ADJUSTMENT_KINDS) {
  Deno.bench(`five years of one asset, adjusted: ${adjustment}`, { group: "series" }, async () => {
    await readAdjustedSeries(services, first, { from: "2012-01-01", to: "2015-12-31" }, adjustment);
  });
}

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
