import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAssets, addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { startService } from "../support/service.ts";

const NOW = "2021-11-06T12:00:00.000Z";

const growth = {
  id: 1,
  owner: "usr_system",
  name: "Growth",
  currency: "USD",
  visibility: "private",
  status: "active",
  investments: [{ asset: "AAPL", amount: "10" }, { asset: "GS", amount: "-2.5" }],
  created_at: NOW,
  updated_at: NOW,
};

Deno.test("POST /portfolios: 201 with where it is, its version and the whole portfolio", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  const investments = [{ asset: "AAPL", amount: "10.00" }, { asset: "GS", amount: -2.5 }];
  const answer = await service.admin("/portfolios", { method: "POST", body: { name: " Growth ", investments } });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get("location"), "/portfolios/1");
  assert.match(answer.headers.get("etag") ?? "", /^"[0-9a-f]{20}~[\w-]{12}"$/);
  assert.deepEqual(await answer.json(), growth);

  const read = await service.admin("/portfolios/1");
  assert.equal(read.headers.get("etag"), answer.headers.get("etag"));
  assert.deepEqual(await bodyOf(read), growth);
});

Deno.test("POST /portfolios: 201 with everything given, and with no investments", async () => {
  await using service = await startService();
  const facts = {
    name: "Réserve 100 % 🏦",
    currency: "EUR",
    visibility: "public",
    status: "inactive",
    investments: [],
  };
  const answer = await service.admin("/portfolios", { method: "POST", body: facts });
  assert.deepEqual(await bodyOf(answer, 201), { ...growth, ...facts });
});

Deno.test("POST /portfolios: a name is composed, trimmed and counted in characters", async () => {
  await using service = await startService();
  const decomposed = await addPortfolio(service, {}, { name: "Cafe\u0301\u00a0" });
  assert.equal(decomposed["name"], "Caf\u00e9");
  const longest = "🏦".repeat(100);
  assert.equal((await addPortfolio(service, {}, { name: longest }))["name"], longest);
  assert.equal((await addPortfolio(service, {}, { name: "<b>&amp;\"'" }))["name"], "<b>&amp;\"'");
});

const BAD_NAMES: [name: unknown, detail: string | RegExp][] = [
  ["", "must not be empty"],
  [" \u3000 ", "must not be empty"],
  ["x".repeat(101), "must have 100 characters at most"],
  ["🏦".repeat(101), "must have 100 characters at most"],
  ["a\u0000b", "must not contain control characters or lone surrogates"],
  ["a\nb", "must not contain control characters or lone surrogates"],
  ["a\u007fb", "must not contain control characters or lone surrogates"],
  ["a\u0085b", "must not contain control characters or lone surrogates"],
  ["a\u2028b", "must not contain control characters or lone surrogates"],
  ["a\ud800b", "must not contain control characters or lone surrogates"],
  [null, /must be a string/],
  [7, /must be a string/],
  [["Growth"], /must be a string/],
];

Deno.test("POST and PATCH: 422 for a name that is none, and nothing is stored", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  for (const [name, detail] of BAD_NAMES) {
    for (const [method, path] of [["POST", "/portfolios"], ["PATCH", "/portfolios/1"]] as const) {
      const body = method === "POST" ? { name, investments: [] } : { name };
      const problem = await assertRefused(service, () => service.admin(path, { method, body }), "validation-failed");
      const [error] = problem["errors"] as Json[];
      assert.equal(error?.["pointer"], "/name");
      if (typeof detail === "string") assert.equal(error?.["detail"], detail, JSON.stringify(name));
      else assert.match(String(error?.["detail"]), detail);
    }
  }
});

Deno.test("POST /portfolios: 422 names everything that is wrong at once", async () => {
  await using service = await startService();
  const body = {
    currency: "XYZ",
    visibility: "secret",
    status: "gone",
    investments: {},
    owner: "usr_other",
    "a/b~c": 1,
  };
  const post = () => service.admin("/portfolios", { method: "POST", body });
  const problem = await assertRefused(service, post, "validation-failed");
  const errors = problem["errors"] as Json[];
  assert.deepEqual(errors.map(({ pointer }) => pointer), [
    ...["/name", "/currency", "/visibility", "/status", "/investments", "/owner", "/a~1b~0c"],
  ]);
  assert.equal(errors[0]?.["detail"], "is required");
  assert.equal(errors[1]?.["detail"], "must be a currency code of ISO 4217 such as USD");
  assert.equal(errors[5]?.["detail"], '"owner" is not known here');
});

Deno.test("POST /portfolios: 422 for keys of the prototype, in the body and in an investment", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const name = `"name":"Growth"`;
  const bodies = [
    [`{${name},"investments":[],"__proto__":{"status":"inactive"}}`, "/__proto__"],
    [`{${name},"investments":[],"constructor":{}}`, "/constructor"],
    [`{${name},"investments":[{"asset":"AAPL","amount":"1","__proto__":1}]}`, "/investments/0/__proto__"],
    [`{${name},"investments":[{"asset":"AAPL","amount":"1","toString":1}]}`, "/investments/0/toString"],
  ];
  for (const [body = "", pointer] of bodies) {
    const headers = { "content-type": "application/json" };
    const post = () => service.admin("/portfolios", { method: "POST", body, headers });
    const problem = await assertRefused(service, post, "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map((error) => error["pointer"]), [pointer], body);
  }
});

Deno.test("POST /portfolios: 422 for a body that is no object", async () => {
  await using service = await startService();
  for (const body of ["null", "[]", '"Growth"', "7", "true"]) {
    const headers = { "content-type": "application/json" };
    const post = () => service.admin("/portfolios", { method: "POST", body, headers });
    const problem = await assertRefused(service, post, "validation-failed");
    assert.equal((problem["errors"] as Json[])[0]?.["pointer"], "", body);
  }
});

Deno.test("POST and PATCH: 409 for a name that the owner has given already, however it is written", async () => {
  await using service = await startService();
  await addPortfolio(service, {}, { name: "Café" });
  await addPortfolio(service, {}, { name: "Other" });
  const errors = [{ pointer: "/name", detail: "is taken by another portfolio of the same owner" }];
  for (const name of ["Café", " Cafe\u0301 "]) {
    const body = { name, investments: [] };
    await assertRefused(service, () => service.admin("/portfolios", { method: "POST", body }), "conflict", errors);
    const rename = () => service.admin("/portfolios/2", { method: "PATCH", body: { name } });
    await assertRefused(service, rename, "conflict", errors);
  }
});

Deno.test("POST /portfolios: another owner's name, another case and the name of a deleted one are free", async () => {
  await using service = await startService();
  await addForeignPortfolio(service, { name: "Growth" });
  assert.equal((await addPortfolio(service, {}))["id"], 2);
  assert.equal((await addPortfolio(service, {}, { name: "growth" }))["id"], 3);
  assert.equal((await service.admin("/portfolios/2", { method: "DELETE" })).status, 204);
  assert.equal((await addPortfolio(service, {}))["id"], 4);
});

Deno.test("GET /portfolios/{id}: 404 for what is no id", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const ids = ["2", "0", "-1", "1.5", "1e0", "01", "+1", "%31%2F", "abc", "9007199254740993", "1".repeat(400), "%00"];
  for (const id of [...ids, "%E2%82%AC", "%", "%ff", "%c0%af", "..%2f1", "1;x", "null", "__proto__"]) {
    const problem = await assertProblem(await service.admin(`/portfolios/${id}`), "not-found");
    assert.equal(problem["instance"], new URL(`http://foliolens.test/portfolios/${id}`).pathname);
  }
});

Deno.test("PATCH /portfolios/{id}: 200 with what was given, and nothing else", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addPortfolio(service, { AAPL: "10", GS: "-2.5" });
  await service.clock.advance(60_000);
  const patch = { name: "Income", visibility: "public", status: "inactive" };
  const answer = await service.admin("/portfolios/1", { method: "PATCH", body: patch });
  const patched = { ...growth, ...patch, updated_at: "2021-11-06T12:01:00.000Z" };
  assert.deepEqual(await bodyOf(answer), patched);
  assert.deepEqual(await bodyOf(await service.request("/portfolios/1")), patched);
});

Deno.test("PATCH /portfolios/{id}: what changes nothing keeps its version", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const before = await service.admin("/portfolios/1");
  await service.clock.advance(60_000);
  for (const body of [{}, { name: "Growth", status: "active" }]) {
    const answer = await service.admin("/portfolios/1", { method: "PATCH", body });
    assert.equal(answer.headers.get("etag"), before.headers.get("etag"));
    assert.deepEqual(await bodyOf(answer), await bodyOf(before.clone()));
  }
});

Deno.test("PATCH /portfolios/{id}: 422 for what cannot be changed this way", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  for (const key of ["id", "owner", "currency", "investments", "created_at", "__proto__"]) {
    const patch = () =>
      service.admin("/portfolios/1", {
        method: "PATCH",
        body: `{"${key}":"x"}`,
        headers: { "content-type": "application/json" },
      });
    await assertRefused(service, patch, "validation-failed", [
      { pointer: `/${key}`, detail: `"${key}" is not known here` },
    ]);
  }
});

Deno.test("DELETE /portfolios/{id}: 204, then 404, and the id is not used again", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const answer = await service.admin("/portfolios/1", { method: "DELETE" });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get("content-type"), null);
  await assertProblem(await service.admin("/portfolios/1"), "not-found");
  const again = () => service.admin("/portfolios/1", { method: "DELETE" });
  await assertRefused(service, again, "not-found");
  assert.equal((await addPortfolio(service, {}))["id"], 2);
});

Deno.test("GET /portfolios: by scope and status, for a stranger and for the administrator", async () => {
  await using service = await startService();
  await addPortfolio(service, {}, { name: "Public", visibility: "public" });
  await addPortfolio(service, {}, { name: "Private" });
  await addPortfolio(service, {}, { name: "Old", visibility: "public", status: "inactive" });
  await addForeignPortfolio(service);
  await addForeignPortfolio(service, { name: "Shown", visibility: "public" });
  const ids = async (answer: Response) => (await itemsOf(answer)).map(({ id }) => id);

  assert.deepEqual(await ids(await service.request("/portfolios")), [1, 5]);
  assert.deepEqual(await ids(await service.request("/portfolios?scope=public&status=inactive")), [3]);
  assert.deepEqual(await ids(await service.admin("/portfolios")), [1, 2]);
  assert.deepEqual(await ids(await service.admin("/portfolios?scope=own&status=inactive")), [3]);
  assert.deepEqual(await ids(await service.admin("/portfolios?scope=public")), [1, 5]);
  assert.deepEqual(await ids(await service.admin("/portfolios?scope=all")), [1, 2, 4, 5]);
  await assertProblem(await service.request("/portfolios?scope=own"), "unauthorized");
  await assertProblem(await service.request("/portfolios?scope=all"), "unauthorized");
  for (const query of ["scope=", "scope=OWN", "scope=own&scope=all", "status=all"]) {
    const [parameter = ""] = query.split("=");
    const problem = await assertProblem(await service.admin(`/portfolios?${query}`), "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map((error) => error["parameter"]), [parameter], query);
  }
});

Deno.test("a portfolio that becomes inactive or private leaves the lists that it stood in", async () => {
  await using service = await startService();
  await addPortfolio(service, {}, { visibility: "public" });
  const count = async (query: string) => (await itemsOf(await service.admin(`/portfolios?${query}`))).length;
  await bodyOf(await service.admin("/portfolios/1", { method: "PATCH", body: { visibility: "private" } }));
  assert.deepEqual([await count("scope=public"), await count("scope=own")], [0, 1]);
  await bodyOf(await service.admin("/portfolios/1", { method: "PATCH", body: { status: "inactive" } }));
  assert.deepEqual([await count("scope=own"), await count("scope=all&status=inactive")], [0, 1]);
});

Deno.test("GET /portfolios?scope=all: by owner, by how the name begins, and from either end", async () => {
  await using service = await startService();
  for (const name of ["Growth", "growing", "Income"]) await addPortfolio(service, {}, { name });
  await addForeignPortfolio(service, { name: "Green" });
  const names = async (query: string) =>
    (await itemsOf(await service.admin(`/portfolios?scope=all&${query}`))).map(({ name }) => name);
  assert.deepEqual(await names("order=desc"), ["Green", "Income", "growing", "Growth"]);
  assert.deepEqual(await names("q=GRO"), ["growing", "Growth"]);
  assert.deepEqual(await names("q=gr"), ["Green", "growing", "Growth"]);
  assert.deepEqual(await names("q=gr&owner=usr_system"), ["Growth", "growing"]);
  assert.deepEqual(await names("owner=usr_other"), ["Green"]);
  assert.deepEqual(await names("owner=usr_nobody"), []);
  for (const query of ["q=a", "owner=usr_system", "scope=public&q=a"]) {
    await assertProblem(await service.admin(`/portfolios?${query}`), "validation-failed");
  }
});

Deno.test("POST /portfolios: a name's length is that of its characters, whatever each takes in UTF-16", async () => {
  await using service = await startService();
  const named = (name: string) => service.admin("/portfolios", { method: "POST", body: { name, investments: [] } });
  assert.equal((await bodyOf(await named("\u{1f4b0}".repeat(100)), 201))["name"], "\u{1f4b0}".repeat(100));
  await assertProblem(await named("\u{1f4b0}".repeat(101)), "validation-failed", [
    { pointer: "/name", detail: "must have 100 characters at most" },
  ]);
});
