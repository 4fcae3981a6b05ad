import assert from "node:assert/strict";
import { assertProblem } from "../support/answers.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";
import { assertPicture, textsOf } from "../support/svg.ts";

async function startWithPortfolio(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { "2021-11-04": "150", "2021-11-05": "151.28" });
  await addCloses(service, "GS", { "2021-11-05": "407.08" });
  await addPortfolio(service, { AAPL: "100", GS: "-10" }, { visibility: "public" });
  return service;
}

Deno.test("sectors as a picture, in two forms and two themes", async () => {
  await using service = await startWithPortfolio();
  const bodies = new Set<string>();
  for (const query of ["", "?form=treemap", "?theme=dark", "?form=treemap&theme=dark&width=400&height=300"]) {
    const answer = await service.request(`/portfolios/1/sectors.svg${query}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "image/svg+xml");
    assert.equal(answer.headers.get("cross-origin-resource-policy"), "cross-origin");
    assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
    const svg = await answer.text();
    const size = query.includes("width") ? { width: 400, height: 300 } : { width: 720, height: 360 };
    // 15128 - 4070.8
    assert.ok(textsOf(assertPicture(svg, size)).some((text) => text.startsWith("11,057.2 USD on 2021-11-05")));
    bodies.add(svg);
    const again = await service.request(`/portfolios/1/sectors.svg${query}`);
    assert.equal(again.headers.get("cross-origin-resource-policy"), "cross-origin");
    assert.equal(await again.text(), svg);
  }
  assert.equal(bodies.size, 4);
});

Deno.test("a picture of a past day; 304 while nothing has changed, another tag for another form", async () => {
  await using service = await startWithPortfolio();
  const path = "/portfolios/1/sectors.svg?as_of=2021-11-04";
  const answer = await service.request(path);
  assert.match(await answer.text(), /15,000 USD on 2021-11-04/);
  const etag = answer.headers.get("etag") ?? assert.fail();
  const again = await service.request(path, { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
  for (const other of ["&form=treemap", "&theme=dark", "&width=721"]) {
    const changed = await service.request(`${path}${other}`, { headers: { "if-none-match": etag } });
    assert.equal(changed.status, 200, other);
    await changed.body?.cancel();
  }
  await addCloses(service, "AAPL", { "2021-11-04": "149" });
  const newer = await service.request(path, { headers: { "if-none-match": etag } });
  assert.equal(newer.status, 200);
  assert.match(await newer.text(), /14,900 USD/);
});

Deno.test("an empty portfolio has a picture too", async () => {
  await using service = await startService();
  await addPortfolio(service, {}, { visibility: "public" });
  const answer = await service.request("/portfolios/1/sectors.svg?form=treemap");
  assert.ok(textsOf(assertPicture(await answer.text(), { width: 720, height: 360 })).includes("Nothing to show"));
});

Deno.test("no picture: of what may not be read, in a size or form that there is not", async () => {
  await using service = await startWithPortfolio();
  await addPortfolio(service, { AAPL: "1" }, { name: "Mine", visibility: "private" });
  await assertProblem(await service.request("/portfolios/2/sectors.svg"), "not-found");
  assert.equal((await service.admin("/portfolios/2/sectors.svg")).status, 200);
  const queries = [
    "width=0",
    "width=199",
    "width=2001",
    "width=1e3",
    "height=119",
    "height=9999",
    "height=",
    "theme=blue",
    "form=pie",
    "as_of=2022-01-01",
    "as_of=x",
    "color=red",
  ];
  for (const query of queries) {
    const problem = await assertProblem(
      await service.request(`/portfolios/1/sectors.svg?${query}`),
      "validation-failed",
    );
    const errors = problem["errors"] as { parameter: string }[];
    assert.deepEqual(errors.map(({ parameter }) => parameter), [query.split("=")[0]]);
  }
});
