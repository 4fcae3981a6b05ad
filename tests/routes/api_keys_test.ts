import assert from "node:assert/strict";
import { digestOf } from "../../lib/identity/secret.ts";
import { openStore } from "../../lib/store/store.ts";
import { kvWith } from "../lib/store/harness.ts";
import { assertProblem, assertRefused, bodyOf, dump, itemsOf, type Json } from "../support/answers.ts";
import { addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";

const POST = { method: "POST" };

const keysOf = async (service: TestService) => (await dump(service.kv)).filter(({ key }) => key[0] === "api_keys");

Deno.test("POST /api-keys: 201 with the key, which is shown once and stored as a digest behind its prefix", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const body = { name: " site ", scopes: ["portfolios:read"], allowed_origins: ["https://example.com"] };
  const answer = await ada.ask("/api-keys", { ...POST, body: { ...body, expires_at: "2022-01-01T01:00:00+01:00" } });
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const { id, key, prefix, ...made } = await bodyOf(answer, 201);
  assert.match(String(id), /^key_[0-9a-f]{24}$/);
  assert.match(String(key), /^flk_[\w-]{43}$/);
  assert.equal(prefix, String(key).slice(0, 8));
  assert.deepEqual(made, {
    ...{ name: "site", scopes: ["portfolios:read"], allowed_origins: ["https://example.com"] },
    ...{ expires_at: "2022-01-01T00:00:00.000Z", created_at: "2021-11-06T12:00:00.000Z", last_used_at: null },
  });
  assert.deepEqual(await itemsOf(await ada.ask("/api-keys")), [{ id, prefix, ...made }]);
  const stored = (await keysOf(service))[0]?.value as Json;
  assert.equal(stored["digest"], digestOf(String(key)));
  assert.ok(!JSON.stringify(await dump(service.kv)).includes(String(key)));
});

Deno.test("a key does what its scopes say, and is 403 for all else", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const reading = withKey(service, await makeKey(ada, ["portfolios:read"]));
  const writing = withKey(service, await makeKey(ada, ["portfolios:write"]));
  const analysing = withKey(service, await makeKey(ada, ["analysis:read"]));
  const body = { name: "Growth", investments: [] };
  await assertRefused(service, () => reading("/portfolios", { ...POST, body: "{" }), "forbidden");
  const { id, owner } = await bodyOf(await writing("/portfolios", { ...POST, body }), 201);
  assert.equal(owner, "usr_ada");
  assert.equal((await reading(`/portfolios/${id}`)).status, 200);
  await assertProblem(await writing(`/portfolios/${id}`), "forbidden");
  await assertProblem(await analysing(`/portfolios/${id}`), "forbidden");
  assert.equal((await analysing(`/portfolios/${id}/sectors`)).status, 200);
  assert.equal((await reading(`/portfolios/${id}/sectors`)).status, 200);
  await assertProblem(await writing(`/portfolios/${id}/sectors`), "forbidden");
  assert.equal((await writing("/assets")).status, 200);
  assert.equal((await writing("/me")).status, 200);
});

Deno.test("no key but one with the scope admin comes near an account or what administrators do", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada", "administrator");
  const plain = withKey(service, await makeKey(ada, ["portfolios:read", "portfolios:write", "analysis:read"]));
  const body = { name: "more", scopes: ["portfolios:read"] };
  await assertRefused(service, () => plain("/api-keys", { ...POST, body }), "forbidden");
  for (const path of ["/api-keys", "/me/sessions", "/me/export", "/jobs", "/users", "/audit"]) {
    await assertProblem(await plain(path), "forbidden");
  }
  const id = await addForeignPortfolio(service);
  await assertProblem(await plain(`/portfolios/${id}`), "not-found");
  await assertProblem(await plain("/portfolios?scope=all"), "forbidden");
  const admin = withKey(service, await makeKey(ada, ["admin", "portfolios:read"]));
  for (const path of ["/api-keys", "/jobs", "/users", "/audit", `/portfolios/${id}`, "/portfolios?scope=all"]) {
    assert.equal((await admin(path)).status, 200, path);
  }
  const more = { name: "more", scopes: ["portfolios:read", "portfolios:write"] };
  const problem = await assertRefused(service, () => admin("/api-keys", { ...POST, body: more }), "forbidden");
  assert.deepEqual(problem["errors"], [{ pointer: "/scopes/1", detail: "is not a scope of the key that asks" }]);
});

Deno.test("the scope admin is for administrators, also after they were one", async () => {
  await using service = await startService();
  const [ada, bob] = [await person(service, "usr_ada", "administrator"), await person(service, "usr_bob")];
  await person(service, "usr_eve", "administrator");
  const body = { name: "x", scopes: ["portfolios:read", "admin"] };
  const problem = await assertRefused(service, () => bob.ask("/api-keys", { ...POST, body }), "forbidden");
  assert.deepEqual(problem["errors"], [{ pointer: "/scopes/1", detail: "is for administrators" }]);
  const admin = withKey(service, await makeKey(ada, ["admin"]));
  assert.equal((await admin("/users")).status, 200);
  await bodyOf(await service.admin("/users/usr_ada", { method: "PATCH", body: { role: "user" } }));
  await assertProblem(await admin("/users"), "forbidden");
});

Deno.test("a revoked key is refused at once, and its user has no key less to revoke", async () => {
  await using service = await startService();
  const [ada, bob] = [await person(service, "usr_ada"), await person(service, "usr_bob")];
  const made = await makeKey(ada, ["portfolios:read"]);
  const ask = withKey(service, made);
  assert.equal((await ask("/portfolios")).status, 200);
  const remove = { method: "DELETE" };
  await assertRefused(service, () => bob.ask(`/api-keys/${made.id}`, remove), "not-found");
  await assertRefused(service, () => service.admin(`/api-keys/${made.id}`, remove), "not-found");
  await assertRefused(
    service,
    () => ada.ask(`/api-keys/${made.id}`, { ...remove, headers: { "if-match": '"x"' } }),
    "version-mismatch",
  );
  assert.equal((await ada.ask(`/api-keys/${made.id}`, remove)).status, 204);
  await assertProblem(await ask("/portfolios"), "unauthorized");
  await assertProblem(await ada.ask(`/api-keys/${made.id}`, remove), "not-found");
  assert.deepEqual(await keysOf(service), []);
});

Deno.test("a key is refused from its expiry on, by the clock of the request", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const ask = withKey(service, await makeKey(ada, ["portfolios:read"], { expires_at: "2021-11-06T12:00:10Z" }));
  await service.clock.advance(9_999);
  assert.equal((await ask("/portfolios")).status, 200);
  await service.clock.advance(1);
  await assertProblem(await ask("/portfolios"), "unauthorized");
});

Deno.test("a key with allowed origins is refused from another page, and asks nothing of what is no browser", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const ask = withKey(service, await makeKey(ada, ["portfolios:read"], { allowed_origins: ["https://a.example"] }));
  for (
    const origin of ["https://b.example", "https://a.example.evil", "http://a.example", "null", "https://A.example"]
  ) {
    await assertProblem(await ask("/portfolios", { headers: { origin } }), "forbidden");
    await assertProblem(await ask("/nothing", { headers: { origin } }), "forbidden");
  }
  assert.equal((await ask("/portfolios", { headers: { origin: "https://a.example" } })).status, 200);
  assert.equal((await ask("/portfolios")).status, 200);
});

Deno.test("what a key may be: 422 with the pointer of each value that is wrong, and nothing is stored", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const bad: [facts: Json, pointer: string][] = [
    [{ name: "" }, "/name"],
    [{ name: undefined }, "/name"],
    [{ scopes: [] }, "/scopes"],
    [{ scopes: ["everything"] }, "/scopes/0"],
    [{ scopes: ["portfolios:read", "portfolios:read"] }, "/scopes"],
    [{ expires_at: "2021-11-06T12:00:00Z" }, "/expires_at"],
    [{ expires_at: "tomorrow" }, "/expires_at"],
    [{ allowed_origins: ["https://a.example/"] }, "/allowed_origins/0"],
    [{ allowed_origins: ["*"] }, "/allowed_origins/0"],
    [{ allowed_origins: ["javascript:alert(1)"] }, "/allowed_origins/0"],
    [{ allowed_origins: Array(21).fill("https://a.example") }, "/allowed_origins"],
    [{ user_id: "usr_bob" }, "/user_id"],
    [{ owner: "usr_bob" }, "/owner"],
  ];
  for (const [facts, pointer] of bad) {
    const body = { name: "x", scopes: ["portfolios:read"], ...facts };
    const problem = await assertRefused(service, () => ada.ask("/api-keys", { ...POST, body }), "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map((error) => error["pointer"]), [pointer]);
  }
});

Deno.test("50 keys a user, however many are asked for at once", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const body = { name: "x", scopes: ["portfolios:read"] };
  const answers = await Promise.all(Array.from({ length: 60 }, () => ada.ask("/api-keys", { ...POST, body })));
  const made = answers.filter(({ status }) => status === 201).length;
  assert.ok(answers.every(({ status }) => [201, 409, 503].includes(status)));
  assert.ok(made <= 50);
  for (let i = made; i < 50; i++) await makeKey(ada, ["portfolios:read"]);
  await assertRefused(service, () => ada.ask("/api-keys", { ...POST, body }), "conflict");
  assert.equal((await keysOf(service)).length, 50);
  const page = await bodyOf<{ items: Json[]; next_cursor: string }>(await ada.ask("/api-keys?limit=40"));
  assert.equal(page.items.length, 40);
  assert.equal((await itemsOf(await ada.ask(`/api-keys?limit=40&cursor=${page.next_cursor}`))).length, 10);
});

Deno.test("when a key was used last is shown at once, and stored a minute later beside the request's way", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const made = await makeKey(ada, ["portfolios:read"]);
  await service.clock.advance(5_000);
  const before = await dump(service.kv);
  await withKey(service, made)("/portfolios");
  assert.deepEqual(await dump(service.kv), before);
  assert.equal((await itemsOf(await ada.ask("/api-keys")))[0]?.["last_used_at"], "2021-11-06T12:00:05.000Z");
  await service.clock.advance(60_000);
  await withKey(service, made)("/portfolios");
  await service.services.uses.flush();
  assert.equal((await service.kv.get(["credential_uses", made.id])).value, "2021-11-06T12:01:05.000Z");
  await ada.ask(`/api-keys/${made.id}`, { method: "DELETE" });
  await service.services.uses.flush();
  assert.equal((await service.kv.get(["credential_uses", made.id])).value, null);
});

Deno.test("the configured key makes keys of the service's own, which act as what it is", async () => {
  await using service = await startService();
  const key = await makeKey({ ask: service.admin }, ["portfolios:read", "portfolios:write"]);
  await addPortfolio(service, {}, { name: "Ours" });
  const items = await itemsOf(await withKey(service, key)("/portfolios"));
  assert.deepEqual(items.map((portfolio) => portfolio["owner"]), ["usr_system"]);
});

Deno.test("sixty at once: as many keys as a user may have, 409 for the others, and nobody gives up for losing to them", async () => {
  const kv = await Deno.openKv(":memory:");
  let lost = 0;
  const counting = kvWith(kv, {
    atomic() {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = async () => {
        const result = await commit();
        if (!result.ok) lost += 1;
        return result;
      };
      return operation;
    },
  });
  await using service = await startService({
    open: async () => ({ kv, store: await openStore(counting, { shared: false }) }),
  });
  const ada = await person(service, "usr_ada");
  const body = { name: "x", scopes: ["portfolios:read"] };
  const answers = await Promise.all(Array.from({ length: 60 }, () => ada.ask("/api-keys", { ...POST, body })));
  const statuses = answers.map(({ status }) => status).toSorted();
  assert.deepEqual(statuses, [...Array(50).fill(201), ...Array(10).fill(409)]);
  assert.equal((await keysOf(service)).length, 50);
  assert.equal(lost, 0);
});

Deno.test("a key that expires is taken up to its stored instant, and not at it; so is a session", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const key = withKey(service, await makeKey(ada, ["portfolios:read"], { expires_at: "2021-11-06T12:00:01.500Z" }));
  await service.clock.advance(1_499);
  assert.equal((await key("/portfolios")).status, 200);
  await service.clock.advance(1);
  await assertProblem(await key("/portfolios"), "unauthorized");

  const DAY_MS = 86_400_000;
  const [session] = await itemsOf(await ada.ask("/me/sessions"));
  assert.equal(session?.["expires_at"], "2021-12-06T12:00:00.000Z");
  for (let day = 6; day < 30; day += 6) {
    await service.clock.advance(6 * DAY_MS);
    assert.equal((await ada.ask("/me")).status, 200, "it is used, and so goes on");
  }
  await service.clock.advance(Date.parse("2021-12-06T11:59:59.999Z") - service.clock.now().getTime());
  assert.equal((await ada.ask("/me")).status, 200);
  await service.clock.advance(1);
  await assertProblem(await ada.ask("/me"), "unauthorized");
});

Deno.test("a session that is not used for a week ends at that very instant", async () => {
  await using service = await startService();
  const [ada, bob] = [await person(service, "usr_ada"), await person(service, "usr_bob")];
  await service.clock.advance(7 * 86_400_000 - 1);
  assert.equal((await ada.ask("/me")).status, 200);
  await service.clock.advance(1);
  await assertProblem(await bob.ask("/me"), "unauthorized");
  assert.equal((await ada.ask("/me")).status, 200);
});
