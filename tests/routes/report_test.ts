import assert from "node:assert/strict";
import { loadDemo } from "../../fixtures/load.ts";
import { assertProblem } from "../support/answers.ts";
import { addAsset, addCloses, addPortfolio } from "../support/factories.ts";
import { addHardPortfolios } from "../support/hard_portfolios.ts";
import { addReturns } from "../support/price_series.ts";
import { startService, type TestService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

async function reportAt(service: TestService, path: string): Promise<string> {
  const answer = await service.request(path);
  const html = await answer.text();
  assert.equal(answer.status, 200, html);
  assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
  assert.doesNotMatch(html, /NaN|Infinity|undefined|\[object|>null/);
  assert.doesNotMatch(html, /<script|<style|style="|https?:\/\//);
  return html;
}

/** The text of a table's rows, by its caption. */
function tableIn(html: string, caption: string): string[][] {
  const table = html.split("<table>").find((part) => part.startsWith(`<caption>${caption}</caption>`)) ??
    assert.fail(`There is no table ${caption}`);
  const text = (cell: string) => cell.replaceAll(/<[^>]*>/g, "").replaceAll("\u00a0", " ").trim();
  return table.split("<tr>").slice(1).map((row) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => text(cell ?? ""))
  );
}

Deno.test("the demo's report: what it holds, how it did, what it risks", async () => {
  await using service = await startService();
  await loadDemo(service.services);
  const html = await reportAt(service, "/portfolios/1/report");
  assert.match(html, /^<!doctype html><html lang="en">/);
  assert.match(html, /247,767\.20 USD/);
  const sectors = tableIn(html, "By sector");
  assert.deepEqual(sectors[1], ["Financials", "81,416.00", "32.86 %"]);
  assert.deepEqual(sectors.at(-1), ["Total", "247,767.20", "100.00 %"]);
  assert.deepEqual(tableIn(html, "Holdings")[1]?.slice(1), ["Financials", "200", "407.08 USD", "81,416.00", "32.86 %"]);
});

Deno.test("what a fall of the past would change says whether it is a gain or a loss", async () => {
  await using service = await startService();
  await loadDemo(service.services);
  const { scenarios } = await (await service.request("/portfolios/2/risk/scenarios")).json();
  const rows = tableIn(await reportAt(service, "/portfolios/2/report"), "Falls of the past, over again");
  const gain = scenarios.find(({ result }: { result: { fraction: number } | null }) => result !== null);
  assert.ok(gain.result.fraction > 0, "made-up prices, which rose");
  const row = rows.find(([name]) => name === gain.name);
  assert.equal(row?.[2], `+${(gain.result.fraction * 100).toFixed(2)} %`);
});

Deno.test("numbers are those of the API, with the same parameters", async () => {
  await using service = await startService();
  const returns = Array.from({ length: 120 }, (_, i) => (i * 37 % 120 - 58) / 2_000);
  await addReturns(service, { symbol: "AA", sector: "energy" }, returns);
  await addReturns(service, { symbol: "BB", sector: "utilities" }, returns.toReversed());
  await addPortfolio(service, { AA: "2", BB: "3" }, PUBLIC);
  const query = "window=100d&adjust=total&benchmark=BB";
  const html = await reportAt(service, `/portfolios/1/report?${query}`);
  const risk = await (await service.request(`/portfolios/1/risk?${query}`)).json();
  const percent = (value: number) => `${(value * 100).toFixed(2).replace("-", "−")} %`;
  const metrics = new Map(tableIn(html, "Metrics").map(([name, value]) => [name, value]));
  assert.equal(metrics.get("Volatility, a year"), percent(risk.metrics.volatility.value));
  assert.equal(metrics.get("Sharpe ratio"), risk.metrics.sharpe.value.toFixed(2).replace("-", "−"));
  assert.equal(metrics.get("Beta against BB"), risk.benchmark.metrics.beta.value.toFixed(2).replace("-", "−"));
  const tail = tableIn(html, "Value at risk and expected shortfall of one day");
  assert.deepEqual(tail[1]?.slice(0, 2), ["VaR, historical, 95 %", percent(risk.value_at_risk[0].value)]);
  const contributions = await (await service.request("/portfolios/1/risk/contributions?window=100d&adjust=total"))
    .json();
  assert.equal(tableIn(html, "Risk by sector").at(-1)?.[2], percent(contributions.total.volatility));
  assert.match(html, /100 daily returns, dividends reinvested/);
});

Deno.test("its pictures are asked what it was asked, are there, and have words for who does not see them", async () => {
  await using service = await startService();
  await addReturns(service, { symbol: "AA", sector: "energy" }, Array(30).fill(0.01));
  await addPortfolio(service, { AA: "2" }, PUBLIC);
  const html = await reportAt(service, "/portfolios/1/report?from=2021-10-01&as_of=2021-11-03&benchmark=AA");
  const images = [...html.matchAll(/<img [^>]*src="(\/portfolios[^"]+)"[^>]*alt="([^"]+)"/g)];
  const shown = ["sectors.svg", "value.svg", "drawdown.svg", "returns.svg", "correlations.svg"];
  assert.deepEqual(
    images.map(([, src = ""]) => src.split("/").at(-1)?.split("?")[0]),
    shown.flatMap((name) => [name, name]),
    "each for the screen and for paper",
  );
  const sources = [...html.matchAll(/(?:srcset|src)="(\/portfolios[^"]+)"/g)].map(([, src = ""]) =>
    src.replaceAll("&amp;", "&")
  );
  assert.equal(sources.length, 25);
  for (const src of new Set(sources)) {
    const answer = await service.request(src);
    const svg = await answer.text();
    assert.equal(answer.status, 200, svg);
    assert.match(svg, /2021-11-03/, src);
    if (!src.includes("sectors")) assert.match(svg, /2021-10-01/, src);
  }
});

Deno.test("portfolios that are empty, all short, worth nothing, unpriced, of one session: a report each", async () => {
  await using service = await startService();
  for (const { id, name } of await addHardPortfolios(service)) {
    const html = await reportAt(service, `/portfolios/${id}/report`);
    assert.ok(html.includes(`<h1>${name}</h1>`));
    assert.ok(!html.includes("<b>bold"));
  }
});

Deno.test("of many holdings the largest are told one by one, the others in one row", async () => {
  await using service = await startService();
  const symbols = Array.from({ length: 52 }, (_, i) => `A${i}`);
  for (const symbol of symbols) {
    await addAsset(service, { symbol });
    await addCloses(service, symbol, { "2021-11-05": "1" });
  }
  await addPortfolio(service, Object.fromEntries(symbols.map((symbol, i) => [symbol, i < 2 ? "1" : "-2"])), PUBLIC);
  const holdings = tableIn(await reportAt(service, "/portfolios/1/report"), "Holdings, the 50 largest of 52");
  assert.equal(holdings.length, 1 + 50 + 1);
  assert.deepEqual(holdings.at(-1), ["2 others", "–", "–", "–", "2.00", "−2.04 %"]);
});

Deno.test("what many holdings have in common is warned of once, with some of them and where the rest is told", async () => {
  await using service = await startService();
  const symbols = Array.from({ length: 25 }, (_, i) => `A${i}`);
  await addReturns(service, { symbol: "OLD" }, [0.1, -0.2, 0.3, 0.1]);
  for (const symbol of symbols) {
    await addAsset(service, { symbol });
    await addCloses(service, symbol, { "2021-11-04": "1", "2021-11-05": "1.1" });
  }
  await addPortfolio(service, Object.fromEntries(["OLD", ...symbols].map((symbol) => [symbol, "1"])), PUBLIC);
  const html = await reportAt(service, "/portfolios/1/report?from=2021-11-01&missing=exclude");
  assert.match(html, /Prices that begin later than the window: 25, among them<ul><li>A0 has no prices/);
  assert.equal(html.match(/it is left out/g)?.length, 3);
  assert.match(html, /Left out: A0, A1, [^<]*A19, and 5 others \(short history\)\./);
  const [, href = "", count] = html.match(/<a href="([^"]+)">All (\d+) warnings/) ?? [];
  const { warnings } = await (await service.request(href.replaceAll("&amp;", "&"))).json();
  assert.equal(warnings.length, Number(count));
  assert.equal(warnings.filter(({ code }: { code: string }) => code === "short_history").length, 25);
});

Deno.test("of many holdings without a price some are named, the others counted", async () => {
  await using service = await startService();
  const symbols = Array.from({ length: 53 }, (_, i) => `A${i}`);
  for (const symbol of symbols) await addAsset(service, { symbol });
  await addPortfolio(service, Object.fromEntries(symbols.map((symbol) => [symbol, "1"])), PUBLIC);
  const holdings = tableIn(await reportAt(service, "/portfolios/1/report"), "Holdings");
  assert.equal(holdings.length, 1 + 50 + 1);
  assert.deepEqual(holdings.at(-1), ["3 others without a price", ...Array(5).fill("–")]);
});

Deno.test("304 while nothing has changed; a policy without scripts or other origins; no other origin reads it", async () => {
  await using service = await startService();
  await addReturns(service, { symbol: "AA" }, [0.1, -0.2, 0.3]);
  await addPortfolio(service, { AA: "1" }, PUBLIC);
  const answer = await service.request("/portfolios/1/report");
  const html = await answer.text();
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /^default-src 'none'; style-src 'self'; img-src 'self'/);
  assert.doesNotMatch(policy, /script|unsafe-|https?:|\*/);
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
  const etag = answer.headers.get("etag") ?? assert.fail();
  const again = await service.request("/portfolios/1/report", { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
  // A browser takes over what a 304 says into the page that it has kept.
  for (const name of ["content-security-policy", "cross-origin-resource-policy", "access-control-allow-origin"]) {
    assert.equal(again.headers.get(name), answer.headers.get(name), name);
  }
  for (const [, file = ""] of html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)) {
    const found = await service.request(file);
    assert.equal(found.status, 200, file);
    await found.body?.cancel();
  }
  await addCloses(service, "AA", { "2021-11-05": "1" });
  const newer = await service.request("/portfolios/1/report", { headers: { "if-none-match": etag } });
  assert.equal(newer.status, 200);
  await newer.body?.cancel();
});

Deno.test("no report: of what may not be read, of a window that cannot be, against what there is not", async () => {
  await using service = await startService();
  await addPortfolio(service, {}, { visibility: "private" });
  await assertProblem(await service.request("/portfolios/1/report"), "not-found");
  await assertProblem(await service.request("/portfolios/9/report"), "not-found");
  for (const query of ["from=2021-11-05&to=2021-11-04", "as_of=2022-11-05", "benchmark=NONE", "width=400", "x=1"]) {
    await assertProblem(await service.admin(`/portfolios/1/report?${query}`), "validation-failed");
  }
});

Deno.test("a report as it was known then: the correction since counts in none of it, nor in its pictures", async () => {
  await using service = await startService();
  await addReturns(service, { symbol: "AA", sector: "energy" }, [0.1, -0.2, 0.3]);
  await addPortfolio(service, { AA: "10" }, PUBLIC);
  const before = await reportAt(service, "/portfolios/1/report");
  const known = service.clock.now().toISOString();
  await service.clock.advance(60_000);
  await addCloses(service, "AA", { "2021-11-05": "120" });
  const now = await reportAt(service, "/portfolios/1/report");
  assert.match(before, /1,144\.00 USD/);
  assert.match(now, /1,200\.00 USD/);
  const again = await reportAt(service, `/portfolios/1/report?known_at=${known}`);
  for (const caption of ["By sector", "Holdings", "Returns", "Metrics"]) {
    assert.deepEqual(tableIn(again, caption), tableIn(before, caption), caption);
  }
  for (const name of ["sectors.svg", "value.svg"]) {
    const [src = ""] = [...again.matchAll(/src="(\/portfolios[^"]+)"/g)].map(([, src = ""]) =>
      src.replaceAll("&amp;", "&")
    )
      .filter((src) => src.includes(name));
    assert.match(await (await service.request(src)).text(), /1,144 USD (on|.* to) 2021-11-05/);
  }
});

Deno.test("what it holds is worth what /sectors says of the day", async () => {
  await using service = await startService();
  await loadDemo(service.services);
  for (const query of ["", "?as_of=2021-06-30", "?as_of=2020-03-14"]) {
    const html = await reportAt(service, `/portfolios/2/report${query}`);
    const { sectors, market_value } = await (await service.request(`/portfolios/2/sectors${query}`)).json();
    const money = (text: string) =>
      new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(Number(text));
    const told = tableIn(html, "By sector").slice(1).map(([name, value]) => [name, value]);
    assert.deepEqual(told, [
      ...sectors.map(({ name, market_value }: { name: string; market_value: string }) => [name, money(market_value)]),
      ["Total", money(market_value)],
    ]);
  }
});
