/** What a cache between us and our clients keeps and gives to whom, by the rules of RFC 9111 as `http-cache-semantics` has them. */
import assert from "node:assert/strict";
// @ts-types="@types/http-cache-semantics"
import CachePolicy from "http-cache-semantics";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { person } from "../support/people.ts";
import { ADMIN_KEY, startService, type TestService } from "../support/service.ts";

const PATHS = ["", "/investments", "/sectors", "/sectors.svg", "/risk", "/valuations", "/value.svg", "/report"]
  .map((path) => `/portfolios/1${path}`);
const KEPT = "public, max-age=0, s-maxage=30, stale-while-revalidate=30";
const KEY = { authorization: `Bearer ${ADMIN_KEY}` };
/** A key, a session, and a cookie that is of no session. */
const credentials = async (service: TestService): Promise<Record<string, string>[]> => [
  ...[KEY, { cookie: (await person(service, "usr_ada")).cookie }, { cookie: "foliolens=of-nobody" }],
];

async function started(visibility: "public" | "private"): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-11-04": "150", "2021-11-05": "151.28" });
  await addPortfolio(service, { AAPL: "1" }, { visibility });
  return service;
}

const asked = (url: string, headers: Record<string, string> = {}) => ({ url, method: "GET", headers });

async function policyOf(service: TestService, path: string, headers: Record<string, string> = {}) {
  const response = await service.request(path, { headers });
  await response.body?.cancel();
  const answered = { status: response.status, headers: Object.fromEntries(response.headers) };
  return { status: response.status, policy: new CachePolicy(asked(path, headers), answered, { shared: true }) };
}

Deno.test("what a stranger is answered about a public portfolio is kept, and given to strangers alone", async () => {
  await using service = await started("public");
  const others = await credentials(service);
  for (const path of PATHS) {
    const { status, policy } = await policyOf(service, path);
    assert.equal(status, 200, path);
    assert.ok(policy.storable(), path);
    assert.ok(policy.satisfiesWithoutRevalidation(asked(path)), path);
    assert.equal(policy.maxAge(), 30, path);
    assert.equal(policy.responseHeaders()["cache-control"], KEPT, path);
    for (const headers of others) {
      assert.ok(!policy.satisfiesWithoutRevalidation(asked(path, headers)), `${path} ${JSON.stringify(headers)}`);
    }
  }
});

Deno.test("nothing of a private portfolio is kept, whoever asks", async () => {
  await using service = await started("private");
  const others = await credentials(service);
  for (const path of PATHS) {
    for (const headers of [{}, ...others]) {
      const { status, policy } = await policyOf(service, path, headers);
      assert.equal(status, "authorization" in headers ? 200 : 404, path);
      assert.ok(!policy.storable(), `${path} ${JSON.stringify(headers)}`);
    }
  }
});

Deno.test("what somebody with a key or a session is answered is kept for nobody, not even of a public portfolio", async () => {
  await using service = await started("public");
  const [key, session] = await credentials(service);
  for (const path of PATHS) {
    await policyOf(service, path);
    for (const headers of [key, session]) {
      const { status, policy } = await policyOf(service, path, headers);
      assert.equal(status, 200);
      assert.ok(!policy.storable(), `${path} ${JSON.stringify(headers)}`);
    }
  }
});

Deno.test("a cache asks again with the tag, and a 304 says of keeping what the answer said", async () => {
  await using service = await started("public");
  for (const path of PATHS) {
    const first = await service.request(path);
    await first.body?.cancel();
    const again = await service.request(path, { headers: { "if-none-match": first.headers.get("etag") ?? "" } });
    assert.equal(again.status, 304, path);
    for (const name of ["cache-control", "vary", "etag"]) {
      assert.equal(again.headers.get(name), first.headers.get(name), `${path}: ${name}`);
    }
  }
});

Deno.test("once a portfolio is private, a cache that asks again has nothing to keep", async () => {
  await using service = await started("public");
  const first = await service.request("/portfolios/1/sectors");
  await first.body?.cancel();
  await service.admin("/portfolios/1", { method: "PATCH", body: { visibility: "private" } });
  const { status, policy } = await policyOf(service, "/portfolios/1/sectors", {
    "if-none-match": first.headers.get("etag") ?? "",
  });
  assert.equal(status, 404);
  assert.ok(!policy.storable());
});
