/**
 * Two ways to the same money: a day among many, and that day alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decimal, plain, sum } from "../../lib/analysis/decimal.ts";
import { bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const DAYS = ["2021-10-28", "2021-10-29", "2021-10-30", "2021-10-31", "2021-11-01", "2021-11-02", "2021-11-03"];

const ASSETS = [
  { symbol: "AA", sector: "energy" },
  { symbol: "EE", currency: "EUR", sector_weights: { energy: 0.3, utilities: 0.123456 } },
  { symbol: "PP", currency: "GBp", sector: "utilities" },
  { symbol: "X:BTCUSD", kind: "crypto", sector: "unclassified" },
  { symbol: "EUR", kind: "currency", currency: "EUR" },
] as const;
const PAIRS = ["C:EURUSD", "C:USDGBP"];

const price = fc.tuple(fc.integer({ min: 1, max: 10 ** 7 }), fc.integer({ min: 0, max: 5 }))
  .map(([digits, places]) => plain(decimal(digits).div(10 ** places)));
/** Some days without a price, the first often among them. */
const closes = fc.array(fc.option(price), { minLength: DAYS.length, maxLength: DAYS.length })
  .map((prices) =>
    Object.fromEntries(DAYS.flatMap((day, i) => {
      const price = prices[i] ?? undefined;
      return price === undefined ? [] : [[day, price] as const];
    }))
  );
const amount = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).filter((n) => n !== 0)
  .map((n) => plain(decimal(n).div(10 ** 5)));
const split = fc.record({ day: fc.constantFrom(...DAYS), from: fc.integer({ min: 1, max: 7 }) });

const market = fc.record({
  closes: fc.array(closes, { minLength: ASSETS.length + PAIRS.length, maxLength: ASSETS.length + PAIRS.length }),
  amounts: fc.array(amount, { minLength: ASSETS.length, maxLength: ASSETS.length }),
  split,
});

type Market = typeof market extends fc.Arbitrary<infer T> ? T : never;

async function build(service: TestService, { closes, amounts, split }: Market): Promise<void> {
  for (const [i, facts] of ASSETS.entries()) {
    await addAsset(service, { ...facts });
    if (facts.symbol !== "EUR") await addCloses(service, facts.symbol, closes[i] ?? {});
  }
  for (const [i, symbol] of PAIRS.entries()) {
    await addAsset(service, { symbol, kind: "currency" });
    await addCloses(service, symbol, closes[ASSETS.length + i] ?? {});
  }
  const body = { items: [{ execution_date: split.day, split_from: `${split.from}`, split_to: "8" }] };
  await bodyOf(await service.admin("/assets/AA/splits", { method: "PUT", body }));
  const held = Object.fromEntries(ASSETS.map(({ symbol }, i) => [symbol, amounts[i] ?? "1"]));
  await addPortfolio(service, held, { visibility: "public" });
}

Deno.test("each day's money is what the sectors as of that day say, to the last digit", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(market, async (given) => {
      await using service = await startService({ now: "2021-11-03T22:00:00.000Z" });
      await build(service, given);
      const { items } = await bodyOf<{ items: { date: string; market_value: string; sectors: Json }[] }>(
        await service.request(`/portfolios/1/valuations?from=${DAYS[0]}`),
      );
      for (const { date, market_value, sectors } of items) {
        const day = await bodyOf<Json & { sectors: { sector: string; market_value: string }[]; unpriced: Json[] }>(
          await service.request(`/portfolios/1/sectors?as_of=${date}`),
        );
        assert.equal(plain(sum(Object.values(sectors).map((value) => decimal(String(value))))), market_value);
        // What never has a price is left out of both.
        assert.equal(day["as_of"], date);
        assert.equal(market_value, day["market_value"], date);
        assert.deepEqual(sectors, Object.fromEntries(day.sectors.map((of) => [of.sector, of.market_value])), date);
        compared += 1;
      }
    }),
    { numRuns: 40 },
  );
  assert.ok(compared > 40, `Only ${compared} days were compared`);
});
