/** Whatever is kept in memory, a write is seen: by the next read in the same process, and in another one as soon as it hears of it. */
import assert from "node:assert/strict";
import type { Provider, ProviderBar } from "../../lib/market/provider.ts";
import { startOnServer } from "../lib/store/kv_process.ts";
import { until } from "../process/server.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { hasKvServer, startKvServer } from "../support/kv_connect_server.ts";
import { startService, type TestService } from "../support/service.ts";

interface Write {
  readonly what: string;
  readonly write: (service: TestService) => Promise<unknown>;
  /** What the sectors say then; of a portfolio that is seen no more, nothing. */
  readonly value: string | undefined;
}

const put = (path: string, body: unknown) => (service: TestService) => service.admin(path, { method: "PUT", body });
const patch = (path: string, body: unknown) => (service: TestService) => service.admin(path, { method: "PATCH", body });

const WRITES: readonly Write[] = [
  { what: "a price", write: (service) => addCloses(service, "AAPL", { "2021-11-04": "160" }), value: "160" },
  { what: "an amount", write: put("/portfolios/1/investments/AAPL", { amount: "2" }), value: "320" },
  {
    what: "a split",
    write: put("/assets/AAPL/splits", { items: [{ execution_date: "2021-11-05", split_from: "1", split_to: "4" }] }),
    value: "80",
  },
  { what: "who may see it", write: patch("/portfolios/1", { visibility: "private" }), value: undefined },
  { what: "who may see it again", write: patch("/portfolios/1", { visibility: "public" }), value: "80" },
];

async function valueIn(service: TestService): Promise<string | undefined> {
  const answer = await service.request("/portfolios/1/sectors");
  const { market_value } = await answer.json();
  assert.equal(answer.status, market_value === undefined ? 404 : 200);
  return market_value;
}

async function fill(service: TestService): Promise<void> {
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-11-04": "150" });
  await addPortfolio(service, { AAPL: "1" }, { visibility: "public" });
}

/** Reads every kind of answer, so that all that can be kept is kept. */
async function warm(service: TestService): Promise<void> {
  for (const path of ["/portfolios/1", "/portfolios/1/sectors", "/portfolios/1/sectors.svg", "/portfolios/1/risk"]) {
    await (await service.request(path)).body?.cancel();
  }
}

Deno.test("in the process that writes, the next read sees it", async () => {
  await using service = await startService();
  await fill(service);
  for (const { what, write, value } of WRITES) {
    await warm(service);
    await write(service);
    assert.equal(await valueIn(service), value, what);
  }
});

Deno.test("after the nightly job, the next read sees its prices", async () => {
  const row = { symbol: "AAPL", open: 151, high: 153, low: 150, close: 152, volume: 1, vwap: 152 } as ProviderBar;
  const provider: Provider = {
    ...{ name: "test", timeZone: "America/New_York", callsPerMinute: 6_000, historyYears: 2 },
    marketDay: () => Promise.resolve({ type: "ok", value: [row] }),
  };
  await using service = await startService({ provider });
  await fill(service);
  await warm(service);
  assert.equal(await valueIn(service), "150");
  const job = { name: "pull-market-day", args: { date: "2021-11-05" } };
  await service.admin("/jobs", { method: "POST", body: job });
  await service.worker.runDue();
  assert.equal(await valueIn(service), "152");
});

Deno.test({ name: "another process sees it as soon as it hears of it", ignore: !hasKvServer }, async () => {
  await using server = await startKvServer();
  await using writer = await startOnServer(server);
  await using reader = await startOnServer(server);
  await fill(writer);
  for (const { what, write, value } of WRITES) {
    await until("the reader to be as far", async () => {
      await warm(reader);
      return reader.store.version("market") === writer.store.version("market") ? true : undefined;
    });
    await write(writer);
    await until(what, async () => await valueIn(reader) === value ? true : undefined);
  }
});
