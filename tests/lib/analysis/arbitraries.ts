import fc from "fast-check";

/** Returns as markets have them, four decimals of a fraction. */
export const dailyReturn = fc.integer({ min: -900, max: 900 }).map((basisPoints) => basisPoints / 10_000);

export const returnsOfLength = (minLength: number, maxLength: number): fc.Arbitrary<Float64Array> =>
  fc.array(dailyReturn, { minLength, maxLength }).map((returns) => Float64Array.from(returns));

/** Any finite doubles, the smallest and the largest too. */
export const anySeries = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 60 })
  .map((values) => Float64Array.from(values));

export interface Market {
  readonly assets: readonly Float64Array[];
  readonly weights: Float64Array;
}

/** Some assets on the same dates, and weights; where none is short, all of them at least 0. */
export const market = (minWeight: number): fc.Arbitrary<Market> =>
  fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 40 })).chain(([count, length]) =>
    fc.record({
      assets: fc.array(returnsOfLength(length, length), { minLength: count, maxLength: count }),
      weights: fc.array(fc.integer({ min: minWeight, max: 100 }), { minLength: count, maxLength: count })
        .map((weights) => Float64Array.from(weights, (weight) => weight / 100)),
    })
  );
