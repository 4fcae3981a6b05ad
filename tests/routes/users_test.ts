import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, dump, itemsOf, type Json } from "../support/answers.ts";
import { addForeignPortfolio } from "../support/factories.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import { startService } from "../support/service.ts";

Deno.test("users: listed and read by viewers and administrators, by role", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const vera = await person(service, "usr_vera", "viewer");
  for (const ask of [vera.ask, service.admin]) {
    const ids = async (path: string) => (await itemsOf(await ask(path))).map(({ id }) => id);
    assert.deepEqual(await ids("/users"), ["usr_ada", "usr_vera"]);
    assert.deepEqual(await ids("/users?role=viewer"), ["usr_vera"]);
    assert.equal((await bodyOf(await ask("/users/usr_ada")))["email"], "usr_ada@example.com");
    await assertProblem(await ask("/users/usr_nobody"), "not-found");
  }
  await assertProblem(await ada.ask("/users"), "forbidden");
  await assertProblem(await ada.ask("/users/usr_vera"), "forbidden");
});

Deno.test("PATCH /users/{id}: a role, from the next request on, with an entry in the audit", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const id = await addForeignPortfolio(service);
  const patch = (body: Json, headers = {}) => service.admin("/users/usr_ada", { method: "PATCH", body, headers });
  await assertProblem(await ada.ask(`/portfolios/${id}`), "not-found");
  const etag = (await service.admin("/users/usr_ada")).headers.get("etag") ?? "";
  assert.equal((await bodyOf(await patch({ role: "viewer" }, { "if-match": etag })))["role"], "viewer");
  await assertRefused(service, () => patch({ role: "user" }, { "if-match": etag }), "version-mismatch");
  assert.equal((await ada.ask(`/portfolios/${id}`)).status, 200);
  const write = () => ada.ask("/portfolios", { method: "POST", body: { name: "x", investments: [] } });
  await assertRefused(service, write, "forbidden");
  await assertRefused(service, () => patch({ role: "emperor" }), "validation-failed");
  await assertRefused(
    service,
    () => ada.ask("/users/usr_ada", { method: "PATCH", body: { role: "administrator" } }),
    "forbidden",
  );
  const [entry, ...others] = await itemsOf(await service.admin("/audit"));
  assert.deepEqual(others, []);
  assert.deepEqual({ ...entry, id: "" }, {
    ...{ id: "", at: "2021-11-06T12:00:00.000Z", actor: "usr_system", by: "configured_key", action: "change role" },
    ...{ owner: "usr_ada", target: "/users/usr_ada", omitted: 0 },
    changes: [{ pointer: "/role", from: "user", to: "viewer" }],
  });
});

Deno.test("the last administrator stays one", async () => {
  await using service = await startService();
  await person(service, "usr_ada", "administrator");
  const demote = () => service.admin("/users/usr_ada", { method: "PATCH", body: { role: "user" } });
  await assertRefused(service, demote, "conflict");
  await person(service, "usr_bob", "administrator");
  await bodyOf(await demote());
});

Deno.test("users are found by how their e-mail address begins", async () => {
  await using service = await startService();
  for (const id of ["usr_ada", "usr_adam", "usr_bob"]) await person(service, id);
  await person(service, "usr_adan", "viewer");
  const ids = async (query: string) => (await itemsOf(await service.admin(`/users?${query}`))).map(({ id }) => id);
  assert.deepEqual(await ids("q=USR_ada"), ["usr_ada", "usr_adam", "usr_adan"]);
  assert.deepEqual(await ids("q=usr_ada&role=viewer"), ["usr_adan"]);
  assert.deepEqual(await ids("q=zzz"), []);
});

Deno.test("DELETE /users/{id}: everything of theirs goes, with an entry in the audit; the last administrator stays", async () => {
  await using service = await startService();
  await person(service, "usr_eve", "administrator");
  const before = (await dump(service.kv)).map(({ key }) => key);
  const ada = await person(service, "usr_ada");
  const made = await makeKey(ada, ["portfolios:read"]);
  await bodyOf(await ada.ask("/portfolios", { method: "POST", body: { name: "Growth", investments: [] } }), 201);
  const remove = (id: string, headers = {}) => service.admin(`/users/${id}`, { method: "DELETE", headers });
  await assertRefused(service, () => remove("usr_ada", { "if-match": '"x"' }), "version-mismatch");
  assert.equal((await remove("usr_ada")).status, 204);
  await assertProblem(await ada.ask("/me"), "unauthorized");
  await assertProblem(await withKey(service, made)("/me"), "unauthorized");
  await assertProblem(await service.admin("/users/usr_ada"), "not-found");
  await assertRefused(service, () => remove("usr_ada"), "not-found");
  await assertRefused(service, () => remove("usr_eve"), "conflict");
  await assertRefused(service, () => remove("usr_system"), "not-found");
  const [entry] = await itemsOf(await service.admin("/audit?target=/users/usr_ada"));
  assert.deepEqual([entry?.["action"], entry?.["owner"]], ["delete user", "usr_ada"]);
  const left = (await dump(service.kv)).map(({ key }) => key);
  const isKept = ([first = ""]: Deno.KvKey) =>
    !/^(audit|sequences|versions|counts|administrator_changes)/.test(String(first));
  assert.deepEqual(left.filter(isKept), before.filter(isKept));
});
