/** What KV cannot give back, or no program has written so: who asks for it hears of a fault of ours, and all else is answered. */
import assert from "node:assert/strict";
import type { Provider } from "../../lib/market/provider.ts";
import { openStore } from "../../lib/store/store.ts";
import { prepare } from "../../prepare.ts";
import { assertProblem, bodyOf } from "../support/answers.ts";
import { addAsset, addPortfolio, addUser } from "../support/factories.ts";
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

Deno.test("a list with such an entry in it: 500 too, and the entry is named", async () => {
  await using service = await started();
  await spoil(service.kv, ["portfolios_by_visibility", "public", "active", 2]);
  await assertProblem(await service.request("/portfolios"), "internal");
  const named = /\[\\"portfolios_by_visibility\\", \\"public\\", \\"active\\", 2\] cannot be read/;
  assert.match(JSON.stringify(errorsOf(service)[0]), named);
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

Deno.test("the start says which entry keeps it from being made, and what to do", async () => {
  await using service = await started();
  await addUser(service, "usr_root", "administrator");
  await spoil(service.kv, ["users", "usr_root"]);
  const config = { ADMIN_API_KEY: undefined, DEMO_DATA: false };
  const prepared = prepare({ recover: () => Promise.resolve(), ...service }, { config, isShared: false });
  await assert.rejects(prepared, {
    name: "StoreUnusable",
    message: 'Not started: ["users", "usr_root"] cannot be read: could not deserialize value; ' +
      "deno task verify says what to do about it.",
  });
});
