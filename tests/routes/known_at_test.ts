import assert from "node:assert/strict";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { addAsset, addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { analysisOf } from "../support/price_series.ts";
import { startService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };
const HOUR_MS = 3_600_000;

const REPORTS = [
  "valuations",
  "performance?benchmark=MM",
  "risk?benchmark=MM&confidence=0.6",
  "risk/contributions",
  "risk/backtest?lookback=2&method=gaussian",
  "risk/scenarios?from=2021-11-02&to=2021-11-04",
  "correlations",
];

Deno.test("an old report can be made again to the digit: only what had been recorded by then counts", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA", currency: "EUR" });
  await addAssets(service, "BB", "MM");
  await addAsset(service, { symbol: "C:EURUSD", kind: "currency" });
  await addCloses(service, "AA", { "2021-11-02": "10", "2021-11-03": "11", "2021-11-04": "10.5", "2021-11-05": "12" });
  await addCloses(service, "BB", { "2021-11-01": "7", "2021-11-03": "8", "2021-11-04": "7.5" });
  await addCloses(service, "MM", { "2021-11-02": "5", "2021-11-03": "6", "2021-11-04": "5", "2021-11-05": "7" });
  await addCloses(service, "C:EURUSD", { "2021-11-01": "1.1", "2021-11-04": "1.2" });
  const dividend = { items: [{ ex_dividend_date: "2021-11-04", cash_amount: "0.5" }] };
  await bodyOf(await service.admin("/assets/BB/dividends", { method: "PUT", body: dividend }));
  await addPortfolio(service, { AA: "3", BB: "2" }, PUBLIC);

  const knownAt = service.clock.now().toISOString();
  const ask = async (path: string, known: boolean): Promise<Json> => {
    const query = `adjust=total${known ? `&known_at=${knownAt}` : ""}`;
    const { market_version: _, known_at, ...rest } = await analysisOf(
      service,
      `${path}${path.includes("?") ? "&" : "?"}${query}`,
    );
    assert.equal(known_at, known ? knownAt : undefined);
    return rest;
  };
  const before = await Promise.all(REPORTS.map((path) => ask(path, false)));

  await service.clock.advance(HOUR_MS);
  await addCloses(service, "AA", { "2021-11-03": "13", "2021-11-06": "99" });
  await addCloses(service, "BB", { "2021-11-02": "6", "2021-11-05": "9" });
  await addCloses(service, "MM", { "2021-11-05": "6" });
  await addCloses(service, "C:EURUSD", { "2021-11-04": "1.3", "2021-11-05": "1.4" });
  const split = { items: [{ execution_date: "2021-11-05", split_from: "1", split_to: "2" }] };
  await bodyOf(await service.admin("/assets/AA/splits", { method: "PUT", body: split }));
  const late = { items: [{ ex_dividend_date: "2021-11-05", cash_amount: "1" }] };
  await bodyOf(await service.admin("/assets/AA/dividends", { method: "PUT", body: late }));

  for (const [i, path] of REPORTS.entries()) {
    assert.deepEqual(await ask(path, true), before[i], path);
    assert.notDeepEqual(await ask(path, false), before[i], path);
  }
});

Deno.test("splits, dividends and rates that were corrected or withdrawn since count as they were then", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA", currency: "EUR" });
  await addAsset(service, { symbol: "C:EURUSD", kind: "currency" });
  await addCloses(service, "AA", { "2021-11-02": "12", "2021-11-03": "6", "2021-11-04": "6.5", "2021-11-05": "7" });
  await addPortfolio(service, { AA: "3" }, PUBLIC);
  const put = async (list: string, item: Json) =>
    await bodyOf(await service.admin(`/assets/AA/${list}`, { method: "PUT", body: { items: [item] } }));
  const withdraw = async (list: string, date: string) =>
    assert.equal((await service.admin(`/assets/AA/${list}/${date}`, { method: "DELETE" })).status, 204);
  const split = { execution_date: "2021-11-03", split_from: "1", split_to: "2" };
  const dividend = { ex_dividend_date: "2021-11-05", cash_amount: "0.5" };
  const changes = [
    () => addCloses(service, "C:EURUSD", { "2021-11-02": "1.1", "2021-11-04": "1.2" }),
    () => put("splits", { ...split, split_to: "3" }),
    () => put("dividends", dividend),
    () => addCloses(service, "C:EURUSD", { "2021-11-02": "1.05" }),
    () => put("splits", split),
    () => put("dividends", { ...dividend, cash_amount: "0.7" }),
    () => withdraw("splits", split.execution_date),
    () => withdraw("dividends", dividend.ex_dividend_date),
    () => put("splits", { ...split, split_to: "4" }),
  ];
  const ask = async (knownAt = "") => {
    const path = `valuations?adjust=total&from=2021-11-02${knownAt && `&known_at=${knownAt}`}`;
    const { market_version: _, known_at: __, ...rest } = await analysisOf(service, path);
    return rest;
  };
  const reports: [instant: string, report: Json][] = [];
  for (const change of changes) {
    await change();
    reports.push([service.clock.now().toISOString(), await ask()]);
    await service.clock.advance(HOUR_MS);
  }
  assert.equal(new Set(reports.map(([, report]) => JSON.stringify(report["items"]))).size, changes.length);
  for (const [instant, report] of reports) assert.deepEqual(await ask(instant), report, instant);
});

Deno.test("before anything was recorded nothing is known; what is to come is refused", async () => {
  await using service = await startService();
  await addAssets(service, "AA");
  await addCloses(service, "AA", { "2021-11-04": "10", "2021-11-05": "11" });
  await addPortfolio(service, { AA: "1" }, PUBLIC);
  const answer = await analysisOf(service, "valuations?known_at=2021-11-05T22:00:00%2B01:00");
  assert.deepEqual([answer["as_of"], answer["items"]], [null, []]);
  assert.deepEqual(answer["left_out"], [{ asset: "AA", amount: "1", reason: "no_price" }]);
  for (const instant of ["2021-11-07T00:00:00Z", "2021-11-05", "yesterday"]) {
    const refused = await service.request(`/portfolios/1/valuations?known_at=${instant}`);
    const { errors } = await assertProblem(refused, "validation-failed");
    assert.equal((errors as { parameter: string }[])[0]?.parameter, "known_at");
  }
});
