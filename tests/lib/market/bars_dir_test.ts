/** A service without any account: its days, histories and assets come out of a folder of CSV files. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { readConfig } from "../../../lib/config.ts";
import { configuredProvider } from "../../../lib/market/providers.ts";
import { verify } from "../../../lib/verify/mod.ts";
import { bodyOf, type Json } from "../../support/answers.ts";
import { turn } from "../../support/clock.ts";
import { startService, type TestService } from "../../support/service.ts";

const FRIDAY = "2021-11-05";

/** As a spreadsheet writes it: a byte order mark, CRLF, quotes, columns in another order, a line that is no bar. */
const THURSDAYS = '\ufeff"date","symbol","close","open","high","low","volume"\r\n' +
  '2021-11-04,"AAPL",150.96,151.58,152.43,150.64,"60394616"\r\n2021-11-04,GS,nothing,1,1,1,1\r\n';
const FRIDAYS = `symbol,date,open,high,low,close,volume\nAAPL,${FRIDAY},151.89,152.2,150.06,151.28,65163883\n` +
  `GS,${FRIDAY},410,412,405,407.08,2000000\n`;
const ASSETS = 'symbol,name,sector,kind,currency\nAAPL,"Apple, Inc.",Information Technology,stock,USD\n';

async function withFolder(test: (service: TestService) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/2021-11-04.csv`, THURSDAYS);
    await Deno.writeFile(`${folder}/${FRIDAY}.csv.gz`, gzipSync(FRIDAYS));
    await Deno.writeTextFile(`${folder}/assets.csv`, ASSETS);
    const config = readConfig((name) => name === "BARS_DIR" ? folder : undefined);
    const unused = () => Promise.reject(new Error("No network is needed"));
    const provider = configuredProvider(config, { fetch: unused, fileSystem: Deno });
    assert.ok(provider);
    await using service = await startService({ provider });
    await test(service);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Files are read in earnest, so time goes on until everything is done. */
async function runDue({ worker, clock }: TestService): Promise<void> {
  let isDone = false;
  const done = worker.runDue().finally(() => void (isDone = true));
  while (!isDone) {
    await clock.advance(10);
    await turn();
  }
  await done;
}

Deno.test("BARS_DIR: a symbol is enough for an asset with its details and its history, and the newest day is pulled", () =>
  withFolder(async (service) => {
    for (const symbol of ["AAPL", "GS"]) {
      await bodyOf(await service.admin("/assets", { method: "POST", body: { symbol } }), 201);
    }
    await runDue(service);
    const apple = await bodyOf<Json>(await service.request("/assets/AAPL"));
    assert.deepEqual([apple["name"], apple["sector"], apple["sector_source"]], [
      ...["Apple, Inc.", "information_technology", "approximate"],
    ]);
    assert.deepEqual(apple["latest"], { price: "151.28", date: FRIDAY });

    await bodyOf(await service.admin("/jobs", { method: "POST", body: { name: "pull-market-day" } }), 202);
    await runDue(service);
    const job = await bodyOf<Json>(await service.admin(`/jobs/pull-market-day:${FRIDAY}`));
    assert.deepEqual([job["state"], job["error"]], ["succeeded", null]);
    const { provider, last_session } = await bodyOf<Json>(await service.request("/market/status"));
    assert.deepEqual([(provider as Json)["name"], (provider as Json)["state"], last_session], ["csv", "well", FRIDAY]);
    const investments = [{ asset: "AAPL", amount: "10" }, { asset: "GS", amount: "1" }];
    const body = { name: "Both", investments };
    const { id } = await bodyOf<Json>(await service.admin("/portfolios", { method: "POST", body }), 201);
    const report = await bodyOf<Json>(await service.admin(`/portfolios/${id}/sectors`));
    assert.equal(report["market_value"], "1919.88");
    assert.deepEqual(await Array.fromAsync(verify(service.services)), []);
  }));

Deno.test("BARS_DIR: what is looked up and has nothing but bars is a stock, so that it has a price", () =>
  withFolder(async (service) => {
    await bodyOf(await service.admin("/assets/lookup", { method: "POST", body: { symbol: "GS" } }), 201);
    await runDue(service);
    const { kind, latest } = await bodyOf<Json>(await service.request("/assets/GS"));
    assert.deepEqual([kind, latest], ["stock", { price: "407.08", date: FRIDAY }]);
  }));
