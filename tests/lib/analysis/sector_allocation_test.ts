import assert from "node:assert/strict";
import fc from "fast-check";
import Big from "big.js";
import { type Decimal, decimal, plain, sum } from "../../../lib/analysis/decimal.ts";
import { type FixedPoint, fixedPoint, plainFixed } from "../../../lib/analysis/fixed_point.ts";
import {
  allocate,
  type Allocation,
  type Position,
  type SectorClaim,
  UNCLASSIFIED,
} from "../../../lib/analysis/sector_allocation.ts";

const SECTORS = ["energy", "financials", "materials", "utilities", UNCLASSIFIED];
const WEIGHT_TOLERANCE = 1e-12;

/** Plain decimals of up to 18 digits before the point and 16 after it, as amounts times prices have. */
const anyValue = fc.tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat({ max: 16 }))
  .map(([digits, places]) => decimal(digits.toString()).div(decimal(10).pow(places)));

const sector = fc.constantFrom(...SECTORS);
const weights = fc.uniqueArray(sector, { minLength: 1 }).chain((sectors) =>
  fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: sectors.length, maxLength: sectors.length })
    .map((drawn) => {
      const total = drawn.reduce((total, weight) => total + weight, 0) * (1 + drawn.length * Number.EPSILON);
      const scale = Math.min(1, 1 / total);
      return Object.fromEntries(sectors.map((sector, i) => [sector, (drawn[i] ?? 0) * scale]));
    })
);

/** Fixed point as a decimal, which adds up by another's arithmetic. */
const worth = (value: FixedPoint): Decimal => decimal(plainFixed(value));

const positionsOf = (value: fc.Arbitrary<Decimal>): fc.Arbitrary<Position[]> =>
  fc.array(fc.record({
    asset: fc.record({ sector, sectorWeights: fc.oneof(fc.constant(null), weights) }),
    marketValue: value.map(fixedPoint),
  }));

const slicesOf = (allocation: Allocation<Position>) => allocation.sectors.flatMap(({ slices }) => slices);

function assertEqual(a: Decimal, b: Decimal, what: string): void {
  assert.ok(a.eq(b), `${what}: ${plain(a)} is not ${plain(b)}`);
}

Deno.test("property: no value is lost or made, to the last decimal", () => {
  fc.assert(fc.property(positionsOf(anyValue), (positions) => {
    const allocation = allocate(positions);
    const total = sum(positions.map(({ marketValue }) => worth(marketValue)));
    assertEqual(worth(allocation.marketValue), total, "the total");
    assertEqual(sum(allocation.sectors.map(({ marketValue }) => worth(marketValue))), total, "the sum of the sectors");
    for (const { sector, marketValue, slices } of allocation.sectors) {
      assertEqual(sum(slices.map((slice) => worth(slice.marketValue))), worth(marketValue), sector);
    }
    for (const [i, position] of positions.entries()) {
      const parts = slicesOf(allocation).filter(({ holding }) => holding === position);
      assertEqual(sum(parts.map((part) => worth(part.marketValue))), worth(position.marketValue), `holding ${i}`);
      assertEqual(sum(parts.map(({ share }) => share)), decimal(1), `the shares of holding ${i}`);
    }
  }));
});

Deno.test("property: each slice is its share of the holding, in a sector that the holding claims", () => {
  fc.assert(fc.property(positionsOf(anyValue), (positions) => {
    for (const { sector, slices } of allocate(positions).sectors) {
      for (const { holding: { asset, marketValue: whole }, share, marketValue } of slices) {
        const i = positions.findIndex((position) => position.asset === asset);
        assertEqual(worth(marketValue), worth(whole).times(share), `holding ${i} in ${sector}`);
        const claimed = decimal((asset.sectorWeights ?? { [asset.sector]: 1 })[sector] ?? 0);
        if (sector !== UNCLASSIFIED) assertEqual(share, claimed, `the share of holding ${i} in ${sector}`);
        else assert.ok(share.gte(claimed), `holding ${i} has ${plain(share)} of ${plain(claimed)} unclassified`);
      }
    }
  }));
});

Deno.test("property: the weights of what is not short add up to 1, of sectors and of slices alike", () => {
  const owned = positionsOf(anyValue.map((value) => value.abs()))
    .filter((positions) => positions.some(({ marketValue }) => marketValue.digits > 0));
  fc.assert(fc.property(owned, (positions) => {
    const allocation = allocate(positions);
    for (const parts of [allocation.sectors, slicesOf(allocation)]) {
      const total = parts.reduce((total, { weight }) => total + (weight ?? NaN), 0);
      assert.ok(Math.abs(total - 1) <= WEIGHT_TOLERANCE, `the weights add up to ${total}`);
    }
  }));
});

const Precise = Big();
Precise.DP = 90;

const precisely = (dividend: FixedPoint, divisor: FixedPoint): number =>
  new Precise(plainFixed(dividend)).div(plainFixed(divisor)).toNumber();

Deno.test("property: a weight is the quotient of its value and the total, whatever the signs", () => {
  fc.assert(fc.property(positionsOf(anyValue), (positions) => {
    const allocation = allocate(positions);
    for (const { weight, marketValue } of [...allocation.sectors, ...slicesOf(allocation)]) {
      if (allocation.marketValue.digits === 0) assert.equal(weight, null);
      else assert.equal((weight ?? NaN) + 0, precisely(marketValue, allocation.marketValue) + 0);
    }
  }));
});

Deno.test("property: sectors and their slices come by falling market value, sectors of one value by code", () => {
  fc.assert(fc.property(positionsOf(fc.constantFrom("-1", "0", "0.5", "1", "2").map(decimal)), (positions) => {
    const { sectors } = allocate(positions);
    for (const [i, { sector, marketValue, slices }] of sectors.entries()) {
      const next = sectors[i + 1];
      assert.ok(
        next === undefined || worth(marketValue).gt(worth(next.marketValue)) ||
          worth(marketValue).eq(worth(next.marketValue)) && sector < next.sector,
      );
      for (const [k, slice] of slices.entries()) {
        const below = slices[k + 1];
        assert.ok(below === undefined || worth(slice.marketValue).gte(worth(below.marketValue)));
      }
    }
    assert.equal(new Set(sectors.map(({ sector }) => sector)).size, sectors.length);
  }));
});

const position = (value: string, sector: string, sectorWeights: SectorClaim["sectorWeights"] = null): Position => ({
  asset: { sector, sectorWeights },
  marketValue: fixedPoint(value),
});

const shown = ({ marketValue, sectors }: Allocation<Position>) => ({
  marketValue: plainFixed(marketValue),
  sectors: sectors.map((sector) => [sector.sector, plainFixed(sector.marketValue), sector.weight]),
});

Deno.test("a short position takes from its sector, and the others weigh more than 1", () => {
  const allocation = allocate([position("150", "energy"), position("-50", "utilities")]);
  assert.deepEqual(shown(allocation), {
    marketValue: "100",
    sectors: [["energy", "150", 1.5], ["utilities", "-50", -0.5]],
  });
});

Deno.test("a portfolio that is short in all has weights that add up to 1 too", () => {
  const allocation = allocate([position("-75", "energy"), position("-25", "utilities")]);
  assert.deepEqual(shown(allocation), {
    marketValue: "-100",
    sectors: [["utilities", "-25", 0.25], ["energy", "-75", 0.75]],
  });
});

Deno.test("where long and short are worth the same there are no weights", () => {
  const allocation = allocate([position("10", "energy"), position("-10", "utilities")]);
  assert.deepEqual(shown(allocation), {
    marketValue: "0",
    sectors: [["energy", "10", null], ["utilities", "-10", null]],
  });
});

Deno.test("no positions: no sectors, and nothing", () => {
  assert.deepEqual(shown(allocate([])), { marketValue: "0", sectors: [] });
});

Deno.test("what weights leave is unclassified, beside what they claim to be so; where they leave nothing, nothing is", () => {
  const thirds = { energy: 0.3, utilities: 0.3, [UNCLASSIFIED]: 0.3 };
  assert.deepEqual(shown(allocate([position("10", "energy", thirds)])).sectors, [
    [UNCLASSIFIED, "4", 0.4],
    ["energy", "3", 0.3],
    ["utilities", "3", 0.3],
  ]);
  const tenths = { energy: 0.1, utilities: 0.2, materials: 0.7 };
  assert.deepEqual(shown(allocate([position("10", "energy", tenths)])).sectors, [
    ["materials", "7", 0.7],
    ["utilities", "2", 0.2],
    ["energy", "1", 0.1],
  ]);
});

Deno.test("a share of a third is kept to the last of its digits", () => {
  const { sectors } = allocate([position("0.01", "energy", { energy: 1 / 3 })]);
  assert.deepEqual(sectors.map(({ sector, marketValue }) => [sector, plainFixed(marketValue)]), [
    [UNCLASSIFIED, "0.006666666666666667"],
    ["energy", "0.003333333333333333"],
  ]);
});
