import assert from "node:assert/strict";
import { assertProblem, assertRefused } from "../support/answers.ts";
import { addAssets, addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { operationsOf } from "../support/operations.ts";
import { ADMIN_KEY, startService } from "../support/service.ts";

Deno.test("every answer says how it may be used, refused or not", async () => {
  await using service = await startService();
  const asked: [path: string, init?: RequestInit][] = [
    ["/portfolios"],
    ["/portfolios/1"],
    ["/nothing"],
    ["/portfolios", { method: "POST" }],
    ["/portfolios", { method: "DELETE" }],
    ["/portfolios", { headers: { authorization: "Bearer x" } }],
    ["/portfolios?x=1"],
    ["/portfolios", { method: "OPTIONS" }],
    ["/openapi.json"],
  ];
  for (const [path, init] of asked) {
    const { headers } = await service.request(path, {
      ...init,
      headers: { ...init?.headers, origin: "https://a.test" },
    });
    assert.equal(headers.get("access-control-allow-origin"), "*", path);
    assert.equal(headers.get("access-control-allow-credentials"), null);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    assert.equal(headers.get("vary"), path === "/nothing" ? "Accept" : null, "the same for every origin");
    assert.equal(headers.get("strict-transport-security"), null);
    assert.match(headers.get("cache-control") ?? "", /^(private, no-cache|no-store)$/, path);
    assert.equal(headers.get("set-cookie"), null);
    assert.equal(headers.get("x-powered-by"), null);
    for (const name of ["ETag", "Location", "Link", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id"]) {
      assert.ok(headers.get("access-control-expose-headers")?.split(", ").includes(name), name);
    }
  }
});

Deno.test("pages and what they load are for no other origin", async () => {
  await using service = await startService();
  const home = await (await service.request("/")).text();
  const [style = assert.fail("The page has no stylesheet")] = home.match(/\/static\/[^"]+/) ?? [];
  for (const path of ["/", "/docs", "/problems", "/problems/forbidden", "/favicon.svg", style]) {
    const { headers } = await service.request(path, { headers: { origin: "https://a.test" } });
    assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control-")), [], path);
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none';.* ?frame-ancestors 'none'/, path);
    assert.doesNotMatch(headers.get("content-security-policy") ?? "", /unsafe|\*|http/, path);
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin", path);
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin", path);
    assert.match(headers.get("permissions-policy") ?? "", /camera=\(\)/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "strict-origin", "a form's Origin is null without one");
    assert.equal(headers.get("set-cookie"), null);
  }
});

Deno.test("on https, browsers are told to stay there: pages, answers and refusals", async () => {
  await using service = await startService({ env: { PUBLIC_URL: "https://folio.example" } });
  for (const path of ["/", "/portfolios", "/nothing", "/livez"]) {
    const { headers } = await service.request(path);
    assert.equal(headers.get("strict-transport-security"), "max-age=31536000", path);
  }
});

Deno.test("a preflight is answered without a key, whatever the key may do", async () => {
  await using service = await startService();
  const answer = await service.request("/portfolios", {
    method: "OPTIONS",
    headers: {
      origin: "https://a.test",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,idempotency-key",
    },
  });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.equal(answer.headers.get("access-control-allow-credentials"), null);
  assert.equal(answer.headers.get("access-control-allow-methods"), "GET, HEAD, POST, OPTIONS");
  const allowed = answer.headers.get("access-control-allow-headers")?.toLowerCase().split(", ");
  const needed = ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "x-request-id"];
  assert.deepEqual(needed.filter((name) => !allowed?.includes(name)), []);
});

Deno.test("an address that is too long: 414, whoever asks, and the longest one is read", async () => {
  await using service = await startService();
  const longest = "/portfolios?x=".padEnd(8_192, "x");
  await assertProblem(await service.request(longest), "validation-failed");
  for (const path of [`${longest}x`, "/".padEnd(8_193, "x")]) {
    await assertProblem(await service.request(path), "uri-too-long");
    await assertProblem(await service.request(path, { headers: { authorization: "Bearer x" } }), "uri-too-long");
  }
});

Deno.test("X-Request-Id: the client's own where it is one, else one of ours; in the answer and in the problem", async () => {
  await using service = await startService();
  for (const id of ["a", "5c3c5a0e-8f7b-4f0e-9a55-2b8f0f1f7a11", "Root=1-67891233-abcdef012345", "x".repeat(128)]) {
    const answer = await service.request("/nothing", { headers: { "x-request-id": id } });
    const isTaken = !id.includes("=");
    assert.equal(answer.headers.get("x-request-id") === id, isTaken, id);
    assert.equal((await answer.json()).request_id, answer.headers.get("x-request-id"));
  }
  for (const id of ["", "x".repeat(129), "a b", "<script>", "é", '"', "a,b", "../x"]) {
    const answer = await service.request("/livez", { headers: { "x-request-id": id } });
    assert.match(answer.headers.get("x-request-id") ?? "", /^request-\d+$/, id);
  }
  const [first, second] = [await service.request("/livez"), await service.request("/livez")];
  assert.notEqual(first.headers.get("x-request-id"), second.headers.get("x-request-id"));
});

Deno.test("somebody else's private portfolio is answered as one that is not there, to the last byte", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const theirs = await addForeignPortfolio(service, { investments: [{ asset: "AAPL", amount: "1" }] });
  const missing = theirs + 1;
  const shown = async (path: string, id: number, init: RequestInit) => {
    const answer = await service.request(path.replace("ID", String(id)), { ...init, headers: { ...init.headers } });
    const text = (await answer.text()).replaceAll(/request-\d+/g, "REQUEST").replaceAll(
      `portfolio ${id}`,
      "portfolio ID",
    )
      .replaceAll(`/portfolios/${id}`, "/portfolios/ID");
    const headers = Object.fromEntries(answer.headers);
    return { status: answer.status, headers: { ...headers, "x-request-id": "REQUEST" }, text };
  };
  const reads = [
    "/portfolios/ID",
    "/portfolios/ID/",
    "/portfolios/ID/sectors",
    "/portfolios/ID/sectors?as_of=2021-11-05",
  ];
  for (const path of reads) {
    for (const init of [{}, { headers: { "if-none-match": "*" } }, { method: "HEAD" }]) {
      const answered = await shown(path, theirs, init);
      assert.equal(answered.status, 404, path);
      assert.deepEqual(answered, await shown(path, missing, init), path);
    }
  }
  const writes = [
    ["/portfolios/ID", "PATCH"],
    ["/portfolios/ID", "DELETE"],
    ["/portfolios/ID/investments", "PUT"],
    ["/portfolios/ID/investments/AAPL", "DELETE"],
  ] as const;
  for (const [path, method] of writes) {
    const answered = await shown(path, theirs, { method });
    assert.equal(answered.status, 401);
    assert.deepEqual(answered, await shown(path, missing, { method }));
  }
  const { items } = await (await service.request("/portfolios")).json();
  assert.deepEqual(items, []);
});

Deno.test("a public portfolio of somebody else is read by anyone, and changed by nobody without a key", async () => {
  await using service = await startService();
  const id = await addForeignPortfolio(service, { visibility: "public" });
  assert.equal((await service.request(`/portfolios/${id}`)).status, 200);
  assert.equal((await service.request(`/portfolios/${id}/sectors`)).status, 200);
  const patch = () => service.request(`/portfolios/${id}`, { method: "PATCH" });
  await assertRefused(service, patch, "unauthorized");
});

Deno.test("a private portfolio is not shown to a stranger out of what was kept for its owner", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  for (const path of ["/portfolios/1", "/portfolios/1/sectors", "/portfolios/1/sectors/"]) {
    for (let i = 0; i < 2; i++) assert.equal((await service.admin(path)).status, 200);
    await assertProblem(await service.request(path), "not-found");
    assert.equal((await service.admin(path)).status, 200);
  }
  await service.admin("/portfolios/1", { method: "PATCH", body: { visibility: "public" } });
  assert.equal((await service.request("/portfolios/1/sectors")).status, 200);
  await service.admin("/portfolios/1", { method: "PATCH", body: { visibility: "private" } });
  await assertProblem(await service.request("/portfolios/1/sectors"), "not-found");
});

Deno.test("the key stands in no answer and in no line of the log", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const texts: string[] = [];
  for (const { method, path } of await operationsOf(service)) {
    const answer = await service.admin(path, { method });
    texts.push(await answer.text(), JSON.stringify(Object.fromEntries(answer.headers)));
  }
  texts.push(JSON.stringify(service.logged));
  assert.deepEqual(texts.filter((text) => text.includes(ADMIN_KEY)), []);
});
