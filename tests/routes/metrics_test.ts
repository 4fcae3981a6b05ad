import assert from "node:assert/strict";
import { storeThrough } from "../lib/jobs/harness.ts";
import type { Provider } from "../../lib/market/provider.ts";
import { assertProblem, bodyOf } from "../support/answers.ts";
import { addAssets } from "../support/factories.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import { ADMIN_KEY, startService, type TestService, type TestServiceOptions } from "../support/service.ts";

const asAdmin = { headers: { authorization: `Bearer ${ADMIN_KEY}` } };

async function textOf(answer: Response): Promise<string> {
  assert.equal(answer.status, 200);
  return await answer.text();
}

/** Samples by name and labels, as they stand in the text. */
const samplesOf = async (service: TestService): Promise<Map<string, number>> =>
  await samplesIn(await service.request("/metrics", asAdmin));

async function samplesIn(answer: Response): Promise<Map<string, number>> {
  const text = await textOf(answer);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const end = line.lastIndexOf(" ");
    return [line.slice(0, end), Number(line.slice(end + 1))];
  }));
}

Deno.test("GET /metrics: the text format of Prometheus, for administrators and viewers, to be asked anew each time", async () => {
  await using service = await startService();
  await assertProblem(await service.request("/metrics"), "unauthorized");
  await assertProblem(await service.request("/metrics?name=x", asAdmin), "validation-failed");
  const answer = await service.request("/metrics", asAdmin);
  assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.match(await answer.text(), /^# TYPE foliolens_http_requests_total counter$/m);
});

Deno.test("GET /metrics: a key needs the scope `metrics:read` or `admin`, and one for metrics opens nothing else", async () => {
  await using service = await startService();
  const [ada, vera] = [await person(service, "ada", "administrator"), await person(service, "vera", "viewer")];
  for (const owner of [ada, vera]) {
    const reading = withKey(service, await makeKey(owner, ["portfolios:read", "analysis:read"]));
    await assertProblem(await reading("/metrics"), "forbidden");
    const scraping = withKey(service, await makeKey(owner, ["metrics:read"]));
    await textOf(await scraping("/metrics"));
    for (const path of ["/portfolios", "/jobs", "/users", "/api-keys"]) {
      await assertProblem(await scraping(path), "forbidden");
    }
  }
  await textOf(await withKey(service, await makeKey(ada, ["admin"]))("/metrics"));
});

Deno.test("a viewer's key that is for metrics too changes as little as its viewer", async () => {
  await using service = await startService();
  const vera = await person(service, "vera", "viewer");
  const asking = withKey(service, await makeKey(vera, ["portfolios:write", "metrics:read"]));
  await textOf(await asking("/metrics"));
  const body = { name: "Growth", investments: [] };
  await assertProblem(await asking("/portfolios", { method: "POST", body }), "forbidden");
});

Deno.test("a key for metrics is for administrators and viewers, and ends to be one when its user is none any more", async () => {
  await using service = await startService();
  const [bob, vera] = [await person(service, "bob"), await person(service, "vera", "viewer")];
  await assertProblem(await bob.ask("/metrics"), "forbidden");
  const body = { name: "prometheus", scopes: ["portfolios:read", "metrics:read"] };
  await assertProblem(await bob.ask("/api-keys", { method: "POST", body }), "forbidden", [
    { pointer: "/scopes/1", detail: "is for administrators and viewers" },
  ]);
  const scraping = withKey(service, await makeKey(vera, ["metrics:read"]));
  await textOf(await scraping("/metrics"));
  await bodyOf(await service.admin("/users/vera", { method: "PATCH", body: { role: "user" } }), 200);
  await assertProblem(await scraping("/metrics"), "forbidden");
});

Deno.test("requests are counted by the pattern of their route, never by what stands in the path", async () => {
  await using service = await startService();
  for (const id of [7, 8, 9]) await assertProblem(await service.request(`/portfolios/${id}/sectors/`), "not-found");
  await service.request("/nothing/here/at/all");
  await service.request("/livez", { method: "HEAD" });
  await service.request("/livez", { method: "OPTIONS" });
  await service.request("/portfolios", { method: "BREW" });
  const samples = await samplesOf(service);
  const count = (method: string, route: string, status: string) =>
    samples.get(`foliolens_http_requests_total{method="${method}",route="${route}",status="${status}"}`);
  assert.equal(count("GET", "/portfolios/{portfolio_id}/sectors", "4xx"), 3);
  assert.equal(count("GET", "none", "4xx"), 1);
  assert.equal(count("HEAD", "/livez", "2xx"), 1);
  assert.equal(count("OPTIONS", "none", "2xx"), 1);
  assert.equal(count("other", "none", "4xx"), 1);
  const timed =
    'foliolens_http_request_duration_seconds_count{method="GET",route="/portfolios/{portfolio_id}/sectors"}';
  assert.equal(samples.get(timed), 3);
  assert.ok([...samples.keys()].every((name) => !/[/="](7|8|9)[/"]/.test(name.replaceAll(/le="[^"]*"/g, ""))));
});

Deno.test("an answer that is given again counts under its route, and as a hit", async () => {
  await using service = await startService();
  await service.admin("/assets", { method: "POST", body: { symbol: "AAA", name: "A", sector: "energy" } });
  const investments = [{ asset: "AAA", amount: "1" }];
  await service.admin("/portfolios", { method: "POST", body: { name: "Mine", visibility: "public", investments } });
  for (let i = 0; i < 4; i++) assert.equal((await service.request("/portfolios/1/sectors")).status, 200);
  const samples = await samplesOf(service);
  const requests =
    'foliolens_http_requests_total{method="GET",route="/portfolios/{portfolio_id}/sectors",status="2xx"}';
  assert.equal(samples.get(requests), 4);
  assert.equal(samples.get('foliolens_cache_hits_total{cache="finished_answers"}'), 2);
  assert.equal(samples.get('foliolens_cache_entries{cache="finished_answers"}'), 1);
});

Deno.test("what is refused for being one too many is counted", async () => {
  await using service = await startService({ env: { RATE_LIMIT_PER_MINUTE: "2" } });
  for (let i = 0; i < 5; i++) await service.request("/portfolios");
  assert.equal((await samplesOf(service)).get("foliolens_rate_limited_requests_total"), 3);
});

Deno.test("queue, market and store are told as the store has them, at most once in ten seconds", async () => {
  await using service = await startService();
  const jobs = async () => (await samplesOf(service)).get('foliolens_jobs{state="queued"}');
  const before = await samplesOf(service);
  assert.equal(before.get("foliolens_store_up"), 1);
  assert.equal(before.get('foliolens_jobs{state="queued"}'), 0);
  assert.equal(before.get('foliolens_provider_state{state="not_configured"}'), 1);
  assert.ok((before.get('foliolens_store_operation_duration_seconds_count{operation="list"}') ?? 0) > 0);
  const posted = await service.admin("/jobs", { method: "POST", body: { name: "verify", args: {} } });
  assert.equal(posted.status, 202, await posted.text());
  assert.equal(await jobs(), 0);
  await service.clock.advance(10_000);
  assert.equal(await jobs(), 1);
});

Deno.test("sessions are missing where a provider is to bring them, or has brought some", async () => {
  const provider: Provider = {
    ...{ name: "test", timeZone: "America/New_York", callsPerMinute: 5, historyYears: 2 },
    marketDay: () => Promise.resolve({ type: "empty" }),
  };
  const behind = async (options: TestServiceOptions) => {
    await using service = await startService(options);
    await addAssets(service, "AAPL");
    return (await samplesOf(service)).get('foliolens_market_sessions_behind{market="stocks"}');
  };
  assert.equal(await behind({}), undefined);
  // From 2021-10-06 to 2021-11-05, which was the last session before the 6th.
  assert.equal(await behind({ provider }), 23);
});

const SILENCES: Readonly<Record<string, () => Promise<never>>> = {
  "hangs": () => new Promise(() => {}),
  "is down": () => Promise.reject(new TypeError("connection refused")),
};
for (const [what, silence] of Object.entries(SILENCES)) {
  Deno.test(`a store that ${what}: the process is told of all the same, nothing of the store, and not that it is ready`, async () => {
    let isSilent = false;
    await using service = await startService({
      mayLogErrors: true,
      async open() {
        const kv = await Deno.openKv(":memory:");
        const store = await storeThrough(kv, (operation) => isSilent ? silence() : operation());
        return { kv, store: { ...store, close: () => kv.close() } };
      },
    });
    assert.equal((await samplesOf(service)).get("foliolens_store_up"), 1);
    isSilent = true;
    await service.clock.advance(10_000);
    const samples = await samplesIn(await service.clock.until(service.request("/metrics", asAdmin)));
    assert.equal(samples.get("foliolens_store_up"), 0);
    const ofTheStore = /^foliolens_(jobs|workers|market_|provider_state|quarantine)/;
    assert.deepEqual([...samples.keys()].filter((name) => ofTheStore.test(name)), []);
    assert.ok([...samples.keys()].some((name) => name.startsWith("foliolens_http_requests_total")));
    const ready = await service.clock.until(service.request("/readyz"));
    assert.equal(ready.headers.get("retry-after"), "5");
    assert.equal((await assertProblem(ready, "unavailable"))["detail"], "The store does not answer");
    isSilent = false;
    await service.clock.advance(10_000);
    assert.equal((await samplesOf(service)).get("foliolens_store_up"), 1);
    assert.equal((await service.request("/readyz")).status, 200);
  });
}
