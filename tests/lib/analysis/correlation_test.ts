import assert from "node:assert/strict";
import fc from "fast-check";
import { correlation } from "../../../lib/analysis/correlation.ts";
import { correlationMatrix } from "../../../lib/analysis/correlation_matrix.ts";
import { market } from "./arbitraries.ts";
import { assertMissing, assertNear, series } from "./metric_assertions.ts";

Deno.test("Anscombe's quartet: four pairs of series, one correlation of 0.816 (Anscombe 1973)", () => {
  const x = series(10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5);
  const fourth = series(8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8);
  const pairs: [Float64Array, Float64Array][] = [
    [x, series(8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68)],
    [x, series(9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74)],
    [x, series(7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73)],
    [fourth, series(6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89)],
  ];
  for (const [a, b] of pairs) assertNear(correlation(a, b), 0.816, 0.001);
});

Deno.test("what does not vary correlates with nothing, however it is rounded", () => {
  assertMissing(correlation(series(0.1), series(0.2)), "too_few_observations");
  assertMissing(correlation(series(0.1, 0.1, 0.1), series(0.1, 0.2, 0.3)), "zero_variance");
  const growing = series(110 / 100 - 1, 121 / 110 - 1, 133.1 / 121 - 1);
  assertMissing(correlation(series(0.1, 0.2, 0.4), growing), "zero_variance");
  const { values, counts } = correlationMatrix([series(1, 2, 3), series(4, 4, 4), series(NaN, NaN, 1)]);
  assert.deepEqual([...values], [1, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN]);
  assert.deepEqual([...counts], [3, 3, 1, 3, 3, 1, 1, 1, 1]);
});

Deno.test("more assets than fit one tile: each entry is the correlation of its two", () => {
  let state = 1;
  const random = () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647 - 0.5;
  const assets = Array.from({ length: 37 }, () => Float64Array.from({ length: 11 }, random));
  const { values, counts } = correlationMatrix(assets);
  for (const [i, a] of assets.entries()) {
    for (const [j, b] of assets.entries()) {
      assertNear(correlation(a, b), values[i * assets.length + j] ?? NaN, 1e-14, `${i}, ${j}`);
    }
  }
  assert.ok(counts.every((count) => count === 11));
});

Deno.test("property: symmetric, within -1 and 1, and the same whether dates are missing elsewhere", () => {
  fc.assert(fc.property(market(0), fc.nat(), ({ assets }, gap) => {
    const size = assets.length;
    const { values } = correlationMatrix(assets);
    const holed = assets.map((asset, i) => i === 0 ? asset.with(gap % asset.length, NaN) : asset);
    const partial = correlationMatrix(holed);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const value = values[i * size + j] ?? assert.fail();
        assert.ok(Object.is(value, values[j * size + i]));
        assert.ok(Number.isNaN(value) || Math.abs(value) <= 1);
        if (i > 0 && j > 0) assert.ok(Object.is(value, partial.values[i * size + j]));
      }
    }
  }));
});
