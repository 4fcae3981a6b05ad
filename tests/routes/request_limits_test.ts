import assert from "node:assert/strict";
import { openStore } from "../../lib/store/store.ts";
import { assertProblem } from "../support/answers.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { operationsOf } from "../support/operations.ts";
import { person } from "../support/people.ts";
import { ADMIN_KEY, startService, type TestService } from "../support/service.ts";

const limitedTo = (perMinute: number, env = {}) =>
  startService({ env: { RATE_LIMIT_PER_MINUTE: String(perMinute), ...env } });

interface Sent {
  readonly from?: string;
  readonly headers?: Record<string, string>;
}

/** How many of so many requests are let in. */
async function letIn(service: TestService, count: number, sent: Sent = {}): Promise<number> {
  let allowed = 0;
  for (let i = 0; i < count; i++) allowed += (await service.request("/assets", sent)).status === 200 ? 1 : 0;
  return allowed;
}

Deno.test("what is left is said with every answer, and past it 429 says when to come again", async () => {
  await using service = await limitedTo(3);
  for (const [left, reset] of [[2, 20], [1, 40], [0, 60]]) {
    const { status, headers } = await service.request("/assets");
    assert.equal(status, 200);
    assert.equal(headers.get("ratelimit-policy"), '"default";q=3;w=60');
    assert.equal(headers.get("ratelimit"), `"default";r=${left};t=${reset}`);
  }
  const refused = await service.request("/assets");
  assert.equal(refused.headers.get("retry-after"), "20");
  assert.equal(refused.headers.get("ratelimit"), '"default";r=0;t=60');
  assert.equal(refused.headers.get("ratelimit-policy"), '"default";q=3;w=60');
  assert.equal(refused.headers.get("access-control-allow-origin"), "*");
  const problem = await assertProblem(refused, "rate-limited");
  assert.equal(problem["detail"], "3 requests a minute are allowed; the next one in 20 s");
  await service.clock.advance(19_999);
  await assertProblem(await service.request("/assets"), "rate-limited");
  await service.clock.advance(1);
  assert.equal((await service.request("/assets")).status, 200);
});

Deno.test("every operation is counted but those of health, whatever it answers", async () => {
  await using service = await limitedTo(1_000);
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-11-05": "151.28" });
  for (const { method, path, operationId } of await operationsOf(service)) {
    const answer = await service.admin(path, { method });
    const isHealth = ["/livez", "/readyz"].includes(path);
    assert.equal(answer.headers.has("ratelimit"), !isHealth, `${operationId}: ${answer.status}`);
  }
  for (const path of ["/", "/docs", "/openapi.json", "/nothing"]) {
    assert.ok((await service.request(path)).headers.has("ratelimit"), path);
  }
});

Deno.test("a key that is not known, and a change with a session from elsewhere, are told what is left", async () => {
  await using service = await limitedTo(100);
  const unknown = await service.request("/assets", { headers: { authorization: "Bearer flk_unknown" } });
  await assertProblem(unknown, "unauthorized");
  assert.equal(unknown.headers.get("ratelimit"), '"default";r=99;t=1');
  const { cookie } = await person(service, "ada");
  const crossSite = { cookie, origin: "https://elsewhere.example" };
  const refused = await service.request("/portfolios", { method: "POST", headers: crossSite });
  await assertProblem(refused, "forbidden");
  assert.equal(refused.headers.get("ratelimit-policy"), '"default";q=100;w=60');
});

Deno.test("health and preflights are answered to those who have nothing left, and cost nothing", async () => {
  await using service = await limitedTo(1);
  for (let i = 0; i < 5; i++) {
    assert.equal((await service.request("/livez")).status, 200);
    assert.equal((await service.request("/readyz/")).status, 200);
    assert.equal((await service.request("/assets", { method: "OPTIONS" })).status, 204);
  }
  assert.equal(await letIn(service, 5), 1);
  assert.equal((await service.request("/livez")).status, 200);
});

Deno.test("an answer that is given again is counted, and says what is left now", async () => {
  await using service = await limitedTo(600);
  await addPortfolio(service, {}, { visibility: "public" });
  const left: (string | null)[] = [];
  for (let i = 0; i < 3; i++) left.push((await service.request("/portfolios/1")).headers.get("ratelimit"));
  assert.deepEqual(left, ['"default";r=599;t=1', '"default";r=598;t=1', '"default";r=597;t=1']);
  const { headers } = await service.request("/portfolios/1", { headers: { "if-none-match": "*" } });
  assert.equal(headers.get("ratelimit"), '"default";r=596;t=1');
});

Deno.test("who has a key is counted by it, wherever from; strangers by their address", async () => {
  await using service = await limitedTo(2);
  const key = { authorization: `Bearer ${ADMIN_KEY}` };
  assert.equal(await letIn(service, 3, { from: "192.0.2.1" }), 2);
  assert.equal(await letIn(service, 3, { from: "192.0.2.2" }), 2);
  assert.equal(await letIn(service, 1, { from: "192.0.2.1", headers: key }), 1);
  assert.equal(await letIn(service, 3, { from: "192.0.2.3", headers: key }), 1);
  assert.equal(await letIn(service, 1, { from: "192.0.2.3" }), 1);
});

Deno.test("addresses of one /64 are counted as one", async () => {
  await using service = await limitedTo(2);
  assert.equal(await letIn(service, 1, { from: "2001:db8:1:2::1" }), 1);
  assert.equal(await letIn(service, 3, { from: "2001:db8:1:2:ffff::1" }), 1);
  assert.equal(await letIn(service, 3, { from: "2001:db8:1:3::1" }), 2);
});

Deno.test("X-Forwarded-For counts only where a proxy is trusted, and then its right-most address", async () => {
  const forwarded = (value: string): Sent => ({ headers: { "x-forwarded-for": value }, from: "10.0.0.1" });
  {
    await using service = await limitedTo(2);
    assert.equal(await letIn(service, 2, forwarded("203.0.113.1")), 2);
    assert.equal(await letIn(service, 2, forwarded("203.0.113.2")), 0);
  }
  await using service = await limitedTo(2, { TRUST_PROXY: "true" });
  assert.equal(await letIn(service, 3, forwarded("203.0.113.1")), 2);
  assert.equal(await letIn(service, 3, forwarded("203.0.113.2")), 2);
  assert.equal(await letIn(service, 2, forwarded("198.51.100.1, 203.0.113.1")), 0, "what the client made up");
  assert.equal(await letIn(service, 3, forwarded("unknown")), 2, "the proxy itself");
  assert.equal(await letIn(service, 1, { from: "10.0.0.1" }), 0);
});

Deno.test("keys that are not known are counted against the address, then refused unread", async () => {
  await using service = await limitedTo(3);
  const guess = (i: number) => service.request("/assets", { headers: { authorization: `Bearer guess-${i}` } });
  for (let i = 0; i < 3; i++) await assertProblem(await guess(i), "unauthorized");
  for (let i = 3; i < 6; i++) await assertProblem(await guess(i), "rate-limited");
  assert.equal(await letIn(service, 1), 0);
  assert.equal(await letIn(service, 1, { headers: { authorization: `Bearer ${ADMIN_KEY}` } }), 1);
});

Deno.test("sign-in is counted apart, and remembered by the next process", async () => {
  const kv = await Deno.openKv(":memory:");
  const shared = { open: async () => ({ kv, store: { ...await openStore(kv, { shared: false }), close: () => {} } }) };
  const attempt = (service: TestService) => service.request("/auth/unknown", { from: "192.0.2.9" });
  {
    await using service = await startService({ ...shared, env: { RATE_LIMIT_PER_MINUTE: "600" } });
    for (let i = 0; i < 29; i++) await assertProblem(await attempt(service), "not-found");
    const last = await attempt(service);
    assert.equal(last.headers.get("ratelimit"), '"sign-in";r=0;t=60');
    assert.equal(last.headers.get("ratelimit-policy"), '"sign-in";q=30;w=60');
    await assertProblem(last, "not-found");
    await assertProblem(await attempt(service), "rate-limited");
    assert.equal(await letIn(service, 3, { from: "192.0.2.9" }), 3);
  }
  {
    await using service = await startService({ ...shared, env: { RATE_LIMIT_PER_MINUTE: "600" } });
    await assertProblem(await attempt(service), "rate-limited");
  }
  kv.close();
});

Deno.test("0: no limit, and no word of one", async () => {
  await using service = await limitedTo(0);
  assert.equal(await letIn(service, 50), 50);
  const { headers } = await service.request("/auth/unknown");
  assert.deepEqual([headers.get("ratelimit"), headers.get("ratelimit-policy")], [null, null]);
});

Deno.test("a path of sign-in that is written another way counts as sign-in all the same", async () => {
  await using service = await limitedTo(600);
  for (const path of ["/%61uth/sign-in", "/auth%2Fsign-in", "/auth/sign-in/", "/a%75th/callback/oidc?code=x&state=y"]) {
    const answer = await service.request(path);
    const isSignIn = answer.status !== 404 || path.includes("callback");
    const policy = isSignIn ? '"sign-in";q=30;w=60' : '"default";q=600;w=60';
    assert.equal(answer.headers.get("ratelimit-policy"), policy, `${path}: ${answer.status}`);
    await answer.body?.cancel();
  }
});
