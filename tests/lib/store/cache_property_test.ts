import assert from "node:assert/strict";
import fc from "fast-check";
import { openStore, type Store } from "../../../lib/store/store.ts";
import { delayed } from "./harness.ts";

const KEYS: readonly Deno.KvKey[] = [
  ["series", 1, "2021-01"],
  ["series", 1, "2021-02"],
  ["portfolios", 1],
  ["splits", 1, "2020-08-31"],
  ["splits", 1, "2021-08-31"],
];
const NONE = "";

type Step =
  | { readonly type: "commit"; readonly places: readonly number[] }
  | { readonly type: "get"; readonly place: number }
  | { readonly type: "getMany"; readonly places: readonly number[] }
  | { readonly type: "getAll" };

const place = fc.nat({ max: KEYS.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant("commit" as const), places: fc.uniqueArray(place, { minLength: 1 }) }),
  fc.record({ type: fc.constant("get" as const), place }),
  fc.record({ type: fc.constant("getMany" as const), places: fc.uniqueArray(place, { minLength: 1 }) }),
  fc.constant({ type: "getAll" as const }),
);

/** The newest version of each key whose commit has been answered. */
type Acknowledged = Map<number, string>;

async function take(store: Store, { type, ...step }: Step & Record<string, unknown>, acknowledged: Acknowledged) {
  const places = type === "getAll" ? [3, 4] : "place" in step ? [step.place as number] : step.places as number[];
  const keys = places.map((place) => KEYS[place] ?? []);
  if (type === "commit") {
    const change = store.change();
    for (const key of keys) change.set(key, "written");
    const stamp = await change.commit() ?? NONE;
    for (const place of places) if (stamp > (acknowledged.get(place) ?? NONE)) acknowledged.set(place, stamp);
    return;
  }
  const before = places.map((place) => acknowledged.get(place) ?? NONE);
  const stamps = await read(store, type, keys);
  for (const [i, stamp] of stamps.entries()) {
    assert.ok(stamp >= (before[i] ?? NONE), `${type} of ${keys[i]}: ${stamp} where ${before[i]} was acknowledged`);
  }
}

async function read(store: Store, type: string, keys: readonly Deno.KvKey[]): Promise<string[]> {
  const decode = ({ versionstamp }: { versionstamp: string | null }) => versionstamp ?? NONE;
  if (type === "getMany") return await store.cachedMany(keys, decode);
  if (type === "get") return [await store.cached(keys[0] ?? [], decode)];
  const stamps = await store.cachedAll(
    ["splits", 1],
    (entries) => new Map(entries.map((entry) => [String(entry.key[2]), decode(entry)])),
  );
  return keys.map((key) => stamps.get(String(key[2])) ?? NONE);
}

Deno.test("a read never gives a version older than one that was acknowledged before it began", async () => {
  const scripts = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });
  const maxCachedBytes = fc.constantFrom(1, 200, 100_000);
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), scripts, maxCachedBytes, async (scheduler, scripts, maxCachedBytes) => {
      const kv = await Deno.openKv(":memory:");
      try {
        const opening = openStore(delayed(kv, scheduler), { shared: false, maxCachedBytes });
        const store = await scheduler.waitFor(opening);
        const acknowledged: Acknowledged = new Map();
        const running = scripts.map(async (script) => {
          for (const step of script) await take(store, step, acknowledged);
        });
        await scheduler.waitFor(Promise.all(running));
      } finally {
        kv.close();
      }
    }),
    { numRuns: 200 },
  );
});
