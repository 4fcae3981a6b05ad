import assert from "node:assert/strict";
import { openStore } from "../../lib/store/store.ts";
import { storeThrough } from "../lib/jobs/harness.ts";
import { assertProblem, assertRefused, bodyOf, dump, itemsOf } from "../support/answers.ts";
import { addAssets, addCloses, addWaitingBar } from "../support/factories.ts";
import { operationsOf } from "../support/operations.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import { type OpenedStore, startService, type TestService } from "../support/service.ts";

const KEY = "7c1c4b1e-3f0a-4d46-9d3c-0f6f1d1a4b52";
const PORTFOLIO = { name: "Growth", investments: [{ asset: "AAPL", amount: "10" }] };
const HOUR_MS = 3_600_000;

const post = (service: Pick<TestService, "admin">, path: string, body: unknown = PORTFOLIO, key = KEY) =>
  service.admin(path, { method: "POST", body, headers: { "idempotency-key": key } });

async function start(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL");
  return service;
}

/** All that a client sees of an answer. */
async function seen(answer: Response) {
  const headers = ["cache-control", "content-type", "etag", "location", "link", "access-control-allow-origin"];
  return {
    status: answer.status,
    headers: headers.map((name) => answer.headers.get(name)),
    body: (await answer.text()).replace(/request-\d+/, "REQUEST"),
  };
}

const portfoliosOf = async (service: TestService) => await itemsOf(await service.admin("/portfolios"));

Deno.test("the same request again: the same answer, and nothing more is done", async () => {
  await using service = await start();
  const first = await seen(await post(service, "/portfolios"));
  assert.equal(first.status, 201);
  const before = await dump(service.kv);
  for (let i = 0; i < 3; i++) assert.deepEqual(await seen(await post(service, "/portfolios")), first);
  assert.deepEqual(await dump(service.kv), before);
  const read = await service.admin("/portfolios/1");
  assert.deepEqual([read.headers.get("etag"), await read.text()], [first.headers[2], first.body]);
});

Deno.test("the answer stays what it was, whatever has become of the resource", async () => {
  await using service = await start();
  const first = await seen(await post(service, "/portfolios"));
  await service.admin("/portfolios/1", { method: "PATCH", body: { name: "Value" } });
  assert.deepEqual(await seen(await post(service, "/portfolios")), first);
  await service.admin("/portfolios/1", { method: "DELETE" });
  assert.deepEqual(await seen(await post(service, "/portfolios")), first);
  assert.deepEqual(await portfoliosOf(service), []);
});

Deno.test("twenty at once: one resource, one answer; who comes while it is made is told to wait", async () => {
  await using service = await start();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(service, "/portfolios")));
  const created = answers.filter(({ status }) => status === 201);
  assert.ok(created.length >= 1);
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    assert.equal(answer.headers.get("retry-after"), "1");
    await assertProblem(answer, "conflict");
  }
  const bodies = await Promise.all(created.map((answer) => answer.text()));
  assert.equal(new Set(bodies).size, 1);
  assert.equal((await portfoliosOf(service)).length, 1);
});

Deno.test("another body, path or query with the same key: 422", async () => {
  await using service = await start();
  await bodyOf(await post(service, "/portfolios"), 201);
  const errors = [{
    parameter: "Idempotency-Key",
    detail: "was used for another request: another path, body or credential takes another key",
  }];
  for (const body of [{ ...PORTFOLIO, name: "Other" }, {}, JSON.stringify(PORTFOLIO, null, 1)]) {
    const headers = { "idempotency-key": KEY, "content-type": "application/json" };
    const ask = () => service.admin("/portfolios", { method: "POST", body, headers });
    await assertRefused(service, ask, "validation-failed", errors);
  }
  await assertRefused(service, () => post(service, "/assets"), "validation-failed", errors);
  await assertRefused(service, () => post(service, "/portfolios?x=1"), "validation-failed", errors);
  await bodyOf(await post(service, "/portfolios", { ...PORTFOLIO, name: "Other" }, `${KEY}-2`), 201);
});

Deno.test("a refusal is an answer too, and stays it", async () => {
  await using service = await start();
  const unknown = { name: "Later", investments: [{ asset: "MSFT", amount: "1" }] };
  const first = await post(service, "/portfolios", unknown);
  const told = await seen(first);
  assert.equal(told.status, 422);
  await addAssets(service, "MSFT");
  const again = await post(service, "/portfolios", unknown);
  assert.equal(again.headers.get("cache-control"), "no-store");
  assert.deepEqual(await seen(again), told);
  await bodyOf(await post(service, "/portfolios", unknown, "another"), 201);
});

Deno.test("what is refused before the body is looked at keeps no key", async () => {
  await using service = await start();
  const headers = { "idempotency-key": KEY };
  const stranger = () => service.request("/portfolios", { method: "POST", headers });
  await assertRefused(service, stranger, "unauthorized");
  const broken = { method: "POST", headers: { ...headers, "content-type": "application/json" } };
  await assertRefused(
    service,
    () => service.admin("/portfolios", { ...broken, body: "x".repeat(2 ** 21) }),
    "payload-too-large",
  );
  await assertRefused(
    service,
    () => service.admin("/portfolios", { ...broken, body: "[".repeat(65) }),
    "malformed-request",
  );
  await bodyOf(await post(service, "/portfolios"), 201);
});

Deno.test("a fault of the moment is no answer: the same request may be tried again", async () => {
  await using service = await start();
  await assertProblem(await post(service, "/assets/lookup", { symbol: "MSFT" }), "unavailable");
  assert.equal((await Array.fromAsync(service.kv.list({ prefix: ["idempotency"] }))).length, 0);
});

Deno.test("for 24 hours; then it is a new request", async () => {
  await using service = await start();
  const first = await seen(await post(service, "/portfolios"));
  await service.admin("/portfolios/1", { method: "DELETE" });
  await service.clock.advance(24 * HOUR_MS - 1);
  assert.deepEqual(await seen(await post(service, "/portfolios")), first);
  await service.clock.advance(1);
  assert.equal((await bodyOf(await post(service, "/portfolios"), 201))["id"], 2);
});

Deno.test("after a restart the answer is the same", async () => {
  const kv = await Deno.openKv(":memory:");
  const open = async (): Promise<OpenedStore> => ({
    kv,
    store: { ...await openStore(kv, { shared: false }), close: () => {} },
  });
  let first: unknown;
  {
    await using service = await startService({ open });
    await addAssets(service, "AAPL");
    first = await seen(await post(service, "/portfolios"));
  }
  await using service = await startService({ open });
  assert.deepEqual(await seen(await post(service, "/portfolios")), first);
  kv.close();
});

Deno.test("a key is its user's: nobody meets another's answer", async () => {
  await using service = await start();
  const [ann, bob] = [await person(service, "usr_ann"), await person(service, "usr_bob")];
  const send = (ask: TestService["admin"], name: string) =>
    ask("/portfolios", { method: "POST", body: { name, investments: [] }, headers: { "idempotency-key": KEY } });
  const hers = await bodyOf(await send(ann.ask, "Mine"), 201);
  const his = await bodyOf(await send(bob.ask, "Mine"), 201);
  assert.notEqual(hers["id"], his["id"]);
  assert.deepEqual(await bodyOf(await send(ann.ask, "Mine"), 201), hers);
});

Deno.test("a credential with fewer rights does not read an answer that another one of its user was given", async () => {
  await using service = await start();
  const ann = await person(service, "usr_ann");
  const made = await makeKey(ann, ["portfolios:write"]);
  const headers = { "idempotency-key": KEY };
  const body = { name: "site", scopes: ["portfolios:read"] };
  await bodyOf(await ann.ask("/api-keys", { method: "POST", body, headers }), 201);
  const ask = withKey(service, made);
  await assertProblem(await ask("/api-keys", { method: "POST", body, headers }), "forbidden");
  await assertProblem(await ask("/portfolios", { method: "POST", body: PORTFOLIO, headers }), "validation-failed");
});

Deno.test("a new API key is shown again to whoever made it, and stands nowhere in the store", async () => {
  await using service = await start();
  const ann = await person(service, "usr_ann");
  const make = () =>
    ann.ask("/api-keys", {
      method: "POST",
      body: { name: "site", scopes: ["portfolios:read"] },
      headers: { "idempotency-key": KEY },
    });
  const made = await bodyOf(await make(), 201);
  assert.deepEqual(await bodyOf(await make(), 201), made);
  assert.equal((await itemsOf(await ann.ask("/api-keys"))).length, 1);
  const bytes = (value: unknown) => value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value;
  const stored = (await dump(service.kv)).map(({ key, value }) =>
    JSON.stringify([key, value], (_, part) => bytes(part))
  );
  assert.ok(!stored.join().includes(String(made["key"])));
  assert.ok(!stored.join().includes(KEY));
});

Deno.test("keys of another form: 400", async () => {
  await using service = await start();
  for (const key of ["", " ", "a b", "é", "x".repeat(256), "a, b"]) {
    await assertRefused(service, () => post(service, "/portfolios", PORTFOLIO, key), "malformed-request");
  }
  await bodyOf(await post(service, "/portfolios", PORTFOLIO, "x".repeat(255)), 201);
  await bodyOf(await post(service, "/portfolios", { ...PORTFOLIO, name: "Other" }, '"quoted~!"'), 201);
});

Deno.test("methods that may be repeated anyway take no heed of it", async () => {
  await using service = await start();
  await bodyOf(await post(service, "/portfolios"), 201);
  const headers = { "idempotency-key": KEY };
  for (const name of ["A", "B"]) {
    const patched = await service.admin("/portfolios/1", { method: "PATCH", body: { name }, headers });
    assert.equal((await bodyOf(patched))["name"], name);
  }
  assert.equal((await service.admin("/portfolios", { headers: { "idempotency-key": "a b" } })).status, 200);
});

Deno.test("every POST for which it takes somebody takes the header, says so, and answers twice alike", async () => {
  await using service = await start();
  await addCloses(service, "AAPL", { "2021-11-05": "151.28" });
  const posts = (await operationsOf(service)).filter(({ method }) => method === "POST");
  const closed = posts.filter((operation) => operation["x-access"] !== "anyone");
  assert.ok(closed.length >= 6);
  for (const { operationId, parameters = [] } of posts) {
    const takes = parameters.some(({ name }) => name === "Idempotency-Key");
    assert.equal(takes, closed.some((operation) => operation.operationId === operationId), operationId);
  }
  for (const { path, operationId } of closed) {
    const ask = (key: string) => service.admin(path, { method: "POST", headers: { "idempotency-key": key } });
    await assertProblem(await ask("a b"), "malformed-request");
    const first = await seen(await ask(operationId));
    if (first.status < 500) assert.deepEqual(await seen(await ask(operationId)), first, operationId);
  }
});

/** What can be made by one request, and how much of it there is. */
const MAKERS: [path: string, body: unknown, list: string][] = [
  ["/portfolios", PORTFOLIO, "/portfolios"],
  ["/assets", { symbol: "MSFT", name: "Microsoft" }, "/assets?q=MSFT"],
  ["/jobs", { name: "pull-market-day", args: { date: "2021-11-05" } }, "/jobs"],
];

/** A process on this KV that dies before its n-th operation, which is after the one before, and does nothing from then on. */
function dyingOn(kv: Deno.Kv, n: number) {
  let operations = -Infinity;
  const through = async <T>(operation: () => Promise<T>): Promise<T> => {
    operations += 1;
    if (operations < n) return await operation();
    throw new Error("The process was killed");
  };
  const open = async (): Promise<OpenedStore> => {
    const store = await storeThrough(kv, through);
    operations = 0;
    return { kv, store: { ...store, close: () => {} } };
  };
  return { open, operations: () => operations };
}

Deno.test("killed at any moment: the same request to the next process makes one resource, and is answered 201 or 202", async () => {
  for (const [path, body, list] of MAKERS) {
    let survived = false;
    for (let n = 1; !survived; n++) {
      const kv = await Deno.openKv(":memory:");
      const alive = async (): Promise<OpenedStore> => ({
        kv,
        store: { ...await openStore(kv, { shared: false }), close: () => {} },
      });
      {
        await using service = await startService({ open: alive });
        await addAssets(service, "AAPL");
      }
      const dying = dyingOn(kv, n);
      {
        await using service = await startService({ open: dying.open, mayLogErrors: true });
        // What a dying process answers is no part of the contract.
        await post(service, path, body).catch(() => {});
        survived = dying.operations() < n;
      }
      await using service = await startService({ open: alive });
      const answer = await post(service, path, body);
      const name = `${path}, operation ${n}`;
      assert.ok([201, 202].includes(answer.status), `${name}: ${answer.status} ${await answer.clone().text()}`);
      assert.equal((await itemsOf(await service.admin(list))).length, 1, name);
      kv.close();
    }
  }
});

const PAUSE = "/schedules/nightly-pull/pause";
const DECISION = "/market/quarantine/2021-11-05:1:bar:0123456789ab";

/** After its process died of a POST, right after the commit that had an entry of the audit. */
async function withDecided(path: string, look: (service: TestService) => Promise<void>): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  let [isArmed, isDead] = [false, false];
  const through = <T>(operation: () => Promise<T>): Promise<T> =>
    isDead ? Promise.reject(new Error("The process was killed")) : operation();
  const committed = (written: ReadonlyMap<string, unknown>) => {
    isDead ||= isArmed && [...written.keys()].some((key) => key.startsWith('["audit",'));
  };
  {
    const open = async () => ({ kv, store: { ...await storeThrough(kv, through, committed), close: () => {} } });
    await using service = await startService({ open, mayLogErrors: true });
    await addAssets(service, "AAPL");
    await addWaitingBar(service, "2021-11-05");
    isArmed = true;
    await post(service, path, {}).catch(() => {});
    assert.ok(isDead);
  }
  const open = async () => ({ kv, store: { ...await openStore(kv, { shared: false }), close: () => {} } });
  await using service = await startService({ open });
  await look(service);
  kv.close();
}

Deno.test("killed right after its commit: the pause that somebody has ended since is not begun once more", async () => {
  await withDecided(PAUSE, async (service) => {
    const isPaused = async () =>
      (await itemsOf(await service.admin("/schedules"))).some((schedule) => schedule["paused"] !== null);
    assert.equal(await isPaused(), true);
    await bodyOf(await service.admin("/schedules/nightly-pull/resume", { method: "POST" }));
    assert.notEqual((await bodyOf(await post(service, PAUSE, {})))["paused"], null);
    assert.equal(await isPaused(), false);
  });
});

Deno.test("killed right after its commit: a decision on quarantine is there with the answer to it", async () => {
  for (const verb of ["accept", "reject"]) {
    await withDecided(`${DECISION}/${verb}`, async (service) => {
      const [kept] = await Array.fromAsync(service.kv.list<{ state: string }>({ prefix: ["idempotency"] }));
      assert.equal(kept?.value.state, "done", verb);
      const answered = await bodyOf(await post(service, `${DECISION}/${verb}`, {}));
      assert.deepEqual(answered, await bodyOf(await service.admin(DECISION)));
      assert.equal(answered["state"], `${verb}ed`);
    });
  }
});
