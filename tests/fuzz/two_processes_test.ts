/** Whatever two processes do at once, however they come between one another: the store agrees with itself, and nothing breaks. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Context } from "../../lib/context.ts";
import { Problem } from "../../lib/problem.ts";
import { faultsIn } from "../lib/history/harness.ts";
import { processOn } from "../lib/meanwhile.ts";
import { runs } from "./runs.ts";
import { prepare, type Verb, VERBS } from "./verbs.ts";

/** Most take some twenty operations; whatever comes after the last one comes afterwards. */
const MAX_OPERATIONS = 60;

/** A store that was prepared, as often as it is wanted. */
async function prepared(): Promise<() => Promise<Deno.Kv>> {
  using kv = await Deno.openKv(":memory:");
  await prepare(await processOn(kv));
  const entries = await Array.fromAsync(kv.list({ prefix: [] }));
  return async () => {
    const copy = await Deno.openKv(":memory:");
    const operation = copy.atomic();
    for (const { key, value } of entries) operation.set(key, value);
    await operation.commit();
    return copy;
  };
}

/** Refused, where the other was faster. */
async function unlessRefused(verb: Verb, ctx: Context): Promise<void> {
  await verb(ctx).catch((error) => assert.ok(error instanceof Problem, error));
}

const verb = fc.constantFrom(...Object.keys(VERBS));

Deno.test("two processes at once, one between any two operations of the other", async () => {
  const fresh = await prepared();
  await fc.assert(
    fc.asyncProperty(verb, verb, fc.integer({ min: 1, max: MAX_OPERATIONS }), async (first, second, n) => {
      using kv = await fresh();
      const [act, meanwhile] = [VERBS[first], VERBS[second]];
      assert.ok(act && meanwhile);
      const other = await processOn(kv);
      let left = n;
      const process = await processOn(kv, async () => {
        if (--left === 0) await unlessRefused(meanwhile, other);
      });
      await unlessRefused(act, process);
      const after = await processOn(kv);
      assert.deepEqual(await faultsIn(after), []);
      assert.ok((await after.users.idsUnder("role", ["administrator"])).length > 0, "no administrator is left");
    }),
    runs(60),
  );
});
