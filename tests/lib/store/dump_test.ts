import assert from "node:assert/strict";
import fc from "fast-check";
import { kvWith, spoil, spoiled } from "./harness.ts";
import { dump, load, NotADump, versionsOf } from "../../../lib/store/dump.ts";
import { StoreUnusable } from "../../../lib/store/kv_file.ts";
import { assertRestored } from "../../../lib/store/restoring.ts";
import { openStore } from "../../../lib/store/store.ts";

async function linesOf(kv: Deno.Kv): Promise<string[]> {
  const lines: string[] = [];
  await dump(kv, (line) => {
    lines.push(line.slice(0, -1));
    return Promise.resolve();
  });
  return lines;
}

async function* from(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const keyPart = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.double({ noNaN: true }),
  fc.bigInt(),
  fc.boolean(),
  fc.uint8Array({ maxLength: 20 }),
);
const leaf = fc.oneof(
  fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
  fc.uint16Array(),
  fc.uint32Array(),
  fc.float64Array(),
);
const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string().filter((name) => name !== "__proto__"), leaf));
const entries = fc.array(fc.tuple(fc.array(keyPart, { minLength: 1, maxLength: 3 }), value), { maxLength: 20 });

Deno.test("whatever a store holds, it is the same after a dump and a load, and so is the next dump", () =>
  fc.assert(
    fc.asyncProperty(entries, async (written) => {
      using kv = await Deno.openKv(":memory:");
      for (const [key, held] of written) await kv.set(key, held);
      const lines = await linesOf(kv);

      using again = await Deno.openKv(":memory:");
      const count = await load(again, from(lines));
      const [before, after] = await Promise.all(
        [kv, again].map((store) => Array.fromAsync(store.list({ prefix: [] }))),
      );
      const plain = (list: Deno.KvEntry<unknown>[] = []) => list.map(({ key, value }) => ({ key, value }));
      assert.deepEqual(plain(after), plain(before));
      assert.equal(count, before?.length);
      assert.deepEqual(await linesOf(again), lines);
    }),
    { numRuns: 50 },
  ));

Deno.test("more than one atomic operation takes", async () => {
  using kv = await Deno.openKv(":memory:");
  for (let i = 0; i < 40; i++) await kv.set(["large", i], new Uint8Array(60_000).fill(i));
  for (let i = 0; i < 1_200; i += 400) {
    const change = kv.atomic();
    for (let k = i; k < i + 400; k++) change.set(["small", k], k);
    await change.commit();
  }
  using again = await Deno.openKv(":memory:");
  assert.equal(await load(again, from(await linesOf(kv))), 1_240);
  assert.deepEqual((await again.get(["large", 39])).value, new Uint8Array(60_000).fill(39));
});

Deno.test("keys and values that take more bytes than their text has characters", async () => {
  using kv = await Deno.openKv(":memory:");
  // 300 bytes a key: the text of 500 is shorter than the 80 KiB of keys that an operation takes are long.
  for (let i = 0; i < 500; i++) await kv.set(["portfolios_by_name", "active", `${"資産".repeat(48)}${i}`, i], i);
  // A character that is not Latin takes two bytes, and so do all others beside it.
  for (let i = 0; i < 20; i++) await kv.set(["texts", i], `資${String(i).repeat(15_000)}`);
  const lines = await linesOf(kv);
  using again = await Deno.openKv(":memory:");
  assert.equal(await load(again, from(lines)), 520);
  assert.deepEqual(await linesOf(again), lines);
});

Deno.test("a load that was cut off leaves what nobody takes for a store, until another has gone through", async () => {
  using kv = await Deno.openKv(":memory:");
  for (let i = 0; i < 1_200; i++) await kv.set(["first", i], i);
  const lines = await linesOf(kv);
  async function* cutOff(): AsyncGenerator<string> {
    yield* lines.slice(0, 1_000);
    throw new Error("killed");
  }
  using again = await Deno.openKv(":memory:");
  await assert.rejects(load(again, cutOff()), /killed/);
  assert.equal((await again.get(["first", 0])).value, 0);
  await assert.rejects(
    openStore(again, { shared: false }),
    (error: Error) => error instanceof StoreUnusable && /half of a back-up/.test(error.message),
  );
  await assert.rejects(assertRestored(again), StoreUnusable);

  using other = await Deno.openKv(":memory:");
  await other.set(["second"], 2);
  assert.equal(await load(again, from(await linesOf(other))), 1);
  assert.deepEqual(await Array.fromAsync(again.list({ prefix: [] }), ({ key }) => key), [["second"]]);
  await assertRestored(again);
});

Deno.test("of two loads of one store the one that began last goes through, and the other ends", async () => {
  using one = await Deno.openKv(":memory:");
  using other = await Deno.openKv(":memory:");
  using kv = await Deno.openKv(":memory:");
  for (let i = 0; i < 1_200; i++) await one.set(["first", i], i);
  await other.set(["second"], 2);
  const [lines, others] = [await linesOf(one), await linesOf(other)];
  async function* overtaken(): AsyncGenerator<string> {
    yield* lines.slice(0, 1_000);
    assert.equal(await load(kv, from(others)), 1);
    yield* lines.slice(1_000);
  }
  await assert.rejects(load(kv, overtaken()), /another restore/);
  assert.deepEqual(await linesOf(kv), others);
  await assertRestored(kv);
});

/** Whose operations are all sent again, since their answers were lost, as a KV server's client does; `between` comes first. */
const sentAgain = (kv: Deno.Kv, between: () => Promise<unknown> = () => Promise.resolve()): Deno.Kv =>
  kvWith(kv, {
    atomic() {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = async () => {
        await commit();
        await between();
        return await commit();
      };
      return operation;
    },
  });

Deno.test("what is sent again because its answer was lost is done once, and ends well", async () => {
  using one = await Deno.openKv(":memory:");
  using kv = await Deno.openKv(":memory:");
  for (let i = 0; i < 1_200; i++) await one.set(["first", i], i);
  const lines = await linesOf(one);
  assert.equal(await load(sentAgain(kv), from(lines)), 1_200);
  assert.deepEqual(await linesOf(kv), lines);
  await assertRestored(kv);
  // A service may have begun by then.
  const written = async () => {
    if ((await kv.get(["restoring"])).versionstamp === null) await kv.set(["first", 0], "written");
  };
  assert.equal(await load(sentAgain(kv, written), from(lines)), 1_200);
  assert.equal((await kv.get(["first", 0])).value, "written");
});

for (const { name, isWhole } of [{ name: "goes on", isWhole: false }, { name: "has ended", isWhole: true }]) {
  Deno.test(`an end that is sent again tells that another load ${name}`, async () => {
    using one = await Deno.openKv(":memory:");
    using kv = await Deno.openKv(":memory:");
    for (let i = 0; i < 1_200; i++) await one.set(["first", i], i);
    const lines = await linesOf(one);
    async function* others() {
      yield* lines.slice(0, 1_000);
      if (!isWhole) throw new Error("killed");
      yield* lines.slice(1_000);
    }
    let isOver = false;
    const begun = async () => {
      if (isOver || (await kv.get(["restoring"])).versionstamp !== null) return;
      isOver = true;
      await load(kv, others()).catch(() => {});
    };
    await assert.rejects(load(sentAgain(kv, begun), from(lines)), /another restore/);
    assert.ok(isOver);
  });
}

Deno.test("what cannot be read is left out and named, and all else is there", async () => {
  using kv = await Deno.openKv(":memory:");
  for (const no of [1, 2, 3]) await kv.set(["assets", no], { no });
  await spoil(kv, ["assets", 2]);
  const lines: string[] = [];
  const { leftOut } = await dump(spoiled(kv), (line) => Promise.resolve(void lines.push(line.trimEnd())));
  assert.deepEqual(leftOut, [["assets", 2]]);
  using again = await Deno.openKv(":memory:");
  assert.equal(await load(again, from(lines)), 2);
  assert.deepEqual(await Array.fromAsync(again.list({ prefix: [] }), ({ key }) => key), [["assets", 1], ["assets", 3]]);
});

Deno.test("a write between two readings is seen by their versions", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(["a"], 1);
  await kv.set(["workers", "w"], { seen_at: "2024-03-09T10:01:00.000Z" });
  const { versions } = await dump(kv, () => Promise.resolve());
  assert.equal(await versionsOf(kv), versions);
  await kv.set(["workers", "w"], { seen_at: "2024-03-09T10:02:00.000Z" });
  assert.equal(await versionsOf(kv), versions, "a process has shown that it lives");
  await kv.set(["a"], 1);
  assert.notEqual(await versionsOf(kv), versions);
});

for (
  const { name, change, says } of [
    { name: "cut off", change: (lines: string[]) => lines.slice(0, -1), says: /cut off: 3 entries/ },
    { name: "a line is missing", change: (lines: string[]) => lines.toSpliced(2, 1), says: /cut off: 2 entries/ },
    { name: "no header", change: (lines: string[]) => lines.slice(1), says: /line 1: this is no dump/ },
    { name: "a line is none", change: (lines: string[]) => lines.with(2, "rubbish"), says: /line 3: no entry/ },
    { name: "a line is half", change: (lines: string[]) => lines.with(2, "[[1],["), says: /line 3: no entry/ },
    { name: "an empty line", change: (lines: string[]) => lines.with(2, ""), says: /line 3: no entry/ },
    { name: "more after the end", change: (lines: string[]) => [...lines, "[]"], says: /line 6: there is more/ },
    { name: "nothing", change: () => [], says: /cut off: 0 entries/ },
  ]
) {
  Deno.test(`a text that is no dump is refused: ${name}`, async () => {
    using kv = await Deno.openKv(":memory:");
    for (const key of ["a", "b", "c"]) await kv.set([key], key);
    using again = await Deno.openKv(":memory:");
    const loading = load(again, from(change(await linesOf(kv))));
    await assert.rejects(loading, (error: Error) => error instanceof NotADump && says.test(error.message));
  });
}
