/**
 * Bars that can be stored, at places where something could go wrong: the ends of shards, blocks, years and of time.
 *
 * @module
 */
import fc from "fast-check";
import type { Bar } from "../../../lib/history/bar.ts";
import type { AssetBar } from "../../../lib/history/write.ts";

/** In three shards. */
export const ASSET_NOS = [1, 2, 255, 256, 257, 513];

export const DAYS = [
  "1970-01-01",
  "1970-01-02",
  "1970-02-28",
  "1999-12-31",
  "2000-01-01",
  "2000-02-29",
  "2020-08-28",
  "2020-08-31",
  "2020-09-01",
  "2021-01-29",
  "2021-01-31",
  "2021-02-01",
  "2021-12-31",
  "2026-11-19",
  "2026-11-20",
];

export const assetNo = fc.constantFrom(...ASSET_NOS);
export const day = fc.constantFrom(...DAYS);

const cents = fc.integer({ min: 1, max: 1e9 }).map((cents) => cents / 100);
/** Mostly as prices are, sometimes as only a double can be. */
export const price = fc.oneof(
  { weight: 4, arbitrary: cents },
  fc.integer({ min: 1, max: 1e9 }).map((n) => n / 1e4),
  fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }),
);
export const volume = fc.oneof(
  fc.nat({ max: 2e9 }),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

/** A bar whose prices lie as they must. */
export const barOn = (date: fc.Arbitrary<string>): fc.Arbitrary<Bar> =>
  fc.record({
    date,
    prices: fc.array(price, { minLength: 4, maxLength: 4 }),
    has: fc.record({ open: fc.boolean(), high: fc.boolean(), low: fc.boolean() }),
    volume: orNull(volume),
    vwap: orNull(price),
    preMarket: orNull(price),
    afterHours: orNull(price),
    source: fc.constantFrom("polygon", "manual", "fixture"),
  }).map(({ prices, has, ...rest }) => {
    const [low = 1, open = 1, close = 1, high = 1] = prices.sort((a, b) => a - b);
    return {
      ...rest,
      open: has.open ? open : null,
      high: has.high ? high : null,
      low: has.low ? low : null,
      close,
    };
  });

export const assetBars: fc.Arbitrary<AssetBar[]> = fc.array(fc.record({ assetNo, bar: barOn(day) }), { maxLength: 40 });
