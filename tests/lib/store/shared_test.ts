import assert from "node:assert/strict";
import { openStore, type Store } from "../../../lib/store/store.ts";
import { turn } from "../../support/clock.ts";
import { kvWith } from "./harness.ts";

const KEY = ["series", 1, "2021-01"];
const MAX_TURNS = 10_000;

/** Two processes on one KV; the second one's watch can be kept from telling it anything. */
async function withTwo(
  test: (writer: Store, reader: Store) => Promise<void>,
  watchOf: (kv: Deno.Kv) => Deno.Kv["watch"] = (kv) => kv.watch.bind(kv),
): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  const writer = await openStore(kv, { shared: false });
  const reader = await openStore(kvWith(kv, { watch: watchOf(kv), close: () => {} }), { shared: true });
  try {
    await test(writer, reader);
  } finally {
    reader.close();
    writer.close();
    await turn();
  }
}

const valueIn = (store: Store) => store.cached(KEY, ({ value }) => value);

async function follows(reader: Store, version: string | undefined): Promise<void> {
  for (let turns = 0; reader.version("market") !== version; turns++) {
    assert.ok(turns < MAX_TURNS, `the reader has not heard of ${version}`);
    await turn();
  }
}

Deno.test("a process follows what another one writes: its version, and what it has kept", () =>
  withTwo(async (writer, reader) => {
    assert.equal(await valueIn(reader), null);
    for (const value of ["first", "second"]) {
      await follows(reader, await writer.change().set(KEY, value).commit());
      assert.equal(await valueIn(reader), value);
    }
  }));

Deno.test("another process's write to one family leaves the others' version", () =>
  withTwo(async (writer, reader) => {
    const portfolios = reader.version("portfolios");
    await follows(reader, await writer.change().set(KEY, 1).commit());
    assert.equal(reader.version("portfolios"), portfolios);
  }));

Deno.test("a version of one's own never stands for less than what others wrote before it", () =>
  withTwo(
    async (writer, reader) => {
      assert.equal(await valueIn(reader), null);
      await writer.change().set(KEY, "unheard of").commit();
      const own = await reader.change().set(["series", 2, "2021-01"], "own").commit();
      assert.equal(reader.version("market"), own);
      assert.equal(await valueIn(reader), "unheard of");
    },
    () => () => new ReadableStream({ start: () => {} }),
  ));

Deno.test("a process that hears nothing of its watch looks for itself", () =>
  withTwo(
    async (writer, reader) => {
      assert.equal(await valueIn(reader), null);
      const version = await writer.change().set(KEY, "unheard of").commit();
      while (reader.version("market") !== version) await turn();
      assert.equal(await valueIn(reader), "unheard of");
    },
    () => () => new ReadableStream({ start: () => {} }),
  ));
