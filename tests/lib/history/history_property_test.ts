import assert from "node:assert/strict";
import fc from "fast-check";
import type { Context } from "../../../lib/context.ts";
import { dayNumber } from "../../../lib/day.ts";
import type { RecordedBar } from "../../../lib/history/block.ts";
import {
  newestPrice,
  priceAsOf,
  readBar,
  readDay,
  readSeries,
  sessionAsOf,
  spanOf,
} from "../../../lib/history/read.ts";
import { writeBars } from "../../../lib/history/write.ts";
import { ASSET_NOS, assetBars, day, DAYS } from "./arbitraries.ts";
import { assertClean, type MarketModel, marketModel, openMarket } from "./harness.ts";

const PROBES = ["1970-01-01", "1970-01-15", ...DAYS, "2026-11-21", "2100-01-01"];

const withoutRecording = (bars: readonly RecordedBar[]) => bars.map(({ recordedAtSeconds: _, ...bar }) => bar);

async function assertSameSeries(ctx: Context, model: MarketModel, from: string, to: string): Promise<void> {
  for (const no of ASSET_NOS) {
    const expected = model.series(no);
    assert.deepEqual(withoutRecording(await readSeries(ctx, no)), expected);
    const inRange = expected.filter(({ date }) => date >= from && date <= to);
    assert.deepEqual(withoutRecording(await readSeries(ctx, no, { from, to })), inRange);
    const [first, last] = [expected[0], expected.at(-1)];
    const span = first && last &&
      { firstDay: dayNumber(first.date), lastDay: dayNumber(last.date), lastClose: last.close };
    assert.deepEqual(await spanOf(ctx, no), span);
    assert.deepEqual(await newestPrice(ctx, no), last && { close: last.close, date: last.date });
  }
}

async function assertSamePrices(ctx: Context, model: MarketModel): Promise<void> {
  for (const no of ASSET_NOS) {
    for (const probe of PROBES) {
      const newest = model.series(no).findLast(({ date }) => date <= probe);
      const expected = newest && { close: newest.close, date: newest.date };
      assert.deepEqual(await priceAsOf(ctx, no, probe), expected, `asset ${no} as of ${probe}`);
      const bar = await readBar(ctx, no, probe);
      assert.deepEqual(bar && withoutRecording([bar])[0], model.series(no).find(({ date }) => date === probe));
    }
  }
}

async function assertSameDays(ctx: Context, model: MarketModel): Promise<void> {
  for (const probe of PROBES) {
    assert.deepEqual(new Map([...await readDay(ctx, probe)].sort()), new Map([...model.day(probe)].sort()), probe);
    assert.equal(await sessionAsOf(ctx, probe), model.dates().findLast((date) => date <= probe), probe);
  }
}

Deno.test("whatever is written, and over whatever: series, days, spans and prices are those of a plain model", async () => {
  const writes = fc.array(assetBars, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(writes, day, day, async (writes, from, to) => {
      using opened = await openMarket(...ASSET_NOS);
      const { ctx } = opened;
      const model = marketModel();
      for (const bars of writes) {
        // What is read between the writes is what the caches hold at the next one.
        await assertSameSeries(ctx, model, from, to);
        model.write(bars);
        await writeBars(ctx, bars);
      }
      await assertSameSeries(ctx, model, from, to);
      await assertSamePrices(ctx, model);
      await assertSameDays(ctx, model);
      await assertClean(ctx);
    }),
    { numRuns: 60 },
  );
});
