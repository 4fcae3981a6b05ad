/** Whatever two processes do at once, however they come between one another: the store agrees with itself, and nothing breaks. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Context } from "../../lib/context.ts";
import { Problem } from "../../lib/problem.ts";
import { faultsIn } from "../lib/history/harness.ts";
import { processOn } from "../lib/meanwhile.ts";
import { runs } from "./runs.ts";
import { AREAS, prepare, type Verb, VERBS } from "./verbs.ts";

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

const pairOf = (verbs: readonly string[]) => fc.tuple(fc.constantFrom(...verbs), fc.constantFrom(...verbs));
const pair = fc.oneof(...AREAS.map(pairOf), pairOf(Object.keys(VERBS)));

const operationsOf = new Map<string, number>();

/** How many operations it takes where nobody comes between. */
async function countOperations(name: string, act: Verb, kv: Deno.Kv): Promise<number> {
  let operations = operationsOf.get(name) ?? 0;
  if (operations > 0) return operations;
  const process = await processOn(kv, () => Promise.resolve(void (operations += 1)));
  await unlessRefused(act, process);
  operationsOf.set(name, operations);
  return operations;
}

Deno.test("two processes at once, one between any two operations of the other", async () => {
  const fresh = await prepared();
  await fc.assert(
    fc.asyncProperty(pair, fc.nat(), async ([first, second], place) => {
      const [act, meanwhile] = [VERBS[first], VERBS[second]];
      assert.ok(act && meanwhile);
      using alone = await fresh();
      let left = 1 + place % await countOperations(first, act, alone);
      using kv = await fresh();
      const other = await processOn(kv);
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
