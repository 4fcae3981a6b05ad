import assert from "node:assert/strict";
import { assertProblem } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { addHardPortfolios } from "../support/hard_portfolios.ts";
import { addReturns } from "../support/price_series.ts";
import { startService, type TestService } from "../support/service.ts";
import { assertPicture, type SvgElement, textsOf } from "../support/svg.ts";

const PUBLIC = { visibility: "public" };
const USUAL = { width: 720, height: 300 };
const PICTURES = ["value.svg", "drawdown.svg", "returns.svg", "correlations.svg", "correlations.svg?by=sectors"];

/** 120 returns of two assets, from -6 % to 5.9 %. */
async function startWithHistory(): Promise<TestService> {
  const service = await startService();
  const returns = Array.from({ length: 120 }, (_, i) => (i * 37 % 120 - 60) / 1_000);
  await addReturns(service, { symbol: "AA", sector: "energy" }, returns);
  await addReturns(service, { symbol: "BB", sector: "utilities" }, returns.map((r) => -r / 2));
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  await addPortfolio(service, { AA: "2", BB: "1" }, { ...PUBLIC, name: "Both" });
  return service;
}

async function pictureAt(service: TestService, path: string, size = USUAL): Promise<SvgElement[]> {
  const answer = await service.request(path);
  const svg = await answer.text();
  assert.equal(answer.status, 200, svg);
  assert.equal(answer.headers.get("content-type"), "image/svg+xml");
  assert.equal(answer.headers.get("cross-origin-resource-policy"), "cross-origin");
  return assertPicture(svg, size);
}

Deno.test("value.svg: the first and the last value, in words and as the ends of the line", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA" });
  await addCloses(service, "AA", { "2021-11-03": "100", "2021-11-04": "130", "2021-11-05": "120" });
  await addPortfolio(service, { AA: "2.5" }, PUBLIC);
  const elements = await pictureAt(service, "/portfolios/1/value.svg?window=2d");
  assert.ok(textsOf(elements).includes("250 to 300 USD (+20.0 %), 2021-11-03 to 2021-11-05"));
  const path = elements.find(({ name }) => name === "path")?.attributes["d"] ?? "";
  assert.equal(path.match(/[ML]/g)?.length, 3);
});

Deno.test("drawdown.svg: the deepest, with its day", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AA" });
  await addCloses(service, "AA", { "2021-11-03": "100", "2021-11-04": "75", "2021-11-05": "110" });
  await addPortfolio(service, { AA: "2.5" }, PUBLIC);
  const elements = await pictureAt(service, "/portfolios/1/drawdown.svg?window=2d");
  assert.ok(textsOf(elements).includes("Deepest −25.0 % on 2021-11-04, 2021-11-03 to 2021-11-05"));
});

Deno.test("returns.svg: every return, and the losses that /risk tells", async () => {
  await using service = await startWithHistory();
  const elements = await pictureAt(service, "/portfolios/1/returns.svg?window=120d");
  const risk = await (await service.request("/portfolios/1/risk?window=120d")).json();
  const toldBy = (kind: string, confidence: number): number =>
    risk[kind].find((each: { method: string; confidence: number }) =>
      each.method === "historical" && each.confidence === confidence
    ).value;
  const marks = [
    `VaR 95 % ${(toldBy("value_at_risk", 0.95) * 100).toFixed(2)} %`,
    `VaR 99 % ${(toldBy("value_at_risk", 0.99) * 100).toFixed(2)} %`,
    `ES 97.5 % ${(toldBy("expected_shortfall", 0.975) * 100).toFixed(2)} %`,
  ];
  assert.match(textsOf(elements, "desc")[0] ?? "", /^120 returns, /);
  assert.ok(textsOf(elements, "desc")[0]?.endsWith(`. ${marks.join(", ")}.`), textsOf(elements, "desc")[0]);
  const counts = elements.filter(({ name }) => name === "title").slice(1).map(({ text }) =>
    Number(text.split(": ")[1])
  );
  assert.equal(counts.reduce((sum, count) => sum + count, 0), 120);
});

Deno.test("correlations.svg: by asset and by sector", async () => {
  await using service = await startWithHistory();
  const size = { width: 720, height: 520 };
  const assets = await pictureAt(service, "/portfolios/2/correlations.svg", size);
  assert.deepEqual(textsOf(assets).filter((text) => /^[−\d]/.test(text)), [
    "120 returns, 2021-05-21 to 2021-11-05",
    "1.00",
    "−1.00",
    "−1.00",
    "1.00",
    ...["1", "0", "−1"],
  ]);
  const sectors = await pictureAt(service, "/portfolios/2/correlations.svg?by=sectors", size);
  assert.ok(textsOf(sectors).includes("Energy") && textsOf(sectors).includes("Utilities"));
  const largest = await pictureAt(service, "/portfolios/2/correlations.svg?limit=1", size);
  assert.ok(textsOf(largest).some((text) => text.startsWith("the 1 largest of 2 assets, 120 returns")));
});

Deno.test("each in dark and in another size; 304 while nothing has changed", async () => {
  await using service = await startWithHistory();
  for (const name of PICTURES) {
    const path = `/portfolios/2/${name}${name.includes("?") ? "&" : "?"}width=400&height=400&theme=dark`;
    const elements = await pictureAt(service, path, { width: 400, height: 400 });
    assert.ok(elements.some(({ attributes }) => attributes["fill"] === "#18211f"));
    const answer = await service.request(path);
    await answer.body?.cancel();
    const again = await service.request(path, { headers: { "if-none-match": answer.headers.get("etag") ?? "" } });
    assert.equal(again.status, 304, path);
    assert.equal(again.headers.get("cross-origin-resource-policy"), "cross-origin");
  }
});

Deno.test("portfolios that are empty, all short, worth nothing, unpriced, of one session: a picture each", async () => {
  await using service = await startService();
  for (const { id } of await addHardPortfolios(service)) {
    for (const picture of PICTURES) {
      const size = picture.startsWith("correlations") ? { width: 720, height: 520 } : USUAL;
      await pictureAt(service, `/portfolios/${id}/${picture}`, size);
    }
  }
});

Deno.test("no picture: of what may not be read, of a window that cannot be, of parameters that there are not", async () => {
  await using service = await startService();
  await addPortfolio(service, {}, { visibility: "private" });
  for (const name of PICTURES) {
    const path = `/portfolios/1/${name}${name.includes("?") ? "&" : "?"}`;
    await assertProblem(await service.request(path), "not-found");
    for (
      const query of ["from=2021-11-05&to=2021-11-04", "from=2022-11-05", "width=1", "theme=red", "missing=x", "x=1"]
    ) {
      await assertProblem(await service.admin(`${path}${query}`), "validation-failed");
    }
  }
  await assertProblem(await service.admin("/portfolios/1/correlations.svg?limit=61"), "validation-failed");
  await assertProblem(await service.admin("/portfolios/1/value.svg?by=sectors"), "validation-failed");
});
