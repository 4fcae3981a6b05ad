import assert from "node:assert/strict";
import fc from "fast-check";
import { unitOf } from "../../../lib/analysis/currency.ts";
import { type Decimal, decimal, plain } from "../../../lib/analysis/decimal.ts";
import { fixedPoint, plainFixed, sumFixed } from "../../../lib/analysis/fixed_point.ts";
import { inverse, type Ratio, ratio, roundedProduct } from "../../../lib/analysis/ratio.ts";
import { allocate } from "../../../lib/analysis/sector_allocation.ts";
import { type Context, contextOn } from "../../../lib/context.ts";
import { fxRates } from "../../../lib/history/fx_rates.ts";
import { writeBars } from "../../../lib/history/write.ts";
import { createAsset } from "../../../lib/market/assets.ts";
import { quoteBook } from "../../../lib/portfolios/quotes.ts";
import { valuationOf } from "../../../lib/portfolios/valuation.ts";
import { type Asset, SECTORS } from "../../../lib/store/assets.ts";
import type { Portfolio } from "../../../lib/store/portfolios.ts";
import { openStore } from "../../../lib/store/store.ts";

const DAY = "2021-11-05";
const NOW = new Date("2021-11-06T12:00:00Z");
const CURRENCIES = ["USD", "EUR", "GBP", "JPY", "GBp"] as const;
const PAIRS = ["EURUSD", "GBPUSD", "USDJPY", "EURGBP"] as const;

/** What a price or rate is sent as: a decimal of a few digits. */
const price = fc.tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, places]) => Number(`${digits}e-${places}`));
const amount = fc.tuple(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.integer({ min: 0, max: 8 }))
  .filter(([digits]) => digits !== 0n).map(([digits, places]) => plain(decimal(`${digits}e-${places}`)));
const weights = fc.uniqueArray(fc.constantFrom(...SECTORS), { minLength: 1, maxLength: 4 })
  .map((sectors) => Object.fromEntries(sectors.map((sector, i) => [sector, [0.1, 0.2, 0.3333333, 0.3][i] ?? 0.1])));
const investment = fc.record({
  currency: fc.constantFrom(...CURRENCIES),
  close: price,
  amount,
  sectorWeights: fc.option(weights),
});

async function withContext<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
  const store = await openStore(await Deno.openKv(":memory:"), { shared: false });
  try {
    return await work(contextOn(store, () => NOW, "America/New_York"));
  } finally {
    store.close();
  }
}

async function addPriced(ctx: Context, facts: Partial<Asset> & { symbol: string }, close: number): Promise<number> {
  const { value: { no } } = await createAsset(ctx, {
    ...{ name: facts.symbol, kind: "stock", currency: "USD", status: "active" },
    ...{ sector: "unclassified", sectorWeights: null, ...facts },
  }, "manual");
  const none = { open: null, high: null, low: null, volume: null, vwap: null, preMarket: null, afterHours: null };
  await writeBars(ctx, [{ assetNo: no, bar: { date: DAY, close, source: "test", ...none } }]);
  return no;
}

const addPairs = async (ctx: Context, closes: readonly number[]) => {
  for (const [i, pair] of PAIRS.entries()) {
    await addPriced(ctx, { symbol: `C:${pair}`, kind: "currency", currency: pair.slice(3) }, closes[i] ?? 1);
  }
};

/** `value * numerator / denominator` to 8 places, half-even, in whole numbers alone. */
function roundedByHand(value: Decimal, { numerator, denominator }: Ratio): string {
  const text = value.toFixed(30);
  const above = BigInt(text.replace(".", "")) * numerator * 10n ** 8n;
  const below = denominator * 10n ** 30n;
  const [size, sign] = above < 0n ? [-above, -1n] : [above, 1n];
  const floor = size / below;
  const twice = 2n * (size % below);
  const whole = twice > below || twice === below && floor % 2n === 1n ? floor + 1n : floor;
  return plain(decimal(`${sign * whole}e-8`));
}

Deno.test("property: sectors add up to the portfolio, exactly, whatever currencies it holds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(price, { minLength: PAIRS.length, maxLength: PAIRS.length }),
      fc.array(investment, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("USD", "EUR", "GBP", "JPY"),
      (rates, investments, currency) =>
        withContext(async (ctx) => {
          await addPairs(ctx, rates);
          const held: Portfolio["investments"] = [];
          for (const [i, { currency, close, amount, sectorWeights }] of investments.entries()) {
            held.push({ assetNo: await addPriced(ctx, { symbol: `A${i}`, currency, sectorWeights }, close), amount });
          }
          const { holdings, unpriced } = await valuationOf(
            { ...ctx, quotes: quoteBook() },
            portfolioOf(currency, held),
            undefined,
          );
          assert.deepEqual([unpriced.length, holdings.length], [0, investments.length]);
          for (const { amount, share, fx, marketValue } of holdings) {
            const exact = decimal(amount).times(share.price);
            assert.equal(plainFixed(marketValue), fx === undefined ? plain(exact) : roundedByHand(exact, fx.rate));
          }
          const { marketValue, sectors } = allocate(holdings);
          assert.equal(plainFixed(marketValue), plainFixed(sumFixed(holdings.map((holding) => holding.marketValue))));
          assert.equal(plainFixed(marketValue), plainFixed(sumFixed(sectors.map((sector) => sector.marketValue))));
        }),
    ),
    { numRuns: 40 },
  );
});

Deno.test("property: there and back by the inverse rate is off by the two roundings at most", () => {
  fc.assert(fc.property(amount, price, (text, close) => {
    const [there, back] = [ratio(close, 1), inverse(ratio(close, 1))];
    const returned = decimal(plainFixed(roundedProduct(roundedProduct(fixedPoint(text), there), back)));
    const bound = decimal("0.000000005").div(close).plus("0.000000005");
    assert.ok(returned.minus(text).abs().lte(bound), `${text} came back as ${plain(returned)}`);
  }));
});

Deno.test("property: the rate there, times the rate back, is 1", async () => {
  const pairs = fc.array(price, { minLength: PAIRS.length, maxLength: PAIRS.length });
  const currency = fc.constantFrom(...CURRENCIES);
  await fc.assert(
    fc.asyncProperty(pairs, currency, currency, (closes, from, to) =>
      withContext(async (ctx) => {
        await addPairs(ctx, closes);
        const rates = fxRates(ctx);
        const [there, back] = [await rates(from, to, DAY), await rates(to, from, DAY)];
        assert.ok(there !== undefined && back !== undefined);
        assert.equal(there.rate.numerator * back.rate.numerator, there.rate.denominator * back.rate.denominator);
        assert.equal(there.date, unitOf(from).currency === unitOf(to).currency ? undefined : DAY);
      })),
    { numRuns: 30 },
  );
});

const portfolioOf = (currency: string, investments: Portfolio["investments"]): Portfolio => ({
  ...{ id: 1, owner: "usr_test", name: "Test", currency, visibility: "private", status: "active", investments },
  ...{ createdAt: NOW.toISOString(), updatedAt: NOW.toISOString() },
});
