/** What KV cannot give back, or no program has written so: who asks for it hears of a fault of ours, and all else is answered. */
import assert from "node:assert/strict";
import { finishErasures, promiseErasure } from "../../lib/history/erase.ts";
import { finishDepartures } from "../../lib/identity/departure.ts";
import { enqueueJob } from "../../lib/jobs/enqueue.ts";
import { getJob } from "../../lib/jobs/ledger.ts";
import { queueStatus } from "../../lib/jobs/queue_status.ts";
import type { Provider } from "../../lib/market/provider.ts";
import { openStore } from "../../lib/store/store.ts";
import { prepare } from "../../prepare.ts";
import { assertProblem, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import {
  addAsset,
  addCloses,
  addForeignPortfolio,
  addPortfolio,
  addUser,
  addWaitingBar,
} from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";
import { spoil, spoiled } from "../lib/store/harness.ts";

async function started(): Promise<TestService> {
  const kv = await Deno.openKv(":memory:");
  const open = async () => ({ kv, store: await openStore(spoiled(kv), { shared: false, answerMs: Infinity }) });
  const service = await startService({ open, mayLogErrors: true });
  await addAsset(service, { symbol: "AAA" });
  for (const name of ["One", "Two"]) await addPortfolio(service, { AAA: "1" }, { name, visibility: "public" });
  return service;
}

const errorsOf = ({ logged }: TestService) => logged.filter(({ level }) => level === "error");

Deno.test("500 for what cannot be read, not 503: the log names the entry and what to do, and waiting is not advised", async () => {
  for (const damage of [spoil, (kv: Deno.Kv, key: Deno.KvKey) => kv.set(key, { v: 9 })]) {
    await using service = await started();
    await damage(service.kv, ["portfolios", 1]);
    const answer = await service.request("/portfolios/1");
    assert.equal(answer.headers.get("retry-after"), null);
    const { detail } = await assertProblem(answer, "internal");
    assert.equal(detail, "Something that is stored for this cannot be read; the log says what");
    const [logged, ...more] = errorsOf(service);
    assert.deepEqual(more, []);
    assert.match(
      JSON.stringify(logged),
      /\[\\"portfolios\\", 1\] cannot be read: [^;]+(; this program reads 1)?; deno task verify says what to do about it/,
    );
    assert.equal((await service.request("/portfolios/2")).status, 200);
    assert.deepEqual(await bodyOf(await service.request("/readyz")), { status: "ok" });
    await assertProblem(await service.admin("/portfolios/1", { method: "DELETE" }), "internal");
  }
});

Deno.test("a list with such an entry in it: 500 too, and the entry is named; also where it alone says what it points at", async () => {
  const lists: readonly [Deno.KvKey, string][] = [[["portfolios", 2], "/portfolios"], [
    ["assets_by_symbol", "AAA"],
    "/assets",
  ]];
  for (const [key, list] of lists) {
    await using service = await started();
    await spoil(service.kv, key);
    await assertProblem(await service.request(list), "internal");
    const named = `${key.map((part) => JSON.stringify(part)).join(", ")}] cannot be read`;
    assert.ok(String((errorsOf(service)[0]?.["error"] as Json)["message"]).includes(named), named);
  }
});

Deno.test("a list goes on past a pointer whose key says all that it said, page by page", async () => {
  await using service = await started();
  for (const id of [1, 2]) await spoil(service.kv, ["portfolios_by_visibility", "public", "active", id]);
  const first = await bodyOf<{ items: Json[]; next_cursor: string }>(await service.request("/portfolios?limit=1"));
  const cursor = encodeURIComponent(first.next_cursor);
  const second = await itemsOf(await service.request(`/portfolios?limit=1&cursor=${cursor}`));
  assert.deepEqual([...first.items, ...second].map(({ id }) => id), [1, 2]);
});

Deno.test("the inspector shows what stands beside it, and that it cannot be read", async () => {
  await using service = await started();
  await spoil(service.kv, ["portfolios", 1]);
  for (const prefix of [["portfolios"], ["portfolios", 1]]) {
    const asked = new URLSearchParams({ prefix: JSON.stringify(prefix) });
    const [spoiled] = await itemsOf(await service.admin(`/inspector/entries?${asked}`));
    assert.deepEqual([spoiled?.["key"], spoiled?.["value"]], [["portfolios", 1], {
      unreadable: "could not deserialize value",
    }]);
  }
  await spoil(service.kv, ["aaa"]);
  const { items } = await bodyOf<{ items: string[] }>(await service.admin("/inspector/families"));
  assert.deepEqual(items.slice(0, 2), ["aaa", "assets"]);
});

Deno.test("what is known of the provider cannot be read: ready, and degraded; the metrics say that the store is up", async () => {
  const kv = await Deno.openKv(":memory:");
  await spoil(kv, ["provider_states", "test"]);
  const open = async () => ({ kv, store: await openStore(spoiled(kv), { shared: false, answerMs: Infinity }) });
  const provider = { name: "test", callsPerMinute: 5, keyDigest: "x" } as unknown as Provider;
  await using service = await startService({ open, provider });
  assert.deepEqual(await bodyOf(await service.request("/readyz")), {
    status: "degraded",
    reasons: [{ code: "store_unreadable_entry", detail: "What is known of the provider cannot be read" }],
  });
  const metrics = await (await service.admin("/metrics")).text();
  assert.match(metrics, /^foliolens_store_up 1$/m);
  assert.doesNotMatch(metrics, /^foliolens_workers /m);
});

Deno.test("the start goes on past what cannot be read, and the log says what it has left undone", async () => {
  await using service = await started();
  const { kv, services } = service;
  await addUser(service, "usr_root", "administrator");
  const keys: Deno.KvKey[] = [
    ...[["fixtures", "demo"], ["pacing", "polygon"], ["users", "usr_root"]],
    ...[["jobs_by_state", "running", 1, "nothing:1"], ["portfolios", 1], ["erasures", 9], [
      "users_by_leaving",
      "usr_9",
    ]],
  ];
  for (const key of keys) await spoil(kv, key);
  const recover = () => finishErasures(services).then(() => finishDepartures(services));
  const config = { ADMIN_API_KEY: undefined, DEMO_DATA: true };
  const prepared = await prepare({ services, recover }, { config, isShared: false });
  assert.deepEqual(prepared, { isDemoThere: false, setUp: undefined });
  const named = JSON.stringify(errorsOf(service));
  for (const [first] of keys.slice(0, 3)) {
    assert.match(named, new RegExp(`\\[\\\\"${String(first)}\\\\".*deno task verify says`));
  }
  assert.equal((await kv.get(["erasures", 9])).versionstamp, null);
});

Deno.test("an asset goes, but for what cannot be read of it; the promise stands until that is mended", async () => {
  await using service = await started();
  const { kv, services } = service;
  await addAsset(service, { symbol: "BBB" });
  await addCloses(service, "BBB", { "2021-11-04": "1", "2021-11-05": "2" });
  const [waits, decided] = await Promise.all(
    ["2021-11-04", "2021-11-05"].map((date) => addWaitingBar(service, date, 2)),
  );
  for await (const { key } of kv.list({ prefix: ["series", 2] })) await spoil(kv, key);
  await spoil(kv, ["quarantine", String(waits)]);
  await spoil(kv, ["quarantine_by_asset", 2, String(decided)]);
  assert.equal((await service.admin("/assets/BBB", { method: "DELETE" })).status, 204);
  assert.equal((await kv.get(["quarantine", String(decided)])).versionstamp, null);
  assert.deepEqual(await Array.fromAsync(kv.list({ prefix: ["series", 2] })), []);
  await finishErasures(services);
  assert.match(JSON.stringify(errorsOf(service)), /\[\\"quarantine\\", [^;]*; deno task verify says/);
  assert.notEqual((await kv.get(["erasures", 2])).versionstamp, null);
  await kv.delete(["quarantine", String(waits)]);
  await finishErasures(services);
  assert.equal((await kv.get(["erasures", 2])).versionstamp, null);
});

Deno.test("a shard that cannot be read stays as it is where an asset of it goes", async () => {
  await using service = await started();
  await addCloses(service, "AAA", { "2021-11-04": "1" });
  await addAsset(service, { symbol: "BBB" });
  await addCloses(service, "BBB", { "2021-11-04": "1" });
  await spoil(service.kv, ["shards", 0]);
  const spoiledShard = await service.kv.get(["shards", 0]);
  await promiseErasure(service.store.change(), 2).commit();
  await service.kv.delete(["assets", 2]);
  await finishErasures(service.services);
  assert.deepEqual(await service.kv.get(["shards", 0]), spoiledShard);
  assert.deepEqual(await Array.fromAsync(service.kv.list({ prefix: ["series", 2] })), []);
});

Deno.test("a user goes, but for what cannot be read of theirs; they are let in no more, and stay until that is mended", async () => {
  await using service = await started();
  const { kv, services } = service;
  await addForeignPortfolio(service, { name: "Lost" });
  const gone = await addForeignPortfolio(service, { name: "Gone" });
  await spoil(kv, ["portfolios", gone - 1]);
  await spoil(kv, ["portfolios_by_owner", "usr_other", "active", gone]);
  assert.equal((await service.admin("/users/usr_other", { method: "DELETE" })).status, 204);
  assert.equal((await kv.get(["portfolios", gone])).versionstamp, null);
  await finishDepartures(services);
  assert.match(JSON.stringify(errorsOf(service)), new RegExp(`"portfolios\\\\", ${gone - 1}\\] cannot be read`));
  assert.notEqual((await services.users.getFresh("usr_other"))?.value.leavingSince, null);
  await kv.delete(["portfolios", gone - 1]);
  await finishDepartures(services);
  assert.equal(await services.users.getFresh("usr_other"), undefined);
});

Deno.test("jobs run although a pointer says nothing any more: its key is what counts", async () => {
  await using service = await started();
  const { kv, services, worker } = service;
  const { id } = await enqueueJob(services, { name: "clean-up", args: {} });
  for await (const { key } of kv.list({ prefix: ["jobs_by_due"] })) await spoil(kv, key);
  assert.equal((await queueStatus(services)).due, 1);
  await worker.runDue();
  assert.equal((await getJob(services, id)).state, "succeeded");
});

Deno.test("portfolios are valued although a pointer to a row that waits says nothing any more", async () => {
  await using service = await started();
  await addCloses(service, "AAA", { "2021-11-04": "1" });
  const id = await addWaitingBar(service, "2021-11-05");
  await spoil(service.kv, ["quarantine_by_waiting", "bar", 1, id]);
  for (const path of ["/portfolios/1", "/market/status"]) {
    assert.equal((await service.admin(path)).status, 200, path);
  }
});

Deno.test("history of a form that this program does not know: 500, and the log names the entry", async () => {
  const paths: readonly [first: string, path: string][] = [
    ["shards", "/assets/AAA/historic-values"],
    ["series", "/assets/AAA/historic-values"],
    ["series", "/portfolios/1/valuations?from=2021-11-05"],
    ["splits", "/assets/AAA/splits"],
    ["superseded_splits", "/assets/AAA/splits/corrections"],
    ["superseded_splits", "/portfolios/1/valuations?from=2021-11-05&known_at=2021-11-04T00:00:00Z"],
  ];
  for (const [first, path] of paths) {
    await using service = await started();
    await addCloses(service, "AAA", { "2021-11-04": "1", "2021-11-05": "2" });
    const change = service.store.change();
    if (first.endsWith("splits")) change.set([first, 1, "2021-11-05T00:00:00.000Z", "2021-11-05"], { v: 9 });
    for await (const { key } of service.kv.list({ prefix: [first] })) change.set(key, { v: 9 });
    await change.commit();
    await assertProblem(await service.request(path), "internal");
    assert.match(JSON.stringify(errorsOf(service)), new RegExp(`\\[\\\\"${first}\\\\", [^;]*cannot be read`), path);
  }
});
