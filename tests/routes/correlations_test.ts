import assert from "node:assert/strict";
import type { Json } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { addReturns, analysisOf, assertNear } from "../support/price_series.ts";
import { startService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

interface Matrix {
  readonly labels: string[];
  readonly values: (number | null)[][];
  readonly counts: number[][];
  readonly total: number;
}
interface Correlations extends Json {
  readonly assets: Matrix;
  readonly sectors: Matrix;
}

Deno.test("each two assets, the largest first; each two sectors", async () => {
  await using service = await startService();
  await addReturns(service, { symbol: "AA", sector: "energy" }, [0.01, 0.02, 0.03]);
  await addReturns(service, { symbol: "BB", sector: "energy" }, [0.02, 0.04, 0.06]);
  await addReturns(service, { symbol: "CC", sector: "utilities" }, [0.03, 0.02, 0.01]);
  await addReturns(service, { symbol: "FLAT", sector: "materials" }, [0, 0, 0]);
  await addPortfolio(service, { AA: "1", BB: "2", CC: "-3", FLAT: "0.5" }, PUBLIC);
  const { assets, sectors, observations } = await analysisOf<Correlations>(service, "correlations?window=3d");
  assert.equal(observations, 3);
  assert.deepEqual(assets.labels, ["CC", "BB", "AA", "FLAT"]);
  const expected = [[1, -1, -1, null], [-1, 1, 1, null], [-1, 1, 1, null], [null, null, null, null]];
  for (const [i, row] of assets.values.entries()) {
    for (const [j, value] of row.entries()) {
      const told = expected[i]?.[j];
      if (typeof told === "number") assertNear(value, told, 1e-9);
      else assert.equal(value, null);
      assert.equal(assets.counts[i]?.[j], 3);
    }
  }
  assert.deepEqual(sectors.labels, ["energy", "materials", "utilities"]);
  // Short of CC, the sector moves as CC does.
  assertNear(sectors.values[0]?.[2], -1, 1e-3);
  const largest = await analysisOf<Correlations>(service, "correlations?window=3d&limit=2");
  assert.deepEqual([largest.assets.labels, largest.assets.total], [["CC", "BB"], 4]);
  assert.equal(largest.sectors.total, 3);
});

Deno.test("returns of days on which both have prices of their own; a carried price is no return of 0", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA" });
  await addAsset(service, { symbol: "GAPS" });
  const days = ["2021-10-29", "2021-11-01", "2021-11-02", "2021-11-03", "2021-11-04", "2021-11-05"];
  await addCloses(service, "AA", Object.fromEntries(days.map((day, i) => [day, `${100 + i * i}`])));
  const gaps = { "2021-10-29": "10", "2021-11-01": "11", "2021-11-03": "11", "2021-11-04": "13", "2021-11-05": "12" };
  await addCloses(service, "GAPS", gaps);
  await addPortfolio(service, { AA: "1", GAPS: "1" }, PUBLIC);
  const { assets } = await analysisOf<Correlations>(service, "correlations?window=5d");
  assert.deepEqual(assets.counts, [[5, 3], [3, 3]]);
  const [a, b] = [[101 / 100, 116 / 109, 125 / 116], [11 / 10, 13 / 11, 12 / 13]];
  const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const cov = (xs: number[], ys: number[]) =>
    xs.reduce((sum, x, i) => sum + (x - mean(xs)) * ((ys[i] ?? NaN) - mean(ys)), 0);
  assertNear(assets.values[0]?.[1], cov(a, b) / Math.sqrt(cov(a, a) * cov(b, b)), 1e-9);
});
