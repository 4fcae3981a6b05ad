import assert from "node:assert/strict";
import { assertProblem, bodyOf, type Json } from "../support/answers.ts";
import { addAssets, addPortfolio } from "../support/factories.ts";
import { addReturns, analysisOf, assertNear } from "../support/price_series.ts";
import { startService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

interface Sector extends Json {
  readonly sector: string;
  readonly performance?: { return: { value: number | null } };
  readonly risk?: Record<string, number | null>;
}
interface Report extends Json {
  readonly sectors: Sector[];
}

Deno.test("include=performance,risk: each sector's return and its part of the risk", async () => {
  await using service = await startService();
  await addReturns(service, { symbol: "AA", sector: "energy" }, [0.1, 0.2, -0.1]);
  await addReturns(service, { symbol: "BB", sector: "utilities" }, [-0.1, 0.3, 0.1]);
  await addPortfolio(service, { AA: "2", BB: "1" }, PUBLIC);
  const { sectors, analysis, ...report } = await analysisOf<Report>(service, "sectors?include=performance,risk");
  const { sectors: plain, ...rest } = await analysisOf<Report>(service, "sectors");
  assert.deepEqual(report, rest);
  assert.deepEqual(sectors.map(({ performance: _, risk: __, ...sector }) => sector), plain);
  assert.deepEqual((analysis as Json)["window"], { from: "2021-11-02", to: "2021-11-05" });
  assert.equal((analysis as Json)["observations"], 3);
  assert.deepEqual(sectors.map(({ sector }) => sector), ["energy", "utilities"]);
  assertNear(sectors[0]?.performance?.return.value, 1.1 * 1.2 * 0.9 - 1, 1e-9);
  assertNear(sectors[1]?.performance?.return.value, 0.9 * 1.3 * 1.1 - 1, 1e-9);
  const split = await analysisOf<Report>(service, "risk/contributions");
  for (const { sector, risk } of sectors) {
    const part = split.sectors.find((of) => of.sector === sector);
    for (const name of ["component_volatility", "component_var", "component_var_amount", "share_of_var"]) {
      assert.equal(risk?.[name], part?.[name], name);
    }
  }
  const alone = await analysisOf<Report>(service, "sectors?include=risk");
  assert.deepEqual(Object.keys(alone.sectors[0] ?? {}).slice(-1), ["risk"]);
});

Deno.test("null with the reason where there is no year to look at; what is no part of it is refused", async () => {
  await using service = await startService();
  await addAssets(service, "AA");
  await bodyOf(
    await service.admin("/assets/AA/historic-values", {
      method: "PUT",
      body: { items: [{ date: "2021-11-05", close: "10" }] },
    }),
  );
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  const { sectors } = await analysisOf<Report>(service, "sectors?include=risk,performance");
  assert.deepEqual(sectors[0]?.performance, { return: { value: null, reason: "too_few_observations" } });
  assert.deepEqual(sectors[0]?.risk, {
    component_volatility: null,
    component_var: null,
    component_var_amount: null,
    share_of_var: null,
    reason: "too_few_observations",
  });
  for (const include of ["", "value", "risk,", "risk;performance"]) {
    const answer = await service.request(`/portfolios/1/sectors?include=${include}`);
    const { errors } = await assertProblem(answer, "validation-failed");
    assert.equal((errors as { parameter: string }[])[0]?.parameter, "include");
  }
  const tag = async (query: string) => (await service.request(`/portfolios/1/sectors${query}`)).headers.get("etag");
  assert.notEqual(await tag("?include=risk"), await tag(""));
});
