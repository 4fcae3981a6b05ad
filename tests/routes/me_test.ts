import assert from "node:assert/strict";
import { finishDepartures } from "../../lib/identity/departure.ts";
import { assertProblem, assertRefused, bodyOf, dump, itemsOf, type Json } from "../support/answers.ts";
import { addAssets, addForeignPortfolio } from "../support/factories.ts";
import { makeKey, type Person, person, withKey } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";
import { faultsIn } from "../lib/history/harness.ts";

const DAY_MS = 86_400_000;

async function addPortfolioOf({ ask }: Person, name: string): Promise<Json> {
  const body = { name, investments: [{ asset: "AAPL", amount: "1" }] };
  return await bodyOf(await ask("/portfolios", { method: "POST", body }), 201);
}

/** A user with something of everything. */
async function startWithAda(): Promise<{ service: TestService; ada: Person }> {
  const service = await startService();
  await addAssets(service, "AAPL");
  const ada = await person(service, "usr_ada");
  await addPortfolioOf(ada, "Growth");
  await addPortfolioOf(ada, "Income");
  await makeKey(ada, ["portfolios:read"]);
  const { identities, store } = service.services;
  const identity = { issuer: "https://id.example", subject: "1", createdAt: "2021-11-06T12:00:00.000Z" };
  await identities.insert(store.change(), { id: "idn_1", userId: "usr_ada", ...identity }).commit();
  return { service, ada };
}

Deno.test("GET /me: 200 with the user; 304; 401 for a stranger", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const answer = await ada.ask("/me");
  const etag = answer.headers.get("etag") ?? "";
  assert.deepEqual(await bodyOf(answer), {
    ...{ id: "usr_ada", email: "usr_ada@example.com", name: "usr_ada", role: "user" },
    created_at: "2021-11-06T12:00:00.000Z",
  });
  assert.equal((await ada.ask("/me", { headers: { "if-none-match": etag } })).status, 304);
  await assertProblem(await service.request("/me"), "unauthorized");
  const system = await bodyOf(await service.admin("/me"));
  assert.deepEqual([system["id"], system["role"]], ["usr_system", "administrator"]);
});

Deno.test("PATCH /me: the name, and nothing else that somebody might wish to be", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const patch = (body: Json, headers = {}) => ada.ask("/me", { method: "PATCH", body, headers });
  const etag = (await ada.ask("/me")).headers.get("etag") ?? "";
  assert.equal((await bodyOf(await patch({ name: " Ada " }, { "if-match": etag })))["name"], "Ada");
  await assertRefused(service, () => patch({ name: "Eve" }, { "if-match": etag }), "version-mismatch");
  for (const own of [{ role: "administrator" }, { id: "usr_bob" }, { email: "eve@example.com" }, { created_at: "x" }]) {
    const pointer = `/${Object.keys(own)[0]}`;
    const errors = [{ pointer, detail: `"${pointer.slice(1)}" is not known here` }];
    await assertRefused(service, () => patch({ name: "x", ...own }), "validation-failed", errors);
  }
  const configured = () => service.admin("/me", { method: "PATCH", body: { name: "x" } });
  await assertRefused(service, configured, "forbidden");
});

Deno.test("GET /me/export: everything of the user's, nothing of others', and no secret", async () => {
  const { service, ada } = await startWithAda();
  await using _ = service;
  await addForeignPortfolio(service);
  const body = await bodyOf<Record<string, Json[]>>(await ada.ask("/me/export"));
  assert.deepEqual(body["portfolios"]?.map(({ name, owner }) => [name, owner]), [
    ["Growth", "usr_ada"],
    ["Income", "usr_ada"],
  ]);
  assert.deepEqual(body["identities"]?.map(({ subject }) => subject), ["1"]);
  assert.deepEqual([body["sessions"]?.length, body["api_keys"]?.length], [1, 1]);
  assert.ok(!/digest|flk_\w{5}/.test(JSON.stringify(body)));
});

Deno.test("DELETE /me: nothing of the user's is left, nobody else's is touched, and they are let in no more", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const bob = await person(service, "usr_bob");
  await addPortfolioOf(bob, "Growth");
  const ada = await person(service, "usr_ada");
  await addPortfolioOf(ada, "Growth");
  const key = await makeKey(ada, ["portfolios:read"]);
  await withKey(service, key)("/portfolios");
  await service.services.uses.flush();
  const answer = await ada.ask("/me", { method: "DELETE" });
  assert.equal(answer.status, 204);
  assert.match(answer.headers.get("set-cookie") ?? "", /^foliolens=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/);
  await assertProblem(await ada.ask("/me"), "unauthorized");
  await assertProblem(await withKey(service, key)("/portfolios"), "unauthorized");
  const left = JSON.stringify((await dump(service.kv)).map(({ key, value }) => [key, value]));
  assert.ok(!left.includes("usr_ada"), left);
  assert.equal((await itemsOf(await bob.ask("/portfolios"))).length, 1);
  assert.deepEqual(await faultsIn(service.services), []);
});

Deno.test("a departure that was cut off anywhere is finished at the next start, and lets nobody in meanwhile", async () => {
  for (let cut = 1;; cut++) {
    const { service, ada } = await startWithAda();
    await using _ = service;
    const { store } = service.services;
    const change = store.change;
    let commits = 0;
    Object.assign(store, {
      change() {
        const staged = change();
        const { commit } = staged;
        staged.commit = () => commits++ === cut ? Promise.reject(new Error("cut off")) : commit();
        return staged;
      },
    });
    const ended = await ada.ask("/me", { method: "DELETE" }).then(({ status }) => status, () => 500);
    Object.assign(store, { change });
    if (ended === 204) {
      assert.ok(cut > 4);
      break;
    }
    await assertProblem(await ada.ask("/me"), "unauthorized");
    await finishDepartures(service.services);
    assert.ok(!JSON.stringify(await dump(service.kv)).includes("usr_ada"));
  }
});

Deno.test("the last administrator cannot leave, not even when the last two go at once", async () => {
  await using service = await startService();
  const [ada, bob] = [
    await person(service, "usr_ada", "administrator"),
    await person(service, "usr_bob", "administrator"),
  ];
  const statuses = await Promise.all(
    [ada, bob].map(async ({ ask }) => (await ask("/me", { method: "DELETE" })).status),
  );
  assert.deepEqual(statuses.toSorted(), [204, 409]);
  await assertProblem(await service.admin("/me", { method: "DELETE" }), "forbidden");
});

Deno.test("GET /me/sessions: where one is signed in; DELETE ends one, at once", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  await service.clock.advance(1_000);
  const elsewhere = await person(service, "usr_ada");
  const bob = await person(service, "usr_bob");
  const sessions = await itemsOf(await ada.ask("/me/sessions"));
  assert.deepEqual(sessions.map(({ current, user_agent }) => [current, user_agent]), [[false, "test"], [true, "test"]]);
  const end = (ask: Person["ask"]) => ask(`/me/sessions/${sessions[0]?.["id"]}`, { method: "DELETE" });
  await assertRefused(service, () => end(bob.ask), "not-found");
  assert.equal((await elsewhere.ask("/me")).status, 200);
  assert.equal((await end(ada.ask)).status, 204);
  await assertProblem(await elsewhere.ask("/me"), "unauthorized");
  await assertProblem(await end(ada.ask), "not-found");
  assert.equal((await ada.ask("/me")).status, 200);
});

Deno.test("a session ends a week after it was used last, and a month after it began", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  for (let weeks = 0; weeks < 4; weeks++) {
    await service.clock.advance(7 * DAY_MS - 1);
    assert.equal((await ada.ask("/me")).status, 200, `week ${weeks}`);
    // What a process remembers is not what another one goes by.
    if (weeks % 2 === 0) await service.services.uses.flush();
  }
  await service.clock.advance(2 * DAY_MS + 3);
  assert.equal((await ada.ask("/me")).status, 200);
  await service.clock.advance(1);
  await assertProblem(await ada.ask("/me"), "unauthorized");
  const idle = await person(service, "usr_ada");
  await service.clock.advance(7 * DAY_MS);
  await assertProblem(await idle.ask("/me"), "unauthorized");
  assert.deepEqual((await itemsOf(await (await person(service, "usr_ada")).ask("/me/sessions"))).length, 1);
});
