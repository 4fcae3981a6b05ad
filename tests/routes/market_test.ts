import assert from "node:assert/strict";
import type { Provider, ProviderBar } from "../../lib/market/provider.ts";
import { assertProblem, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAssets, addCloses } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";
import { insertAssets } from "../lib/market/pull_harness.ts";

const FRIDAY = "2021-11-05";

const bar = (symbol: string, close: number): ProviderBar => ({
  ...{ symbol, open: close, high: close, low: close, close, volume: 1, vwap: close },
});

/** A provider that knows one day's rows. */
function providerOf(rows: readonly ProviderBar[]): Provider {
  const only = {
    name: "test",
    timeZone: "America/New_York",
    callsPerMinute: 5,
    async marketDay(_market: string, date: string, { slot }: { slot: () => Promise<void> }) {
      await slot();
      return date === FRIDAY ? { type: "ok" as const, value: rows } : { type: "empty" as const };
    },
  };
  return only as unknown as Provider;
}

/** After a pause in which the provider's next slot has become free. */
async function pull(service: TestService, date: string): Promise<void> {
  await service.clock.advance(60_000);
  await bodyOf(
    await service.admin("/jobs", { method: "POST", body: { name: "pull-market-day", args: { date } } }),
    202,
  );
  await service.worker.runDue();
}

const statusOf = async (service: TestService): Promise<Json> => await bodyOf(await service.request("/market/status"));

Deno.test("GET /market/status: without a provider and without data, what is expected and what keeps it from coming", async () => {
  await using service = await startService();
  const status = await statusOf(service);
  assert.equal(status["time_zone"], "America/New_York");
  assert.equal(status["market_version"], "00000000000000000000");
  assert.deepEqual([status["expected_session"], status["last_session"], status["up_to_date"]], [FRIDAY, null, false]);
  assert.equal((status["provider"] as Json)["state"], "not_configured");
  const nightly = status["nightly_pull"] as Json;
  assert.deepEqual([nightly["at"], nightly["time_zone"]], ["03:00", "America/New_York"]);
  // 03:00 in New York, on the night in which the clocks go back at 02:00.
  assert.equal(nightly["next_due_at"], "2021-11-07T08:00:00.000Z");
  assert.match(String(nightly["disabled_because"]), /neither POLYGON_API_KEY nor BARS_DIR is set/);
  assert.equal(status["last_pull"], null);
});

Deno.test("GET /market/status: after a pull, the session, the provider and the job", async () => {
  await using service = await startService({ provider: providerOf([bar("AAPL", 151.28), bar("XYZ", 1)]) });
  await insertAssets(service.services, ["AAPL"]);
  assert.equal(((await statusOf(service))["provider"] as Json)["state"], "not_asked_yet");
  await pull(service, FRIDAY);
  const status = await statusOf(service);
  assert.deepEqual([status["last_session"], status["up_to_date"]], [FRIDAY, true]);
  assert.equal(status["market_version"], service.store.version("market"));
  const provider = status["provider"] as Json;
  assert.deepEqual([provider["name"], provider["state"], provider["last_outcome"]], ["test", "well", "ok"]);
  assert.equal(provider["reason"], null);
  const lastPull = status["last_pull"] as Json;
  assert.deepEqual([lastPull["job_id"], lastPull["state"]], [`pull-market-day:${FRIDAY}`, "succeeded"]);
  assert.deepEqual((await bodyOf(await service.request("/assets/AAPL")))["latest"], { price: "151.28", date: FRIDAY });
});

Deno.test("GET /market/days: newest first, each with what became of it", async () => {
  await using service = await startService({
    provider: providerOf([bar("AAPL", 151.28), bar("GS", -1), bar("XYZ", 1)]),
  });
  await insertAssets(service.services, ["AAPL", "GS"]);
  assert.deepEqual(await itemsOf(await service.request("/market/days")), []);
  await pull(service, FRIDAY);
  await pull(service, "2021-11-04");
  const days = await itemsOf(await service.request("/market/days"));
  assert.deepEqual(
    days.map((
      { date, status, rows, quarantined, revision, source },
    ) => [date, status, rows, quarantined, revision, source]),
    [[FRIDAY, "complete", 1, 1, 1, "test"], ["2021-11-04", "closed", 0, 0, 0, "test"]],
  );
  const first = await bodyOf<{ items: Json[]; next_cursor: string }>(await service.request("/market/days?limit=1"));
  const cursor = encodeURIComponent(first.next_cursor);
  assert.deepEqual([...first.items, ...await itemsOf(await service.request(`/market/days?cursor=${cursor}`))], days);
});

Deno.test("GET /market/status and /market/days: 422 for parameters that they do not know", async () => {
  await using service = await startService();
  for (
    const path of [
      "/market/status?day=x",
      "/market/days?from=2021-11-05",
      "/market/days?limit=0",
      "/market/days?cursor=x",
    ]
  ) {
    await assertProblem(await service.request(path), "validation-failed");
  }
});

Deno.test("what is stored by hand is no session that was pulled", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { [FRIDAY]: "151.28" });
  const status = await statusOf(service);
  assert.deepEqual([status["last_session"], status["up_to_date"]], [null, false]);
});
