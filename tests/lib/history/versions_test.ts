/** History as it was known: every bar that was replaced is kept, and when. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bar } from "../../../lib/history/bar.ts";
import { readSeries } from "../../../lib/history/read.ts";
import { decodeSuperseded, encodeSuperseded, type Superseded } from "../../../lib/history/superseded.ts";
import { priceKnownAt, seriesKnownAt } from "../../../lib/history/versions.ts";
import { type AssetBar, writeBars } from "../../../lib/history/write.ts";
import { keysIn } from "../store/harness.ts";
import { ASSET_NOS, assetBars, assetNo, barOn, day, DAYS } from "./arbitraries.ts";
import { assertClean, assetBar, bar, openMarket } from "./harness.ts";

const START_MS = Date.parse("2026-11-20T08:00:00.500Z");

/** When the n-th write was made. */
const at = (n: number, seconds = 60): Date => new Date(START_MS + n * seconds * 1_000);

const plain = (bars: readonly (Bar & { recordedAtSeconds: number })[]): Bar[] =>
  bars.map(({ recordedAtSeconds: _, ...bar }) => bar);

/** What was last written of an asset, by date, after so many writes: a bar that says the same stays as it came. */
function known(writes: readonly (readonly AssetBar[])[], no: number): Bar[] {
  const bars = new Map<string, Bar>();
  const values = ({ source: _, ...rest }: Bar) => JSON.stringify(rest);
  for (const write of writes) {
    const last = new Map(write.filter((one) => one.assetNo === no).map((one) => [one.bar.date, one.bar]));
    for (const [date, bar] of last) {
      const before = bars.get(date);
      if (before === undefined || values(before) !== values(bar)) bars.set(date, bar);
    }
  }
  return [...bars.values()].sort((a, b) => a.date < b.date ? -1 : 1);
}

Deno.test("property: at any instant is known what had been written by then, of every asset and day", async () => {
  const writes = fc.array(assetBars, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(writes, day, day, async (writes, from, to) => {
      using opened = await openMarket(...ASSET_NOS);
      for (const [i, bars] of writes.entries()) await writeBars({ ...opened.ctx, now: () => at(i) }, bars);
      for (let n = -1; n < writes.length; n++) {
        for (const no of ASSET_NOS) {
          const expected = known(writes.slice(0, n + 1), no);
          assert.deepEqual(plain(await seriesKnownAt(opened.ctx, no, {}, at(n))), expected);
          const inRange = expected.filter(({ date }) => date >= from && date <= to);
          assert.deepEqual(plain(await seriesKnownAt(opened.ctx, no, { from, to }, at(n))), inRange);
          for (const probe of [from, ...DAYS.slice(0, 3), "2026-11-20"]) {
            const newest = expected.findLast(({ date }) => date <= probe);
            const price = newest && { close: newest.close, date: newest.date };
            assert.deepEqual(await priceKnownAt(opened.ctx, no, probe, at(n)), price);
          }
        }
      }
      await assertClean(opened.ctx);
    }),
    { numRuns: 40 },
  );
});

Deno.test("property: what was superseded is read as it was written", () => {
  const differing = fc.record({ bar: barOn(day), names: fc.subarray(Object.keys(bar("2021-01-04", 1)).slice(1)) })
    .map(({ bar, names }) => Object.fromEntries(Object.entries(bar).filter(([name]) => names.includes(name))));
  const row = fc.record({ assetNo, recordedAtSeconds: fc.nat(4e9), differing }, {
    noNullPrototype: true,
  });
  fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows: Superseded[]) => {
    assert.deepEqual(decodeSuperseded(encodeSuperseded(rows)), rows);
  }));
});

Deno.test("an instant counts to the end of its second, and of two versions of a second the later", async () => {
  using opened = await openMarket(1);
  const write = (now: string, close: number) =>
    writeBars({ ...opened.ctx, now: () => new Date(now) }, [assetBar(1, "2021-01-04", close)]);
  await write("2021-01-05T08:00:00.900Z", 1);
  await write("2021-01-05T08:00:02.100Z", 2);
  await write("2021-01-05T08:00:02.900Z", 3);
  const closes: (number | undefined)[] = [];
  for (const instant of ["07:59:59.999", "08:00:00.000", "08:00:01.999", "08:00:02.000"]) {
    closes.push((await seriesKnownAt(opened.ctx, 1, {}, new Date(`2021-01-05T${instant}Z`)))[0]?.close);
  }
  assert.deepEqual(closes, [undefined, 1, 1, 3]);
});

Deno.test("a clock that went back hides no version but those that were never the newest", async () => {
  using opened = await openMarket(1);
  const write = (now: string, close: number) =>
    writeBars({ ...opened.ctx, now: () => new Date(now) }, [assetBar(1, "2021-01-04", close)]);
  await write("2021-01-05T08:00:10Z", 1);
  await write("2021-01-05T08:00:05Z", 2);
  const knownAt = async (instant: string) => (await seriesKnownAt(opened.ctx, 1, {}, new Date(instant)))[0]?.close;
  assert.equal(await knownAt("2021-01-05T08:00:04Z"), undefined);
  assert.equal(await knownAt("2021-01-05T08:00:20Z"), 2);
});

Deno.test("a bar that is sent again as it is leaves nothing; one that changes leaves what changed", async () => {
  using opened = await openMarket(1, 2);
  const { ctx, kv } = opened;
  const bars = (volume: number): AssetBar[] =>
    [1, 2].map((no) => ({ assetNo: no, bar: bar("2021-01-04", no, { volume }) }));
  await writeBars(ctx, bars(10));
  await writeBars(ctx, bars(10));
  assert.deepEqual((await keysIn(kv)).filter((key) => key.startsWith("superseded")), []);
  await writeBars(ctx, bars(11));
  await writeBars(ctx, [assetBar(2, "2021-01-04", 5)]);
  assert.deepEqual((await keysIn(kv)).filter((key) => key.startsWith("superseded")), [
    "superseded/0/2021-01-04/1",
    "superseded/0/2021-01-04/2",
  ]);
  const left = decodeSuperseded((await kv.get(["superseded", 0, "2021-01-04", 1])).value);
  assert.deepEqual(left.map(({ assetNo, differing }) => [assetNo, differing]), [[1, { volume: 10 }], [2, {
    volume: 10,
  }]]);
  assert.equal((await readSeries(ctx, 2))[0]?.close, 5);
  await assertClean(ctx);
});
