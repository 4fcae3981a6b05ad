/**
 * Attacks that have a name.
 *
 * @module
 */
import assert from "node:assert/strict";
import { digestOf, newSecret } from "../../lib/identity/secret.ts";
import { assertProblem, assertRefused, bodyOf, type Json } from "../support/answers.ts";
import { asking } from "../support/asking.ts";
import { addAssets } from "../support/factories.ts";
import { person } from "../support/people.ts";
import { startService } from "../support/service.ts";

Deno.test("mass assignment: owner, id and what else is not asked for are refused, not ignored", async () => {
  await using service = await startService();
  const eve = await person(service, "usr_eve");
  const body = { name: "Growth", investments: [] };
  const foreign: Json[] = [{ owner: "usr_bob" }, { id: 1 }, { created_at: "x" }, { role: "administrator" }, { v: 1 }];
  for (const own of foreign) {
    const [name = ""] = Object.keys(own);
    const errors = [{ pointer: `/${name}`, detail: `"${name}" is not known here` }];
    const create = () => eve.ask("/portfolios", { method: "POST", body: { ...body, ...own } });
    await assertRefused(service, create, "validation-failed", errors);
  }
  await bodyOf(await eve.ask("/portfolios", { method: "POST", body }), 201);
  for (const own of [...foreign, { currency: "EUR" }, { investments: [] }]) {
    const [name = ""] = Object.keys(own);
    const errors = [{ pointer: `/${name}`, detail: `"${name}" is not known here` }];
    const patch = () => eve.ask("/portfolios/1", { method: "PATCH", body: own });
    await assertRefused(service, patch, "validation-failed", errors);
  }
});

Deno.test("mass assignment: the visibility of another's portfolio stays what it is", async () => {
  await using service = await startService();
  const [bob, eve] = [await person(service, "usr_bob"), await person(service, "usr_eve")];
  await bodyOf(await bob.ask("/portfolios", { method: "POST", body: { name: "Mine", investments: [] } }), 201);
  const patch = () => eve.ask("/portfolios/1", { method: "PATCH", body: { visibility: "public" } });
  await assertRefused(service, patch, "not-found");
});

Deno.test("cross-site request forgery: with a session, nothing is changed from another site's page", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const forged: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
    {},
  ];
  const changes: [method: string, path: string, body?: Json][] = [
    ["POST", "/portfolios", { name: "x", investments: [] }],
    ["POST", "/api-keys", { name: "x", scopes: ["portfolios:read"] }],
    ["POST", "/auth/sign-out"],
    ["PATCH", "/me", { name: "x" }],
    ["DELETE", "/me"],
  ];
  for (const headers of forged) {
    const ask = asking(service.request, { cookie: ada.cookie, ...headers });
    for (const [method, path, body] of changes) {
      await assertRefused(service, () => ask(path, { method, ...(body && { body }) }), "forbidden");
    }
  }
  assert.equal((await ada.ask("/me")).status, 200);
});

Deno.test("timing: what a key is looked up by tells nothing of how near it comes", () => {
  for (let i = 0; i < 200; i++) {
    const key = `flk_${newSecret()}`;
    const near = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
    const [digest, other] = [digestOf(key), digestOf(near)];
    assert.equal(digest.length, other.length);
    const same = [...digest].filter((character, place) => character === other[place]).length;
    assert.ok(same < 12, `${same} of ${digest.length} characters are the same`);
  }
});

Deno.test("header injection: what a request says comes back in no header of its own making", async () => {
  await using service = await startService();
  for (const id of ["a\tb", "a b", "é", "x".repeat(129), "<script>"]) {
    const headers = new Headers();
    try {
      headers.set("x-request-id", id);
    } catch {
      continue;
    }
    const answer = await service.request("/livez", { headers });
    assert.notEqual(answer.headers.get("x-request-id"), id);
  }
  for (const path of ["/portfolios?cursor=%0d%0aset-cookie:%20a=b", "/%0d%0aset-cookie:%20a=b"]) {
    const answer = await service.request(path);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  }
});

Deno.test("fifty parallel PATCHes with one ETag: one 200, 49 times 412", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const ada = await person(service, "usr_ada");
  const made = await ada.ask("/portfolios", { method: "POST", body: { name: "Growth", investments: [] } });
  const headers = { "if-match": made.headers.get("etag") ?? "" };
  const answers = await Promise.all(
    Array.from(
      { length: 50 },
      (_, i) => ada.ask("/portfolios/1", { method: "PATCH", body: { name: `Name ${i}` }, headers }),
    ),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  assert.deepEqual(statuses, [200, ...Array(49).fill(412)]);
  const [won] = answers.filter(({ status }) => status === 200);
  assert.equal((await bodyOf(await ada.ask("/portfolios/1")))["name"], (await bodyOf(won ?? new Response()))["name"]);
  for (const lost of answers.filter(({ status }) => status === 412)) await assertProblem(lost, "version-mismatch");
});
