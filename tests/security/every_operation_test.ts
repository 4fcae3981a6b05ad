/**
 * Who gets in where, over every operation of the OpenAPI document: made from it, so that none can be forgotten.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ProblemType } from "../../lib/problem.ts";
import { type Scope, SCOPES } from "../../lib/store/api_keys.ts";
import { assertProblem, assertRefused, bodyOf, dump, itemsOf, type Json } from "../support/answers.ts";
import { type Ask, asking } from "../support/asking.ts";
import { addAssets, addUser } from "../support/factories.ts";
import { documentOf, exampleBodyOf, type Operation, operationsOf } from "../support/operations.ts";
import { makeKey, type Person, person, withKey } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";

interface Place {
  readonly service: TestService;
  readonly bob: Person;
  readonly operations: readonly Operation[];
  /** A body that the operation takes, if it takes one. */
  bodyFor(operation: Operation): { body?: unknown };
}

/** Bob has portfolio 1, which is private, and portfolio 2, which is public. */
async function startPlace(): Promise<Place> {
  const service = await startService();
  await addAssets(service, "AAPL");
  await addUser(service, "usr_1");
  const bob = await person(service, "usr_bob");
  const investments = [{ asset: "AAPL", amount: "1" }];
  for (const visibility of ["private", "public"]) {
    await bodyOf(
      await bob.ask("/portfolios", { method: "POST", body: { name: visibility, visibility, investments } }),
      201,
    );
  }
  const document = await documentOf(service);
  const bodyFor = (operation: Operation): { body?: unknown } => {
    const body = exampleBodyOf(document, operation);
    return body === undefined ? {} : { body };
  };
  return { service, bob, operations: await operationsOf(service), bodyFor };
}

const scopesOf = ({ security = [] }: Operation): string[] => security.flatMap(({ bearer = [] }) => bearer);

const isWrite = ({ method }: Operation): boolean => method !== "GET";

/** Each operation is refused as this, and changes nothing. */
async function assertAllRefused(
  { service, bodyFor }: Place,
  operations: readonly Operation[],
  ask: Ask,
  type: ProblemType | readonly ProblemType[],
): Promise<Json[]> {
  const before = await dump(service.kv);
  const problems: Json[] = [];
  for (const operation of operations) {
    const { method, path } = operation;
    const answer = await ask(path, { method, ...bodyFor(operation) });
    const types = [type].flat();
    const found = types.find((one) => answer.status === statusOf[one]) ?? types[0];
    assert.ok(found);
    problems.push(await assertProblem(answer, found));
  }
  assert.deepEqual(await dump(service.kv), before, "Something was stored all the same");
  return problems;
}

const statusOf: Partial<Record<ProblemType, number>> = { "forbidden": 403, "not-found": 404, "unauthorized": 401 };

Deno.test("no credential, a bad, a revoked or an expired one: 401 wherever one is needed, and for a key anywhere", async () => {
  const place = await startPlace();
  await using service = place.service;
  const ada = await person(service, "usr_ada", "administrator");
  const [gone, short] = [
    await makeKey(ada, [...SCOPES]),
    await makeKey(ada, [...SCOPES], { expires_at: "2021-11-06T12:00:01Z" }),
  ];
  for (const key of [gone, short]) assert.equal((await withKey(service, key)("/me")).status, 200);
  await ada.ask(`/api-keys/${gone.id}`, { method: "DELETE" });
  await service.clock.advance(1_000);
  const closed = place.operations.filter((operation) => operation["x-access"] !== "anyone");
  assert.ok(closed.length > 30);
  await assertAllRefused(place, closed, asking(service.request, {}), "unauthorized");
  for (const key of [gone, short, { key: "flk_unknown" }]) {
    await assertAllRefused(place, place.operations, withKey(service, key), "unauthorized");
  }
});

Deno.test("a session that was ended, is past its stored expiry, or never was: 401 wherever one is needed", async () => {
  const place = await startPlace();
  await using service = place.service;
  const closed = place.operations.filter((operation) => operation["x-access"] !== "anyone");
  const [ended, expired] = [
    await person(service, "usr_eve", "administrator"),
    await person(service, "usr_ada", "administrator"),
  ];
  const [session] = await itemsOf(await ended.ask("/me/sessions"));
  assert.equal((await ended.ask("/jobs")).status, 200);
  assert.equal((await ended.ask(`/me/sessions/${session?.["id"]}`, { method: "DELETE" })).status, 204);
  await assertAllRefused(place, closed, ended.ask, "unauthorized");
  assert.equal((await expired.ask("/jobs")).status, 200);
  await service.clock.advance(7 * 86_400_000);
  await assertAllRefused(place, closed, expired.ask, "unauthorized");
  await assertAllRefused(place, closed, asking(service.request, { cookie: "foliolens=unknown" }), "unauthorized");
});

Deno.test("a key without the scope: 403, even an administrator's who has all the others", async () => {
  const place = await startPlace();
  await using service = place.service;
  const ada = await person(service, "usr_ada", "administrator");
  const scoped = place.operations.filter((operation) => scopesOf(operation).length > 0);
  assert.ok(scoped.length > 40);
  const keys = new Map<string, Ask>();
  for (const { path } of scoped) keys.set(path, ada.ask);
  for (const operation of scoped) {
    const others = SCOPES.filter((scope: Scope) => !scopesOf(operation).includes(scope));
    const id = others.join();
    if (!keys.has(id)) keys.set(id, withKey(service, await makeKey(ada, others)));
    await assertAllRefused(place, [operation], keys.get(id) ?? ada.ask, "forbidden");
  }
});

Deno.test("what is for administrators or viewers: 403 for a user, what changes something also for a viewer", async () => {
  const place = await startPlace();
  await using service = place.service;
  const ofAdministrators = place.operations.filter(({ "x-access": who }) =>
    who === "administrator" || who === "viewer"
  );
  await assertAllRefused(place, ofAdministrators, (await person(service, "usr_eve")).ask, "forbidden");
  const writes = place.operations.filter((operation) =>
    isWrite(operation) &&
    (operation["x-access"] === "administrator" || scopesOf(operation).includes("portfolios:write"))
  );
  assert.ok(writes.length > 15);
  await assertAllRefused(place, writes, (await person(service, "usr_vera", "viewer")).ask, "forbidden");
});

Deno.test("another user's object: 404 to read, to write and to delete, by every sub-resource, as if it were not there", async () => {
  const place = await startPlace();
  await using service = place.service;
  const eve = await person(service, "usr_eve");
  const key = withKey(service, await makeKey(eve, ["portfolios:read", "portfolios:write", "analysis:read"]));
  const of = place.operations.filter(({ template }) => template.startsWith("/portfolios/{"));
  assert.ok(of.length >= 8);
  const missing = of.map((operation) => ({
    ...operation,
    path: operation.path.replace("/portfolios/1", "/portfolios/999"),
  }));
  for (const ask of [eve.ask, key]) {
    const seen = await assertAllRefused(place, of, ask, "not-found");
    const absent = await assertAllRefused(place, missing, ask, "not-found");
    const plain = (problems: Json[]) =>
      problems.map((problem) => ({
        ...problem,
        request_id: "",
        instance: String(problem["instance"]).replace("999", "1"),
        detail: String(problem["detail"]).replace("999", "1"),
      }));
    assert.deepEqual(plain(seen), plain(absent));
  }
  const [theirKey] = [await makeKey(place.bob, ["portfolios:read"])];
  const [theirSession] = await itemsOf(await place.bob.ask("/me/sessions"));
  for (const path of [`/api-keys/${theirKey.id}`, `/me/sessions/${theirSession?.["id"]}`]) {
    await assertRefused(service, () => eve.ask(path, { method: "DELETE" }), "not-found");
  }
});

Deno.test("another user's public portfolio: read by all, changed by none of them", async () => {
  const place = await startPlace();
  await using service = place.service;
  const eve = await person(service, "usr_eve");
  const of = place.operations.filter(({ template }) => template.startsWith("/portfolios/{"))
    .map((operation) => ({ ...operation, path: operation.path.replace("/portfolios/1", "/portfolios/2") }));
  await assertAllRefused(place, of.filter(isWrite), eve.ask, "forbidden");
  for (const { path } of of.filter((operation) => !isWrite(operation))) {
    const answer = await eve.ask(path);
    assert.ok(answer.status === 200 || answer.status === 422, `${path}: ${answer.status}`);
  }
});

Deno.test("a body of another media type, too large, too deep, or with __proto__: refused as declared, and nothing is stored", async () => {
  const place = await startPlace();
  await using service = place.service;
  const deep = `${'{"a":'.repeat(65)}1${"}".repeat(65)}`;
  const json = { "content-type": "application/json" };
  const bad: [type: ProblemType, body: string, headers: Record<string, string>][] = [
    ["unsupported-media-type", "<a/>", { "content-type": "application/xml" }],
    ["payload-too-large", " ".repeat(8 * 1024 * 1024 + 1), json],
    ["malformed-request", deep, json],
    ["malformed-request", "{", json],
    ["validation-failed", '{"__proto__":{"role":"administrator"},"constructor":{"prototype":{"x":1}}}', json],
  ];
  const taking = place.operations.filter(({ requestBody }) => requestBody?.content["application/json"] !== undefined);
  assert.ok(taking.length > 15);
  for (const { method, path } of taking) {
    for (const [type, body, headers] of bad) {
      await assertRefused(service, () => service.admin(path, { method, body, headers }), type);
    }
  }
  assert.equal(({} as Json)["role"], undefined);
});
