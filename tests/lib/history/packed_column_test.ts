import assert from "node:assert/strict";
import fc from "fast-check";
import { columnReader, packColumn } from "../../../lib/history/packed_column.ts";
import { price, volume } from "./arbitraries.ts";

const HEAD_BYTES = 9;

function roundTrip(values: readonly (number | null)[]): (number | null)[] {
  return columnReader(packColumn(values), values.length)();
}

/** To the last bit, but for `NaN`, which is what a missing value reads as. */
function assertSame(values: readonly (number | null)[], read: readonly (number | null)[]): void {
  assert.equal(read.length, values.length);
  for (const [i, value] of values.entries()) {
    const expected = Number.isNaN(value) ? null : value;
    assert.ok(Object.is(read[i], expected), `${value} came back as ${read[i]}`);
  }
}

Deno.test("property: any doubles, and any of them missing, come back to the last bit", () => {
  const value = fc.oneof(
    price,
    volume,
    fc.double(),
    fc.integer(),
    fc.constantFrom(-0, 0, 2 ** 53, 2 ** 32 - 1, 65_535),
  );
  const values = fc.array(fc.option(value, { nil: null }), { maxLength: 40 });
  fc.assert(fc.property(values, (values) => assertSame(values, roundTrip(values))), { numRuns: 2_000 });
});

Deno.test("property: so do numbers of one form, however far they lie apart", () => {
  const values = fc.record({
    scale: fc.nat({ max: 10 }),
    base: fc.integer({ min: -1e9, max: 1e9 }),
    more: fc.array(fc.option(fc.nat({ max: 2 ** 33 }), { nil: null }), { maxLength: 40 }),
    reach: fc.constantFrom(1, 254, 255, 256, 65_534, 65_535, 65_536, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 33),
  }).map(({ scale, base, more, reach }) =>
    more.map((offset) => offset === null ? null : (base + offset % (reach + 1)) / 10 ** scale)
  );
  fc.assert(fc.property(values, (values) => assertSame(values, roundTrip(values))), { numRuns: 2_000 });
});

Deno.test("property: columns that stand one after another are read one after another", () => {
  const values = fc.option(price, { nil: null });
  const columns = fc.integer({ min: 0, max: 20 }).chain((length) =>
    fc.array(fc.array(values, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 8 })
  );
  fc.assert(fc.property(columns, (columns) => {
    const next = columnReader(
      new Uint8Array(columns.flatMap((column) => [...packColumn(column)])),
      columns[0]?.length ?? 0,
    );
    for (const column of columns) assertSame(column, next());
  }));
});

Deno.test("a value takes as many bytes as the spread of its column asks for", () => {
  const cases: [(number | null)[], number][] = [
    [[151.28, 151.28, 151.28], 0],
    [[151.28, 151.3, 153.82], 1],
    [[151.28, null, 153.81], 1],
    [[151.28, null, 153.83], 2],
    [[151.28, 806.62], 2],
    [[151.2801, 158.5], 4],
    [[65163883, 4e9], 4],
    [[1 / 3, 1], 8],
    [[1e-9, 1], 8],
    [[0, 5e9], 8],
    [[null, null], 8],
  ];
  for (const [values, bytes] of cases) {
    assert.equal(packColumn(values).length, HEAD_BYTES + values.length * bytes, String(values));
    assertSame(values, roundTrip(values));
  }
});

Deno.test("a column that was cut off is not read", () => {
  const packed = packColumn([1, 2, 1 / 3]);
  for (const length of [0, 1, 8, packed.length - 1]) {
    assert.throws(() => columnReader(packed.slice(0, length), 3)(), RangeError);
  }
});
