import assert from "node:assert/strict";
import fc from "fast-check";
import { csv, folderOf } from "./csv_folder_harness.ts";
import { callWith, offered, valueOf } from "./polygon_harness.ts";

const ALL = { from: "1970-01-01", to: "9999-12-31" };
const GOOD = "GOOD,2024-03-08,1,2,1,1.5,10,0,1";

const chunkBytes = fc.constantFrom(1, 3, 16, 65_536);
/** Lines of whatever can stand in one, and often of what means something in a CSV. */
const line = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.array(fc.constantFrom('"', ",", "'", "a", "GOOD", "2024-03-08", " ", "\\", "0"), { minLength: 1 }).map((parts) =>
    parts.join("")
  ),
).filter((text) => !/[\r\n]/.test(text));

Deno.test("no line, whatever it is, changes the lines beside it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line), chunkBytes, async (lines, chunkBytes) => {
      const spoilt = lines.flatMap((bad, i) => [bad, GOOD.replace("GOOD", `GOOD${i}`)]);
      const { provider } = folderOf({ "a.csv": csv("GOOD,2024-03-08,1,2,1,1.5,10,0,1", ...spoilt) }, { chunkBytes });
      const bars = valueOf(await provider.marketDay("stocks", "2024-03-08", callWith()));
      for (const symbol of ["GOOD", ...lines.keys().map((i) => `GOOD${i}`)]) {
        const found = bars.filter((bar) => bar.symbol === symbol);
        assert.ok(found.some(({ close, volume }) => close === 1.5 && volume === 10), symbol);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("any numbers come back to the last bit, by day and by symbol, in any order of rows", async () => {
  const price = fc.double({ noNaN: true });
  const bar = fc.record({
    symbol: fc.constantFrom("A", "B", "X:C", "C:D"),
    date: fc.integer({ min: 0, max: 40 }).map((day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
  });
  const bars = fc.uniqueArray(bar, { selector: ({ symbol, date }) => `${symbol} ${date}`, minLength: 1 });
  await fc.assert(fc.asyncProperty(bars, fc.boolean(), async (bars, isSplit) => {
    const rows = bars.map((bar) =>
      [...Object.values(bar), "", ""].map((value) => Object.is(value, -0) ? "-0" : value).join(",")
    );
    const half = isSplit ? Math.floor(rows.length / 2) : rows.length;
    const { provider } = folderOf({ "a.csv": csv(...rows.slice(0, half)), "b.csv": csv(...rows.slice(half)) });
    for (const symbol of new Set(bars.map((bar) => bar.symbol))) {
      const mine = bars.filter((bar) => bar.symbol === symbol).toSorted((a, b) => a.date < b.date ? -1 : 1);
      const found = valueOf(await offered(provider.range)({ symbol, ...ALL }, callWith()));
      assert.deepEqual(found, mine.map((bar) => ({ ...bar, vwap: null })));
    }
    for (const date of new Set(bars.map((bar) => bar.date))) {
      const found = await Promise.all(
        (["stocks", "crypto", "fx"] as const).map((market) => provider.marketDay(market, date, callWith())),
      );
      const symbols = found.flatMap((outcome) =>
        outcome.type === "ok" ? outcome.value.map(({ symbol }) => symbol) : []
      );
      assert.deepEqual(
        symbols.toSorted(),
        bars.filter((bar) => bar.date === date).map(({ symbol }) => symbol).toSorted(),
      );
    }
  }));
});
