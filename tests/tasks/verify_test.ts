import assert from "node:assert/strict";
import { encodeSheet } from "../../lib/history/sheet.ts";
import { writeBars } from "../../lib/history/write.ts";
import { lockKvFile } from "../../lib/store/kv_file.ts";
import { openStore } from "../../lib/store/store.ts";
import { assetBar } from "../lib/history/harness.ts";
import { asset, contextOf } from "../lib/store/harness.ts";
import { type Ended, runTask } from "./task.ts";

const verifyTask = (folder: string, kvUrl: string, env: Record<string, string> = {}): Promise<Ended> =>
  runTask("verify", { folder, env: { KV_URL: kvUrl, ...env } });

/** A folder with a store of one asset and two bars, changed by hand afterwards. */
async function withFile(
  test: (folder: string, path: string) => Promise<void>,
  corrupt: (kv: Deno.Kv) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/store.kv`;
    const kv = await Deno.openKv(path);
    const store = await openStore(kv, { shared: false });
    const ctx = contextOf(store);
    await ctx.assets.insert(store.change().set(["sequences", "assets"], 1), asset(1)).commit();
    await writeBars(ctx, [assetBar(1, "2021-01-04", 1), assetBar(1, "2021-01-05", 2)]);
    await corrupt(kv);
    store.close();
    await test(folder, path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a store that agrees with itself: status 0, and what was looked at", () =>
  withFile(async (folder, path) => {
    const { status, out, err } = await verifyTask(folder, path);
    assert.deepEqual([status, err], [0, ""]);
    assert.equal(out.length, 1);
    assert.match(
      out[0] ?? "",
      /store\.kv: looked at 1 assets, 4 index entries, 1 blocks, 2 bars in [\d.]+ s; faults: 0$/,
    );
  }));

Deno.test("faults: status 1, each in a line, and how many there are", () =>
  withFile(
    async (folder, path) => {
      const { status, out, err } = await verifyTask(folder, path);
      assert.deepEqual([status, err], [1, ""]);
      assert.deepEqual(out.slice(0, -1), [
        '["assets_by_symbol", "A1"] is missing: ["assets", 1] has it',
        '["sheets", "2021-01-05", 0] differs from the series: asset 1 closed at 3 here, at 2 there',
      ]);
      assert.match(out.at(-1) ?? "", /faults: 2$/);
    },
    async (kv) => {
      await kv.delete(["assets_by_symbol", "A1"]);
      await kv.set(["sheets", "2021-01-05", 0], encodeSheet(new Map([[1, 3]])));
    },
  ));

Deno.test("more faults than anybody reads: the first thousand, and how many more", () =>
  withFile(
    async (folder, path) => {
      const { status, out } = await verifyTask(folder, path);
      assert.deepEqual([status, out.length, out[1_000]], [1, 1_002, "... and 20 more"]);
      assert.match(out.at(-1) ?? "", /faults: 1020$/);
    },
    async (kv) => {
      for (let i = 0; i < 1_020; i += 510) {
        const change = kv.atomic();
        for (let k = i; k < i + 510; k++) change.set(["unknown", k], true);
        await change.commit();
      }
    },
  ));

Deno.test("while the store is in use: status 2, and what to do", () =>
  withFile(async (folder, path) => {
    using _server = await lockKvFile(path);
    const { status, out, err } = await verifyTask(folder, path);
    assert.deepEqual([status, out], [2, [""]]);
    assert.match(err, /could not be verified: .*store\.kv is in use by another process; stop that one first/);
  }));

Deno.test("a store that is not there: status 2, and none is made", () =>
  withFile(async (folder) => {
    const { status, err } = await verifyTask(folder, `${folder}/other.kv`);
    assert.equal(status, 2);
    assert.match(err, /could not be verified: .*other\.kv/);
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).filter((name) => /other/.test(name)),
      [],
    );
  }));

Deno.test("a configuration that cannot be used: status 2, and what would be right", () =>
  withFile(async (folder, path) => {
    const { status, err } = await verifyTask(folder, path, { PULL_AT: "3am" });
    assert.equal(status, 2);
    assert.match(err, /PULL_AT is "3am"/);
  }));
