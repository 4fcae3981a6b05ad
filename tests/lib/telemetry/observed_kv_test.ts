import assert from "node:assert/strict";
import { openStore } from "../../../lib/store/store.ts";
import { observedKv } from "../../../lib/telemetry/observed_kv.ts";

Deno.test("a listing is told once, when it ends, also where its reader breaks it off", async () => {
  const failed: boolean[] = [];
  const kv = observedKv(await Deno.openKv(":memory:"), {
    observe: (_operation, run) => run(),
    monotonicMs: () => 0,
    listed: (_durationMs, isFailed) => void failed.push(isFailed),
  });
  const store = await openStore(kv, { shared: false });
  for (const n of [1, 2, 3]) await store.change().set(["things", n], n).commit();
  failed.length = 0;
  for await (const { value } of store.list({ prefix: ["things"] })) if (value === 2) break;
  assert.deepEqual(failed, [false]);
  assert.equal((await Array.fromAsync(store.list({ prefix: ["things"] }))).length, 3);
  assert.deepEqual(failed, [false, false]);
  store.close();
});
