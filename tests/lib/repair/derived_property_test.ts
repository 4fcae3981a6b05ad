/** Whatever is derived from something else may be lost or overwritten: it comes back byte for byte. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openStore } from "../../../lib/store/store.ts";
import { contextOf, kvWith } from "../store/harness.ts";
import { contentsOf, openSample, repairAll } from "../verify/harness.ts";
import { fill } from "./harness.ts";

const RUNS = 20;

const isDerived = (key: string): boolean => /^\["(sheets|shards|[a-z_]+_by_[a-z_]+)"/.test(key);

Deno.test("pointers, sheets and records of shards come back, whichever are lost or overwritten", async () => {
  using sample = await openSample();
  const whole = await contentsOf(sample.kv);
  const derived = [...whole.keys()].filter(isDerived);
  const values = derived.map((key) => whole.get(key) ?? "");
  // Lost, of no form at all, or what another one says.
  const instead = fc.oneof(fc.constant(undefined), fc.constant("[null]"), fc.constantFrom(...values));
  const damages = fc.dictionary(fc.constantFrom(...derived), instead, { minKeys: 1, maxKeys: derived.length });
  await fc.assert(
    fc.asyncProperty(damages, async (damaged) => {
      using kv = await Deno.openKv(":memory:");
      const contents = new Map([...whole, ...Object.entries(damaged)]);
      await fill(kv, contents);
      const store = await openStore(kvWith(kv, { close: () => {} }), { shared: false });
      await repairAll(contextOf(store));
      store.close();
      assert.deepEqual(await contentsOf(kv), whole);
    }),
    { numRuns: RUNS },
  );
});
