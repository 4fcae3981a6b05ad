import assert from "node:assert/strict";
import { decimal, plain, sum } from "../../lib/analysis/decimal.ts";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { analysisOf } from "../support/price_series.ts";
import { startService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

interface Explained extends Json {
  readonly items: { date: string; market_value: string }[];
  readonly inputs: { asset: string; amount: string; prices: Record<string, string | number | null>[] }[];
}

Deno.test("explain=true: the dated prices, factors and rates that the answer was made from", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA", currency: "EUR" });
  await addAsset(service, { symbol: "BB" });
  await addAsset(service, { symbol: "C:EURUSD", kind: "currency" });
  await addCloses(service, "AA", { "2021-11-03": "12", "2021-11-05": "5" });
  await addCloses(service, "BB", { "2021-11-03": "1", "2021-11-04": "1.2", "2021-11-05": "1.1" });
  await addCloses(service, "C:EURUSD", { "2021-11-02": "1.1", "2021-11-05": "1.2" });
  const body = { items: [{ execution_date: "2021-11-04", split_from: "2", split_to: "4" }] };
  await bodyOf(await service.admin("/assets/AA/splits", { method: "PUT", body }));
  await addPortfolio(service, { AA: "3", BB: "2" }, PUBLIC);
  const { items, inputs } = await analysisOf<Explained>(service, "valuations?from=2021-11-03&explain=true");
  assert.deepEqual(inputs[0], {
    asset: "AA",
    amount: "3",
    currency: "EUR",
    sectors: { unclassified: "1" },
    prices: [
      {
        date: "2021-11-03",
        close: "12",
        factor: "0.5",
        adjusted: "6",
        fx_rate: "1.1",
        fx_rate_date: "2021-11-02",
        price: 6 * 1.1,
      },
      {
        date: "2021-11-04",
        price_date: "2021-11-03",
        close: "12",
        factor: "0.5",
        adjusted: "6",
        fx_rate: "1.1",
        fx_rate_date: "2021-11-02",
        price: 6 * 1.1,
      },
      { date: "2021-11-05", close: "5", fx_rate: "1.2", fx_rate_date: "2021-11-05", price: 6 },
    ],
  });
  for (const [s, { market_value }] of items.entries()) {
    const value = sum(inputs.map(({ amount, prices }) => {
      const { close, adjusted, fx_rate } = prices[s] ?? {};
      return decimal(amount).times(adjusted ?? close ?? NaN).times(fx_rate ?? 1);
    }));
    assert.equal(plain(value), market_value);
  }
  assert.equal("inputs" in await analysisOf(service, "valuations?from=2021-11-03&explain=false"), false);
});

Deno.test("more prices than an answer should hold are refused", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "USD", kind: "currency", currency: "USD" });
  await addAsset(service, { symbol: "EUR", kind: "currency", currency: "EUR" });
  await addAsset(service, { symbol: "C:EURUSD", kind: "currency" });
  await addCloses(service, "C:EURUSD", { "1970-01-01": "1.1" });
  await addPortfolio(service, { USD: "1", EUR: "1" }, PUBLIC);
  // Two investments on 13,527 weekdays.
  await assertProblem(await service.request("/portfolios/1/risk?explain=true&from=1970-01-01"), "validation-failed", [
    { parameter: "explain", detail: "would tell 27054 prices, more than 20000; ask for a shorter window" },
  ]);
  await assertProblem(await service.request("/portfolios/1/risk?explain=maybe"), "validation-failed");
  const months = await analysisOf<Explained>(service, "risk?explain=true&window=3m");
  assert.equal(months.inputs[0]?.prices.length, Number(months["observations"]) + 1);
});
