import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, itemsOf } from "../support/answers.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import { startService } from "../support/service.ts";

Deno.test("everybody's keys: listed and read by viewers, without what opens anything, and by whose they are", async () => {
  await using service = await startService();
  const [ada, bob] = [await person(service, "usr_ada"), await person(service, "usr_bob")];
  const vera = await person(service, "usr_vera", "viewer");
  const [one, other] = [await makeKey(ada, ["portfolios:read"]), await makeKey(bob, ["portfolios:write"])];
  const all = await vera.ask("/user-api-keys");
  assert.ok(!(await all.clone().text()).includes(one.key));
  assert.deepEqual((await itemsOf(all)).map(({ id }) => id).toSorted(), [one.id, other.id].toSorted());
  const [found, ...others] = await itemsOf(await service.admin("/user-api-keys?user=usr_ada"));
  assert.deepEqual(others, []);
  assert.deepEqual([found?.["id"], found?.["user"], found?.["prefix"]], [one.id, "usr_ada", one.key.slice(0, 8)]);
  assert.equal("digest" in (found ?? {}), false);
  assert.deepEqual(await bodyOf(await vera.ask(`/user-api-keys/${one.id}`)), found);
  await assertProblem(await ada.ask("/user-api-keys"), "forbidden");
  await assertProblem(await vera.ask("/user-api-keys/key_none"), "not-found");
  await assertRefused(service, () => vera.ask(`/user-api-keys/${one.id}`, { method: "DELETE" }), "forbidden");
});

Deno.test("a key that is used has another tag, and whoever saw it before may revoke it all the same", async () => {
  await using service = await startService();
  const made = await makeKey(await person(service, "usr_ada"), ["portfolios:read"]);
  const path = `/user-api-keys/${made.id}`;
  const etag = (await service.admin(path)).headers.get("etag") ?? "";
  assert.equal((await withKey(service, made)("/portfolios")).status, 200);
  const used = await service.admin(path, { headers: { "if-none-match": etag } });
  assert.equal((await bodyOf(used))["last_used_at"], "2021-11-06T12:00:00.000Z");
  assert.equal((await service.admin(path, { method: "DELETE", headers: { "if-match": etag } })).status, 204);
});

Deno.test("an administrator revokes somebody's key: it is refused at once, is counted no more, and the audit says so", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const made = await makeKey(ada, ["portfolios:read"]);
  const remove = (headers = {}) => service.admin(`/user-api-keys/${made.id}`, { method: "DELETE", headers });
  await assertRefused(service, () => remove({ "if-match": '"x"' }), "version-mismatch");
  assert.equal((await remove()).status, 204);
  await assertProblem(await withKey(service, made)("/portfolios"), "unauthorized");
  await assertRefused(service, remove, "not-found");
  const [entry] = await itemsOf(await service.admin(`/audit?target=/user-api-keys/${made.id}`));
  assert.deepEqual([entry?.["action"], entry?.["owner"], entry?.["actor"]], ["end API key", "usr_ada", "usr_system"]);
  assert.equal((await service.kv.get(["counts", "api_keys_by_user", "usr_ada"])).value, 0);
});

Deno.test("everybody's sessions: listed, read and ended; whose is one's own is said", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const eve = await person(service, "usr_eve", "administrator");
  const sessions = await itemsOf(await eve.ask("/user-sessions"));
  assert.deepEqual(sessions.map(({ user, current }) => `${user} ${current}`).toSorted(), [
    "usr_ada false",
    "usr_eve true",
  ]);
  const [session] = await itemsOf(await eve.ask("/user-sessions?user=usr_ada"));
  assert.deepEqual(await bodyOf(await service.admin(`/user-sessions/${session?.["id"]}`)), session);
  assert.equal((await eve.ask(`/user-sessions/${session?.["id"]}`, { method: "DELETE" })).status, 204);
  await assertProblem(await ada.ask("/me"), "unauthorized");
  await assertProblem(await eve.ask(`/user-sessions/${session?.["id"]}`), "not-found");
  const [entry] = await itemsOf(await service.admin(`/audit?actor=usr_eve`));
  assert.deepEqual([entry?.["action"], entry?.["owner"]], ["end session", "usr_ada"]);
});
