import assert from "node:assert/strict";
import { encodeSheet } from "../../lib/history/sheet.ts";
import { writeBars } from "../../lib/history/write.ts";
import { lockKvFile } from "../../lib/store/kv_file.ts";
import { openStore } from "../../lib/store/store.ts";
import { assetBar } from "../lib/history/harness.ts";
import { asset, contextOf } from "../lib/store/harness.ts";
import { damage } from "./damage.ts";
import { type Ended, runTask } from "./task.ts";

const verifyTask = (
  folder: string,
  kvUrl: string,
  env: Record<string, string> = {},
  args: string[] = [],
): Promise<Ended> => runTask("verify", { folder, args, env: { KV_URL: kvUrl, ...env } });

const FAULTS = [
  '["assets_by_symbol", "A1"] is missing: ["assets", 1] has it',
  '["sheets", "2021-01-05", 0] differs from the series: asset 1 closed at 3 here, at 2 there',
];

async function corruptTwice(kv: Deno.Kv): Promise<void> {
  await kv.delete(["assets_by_symbol", "A1"]);
  await kv.set(["sheets", "2021-01-05", 0], encodeSheet(new Map([[1, 3]])));
}

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
        ...FAULTS,
        "deno task verify --repair repairs 2 of them",
      ]);
      assert.match(out.at(-1) ?? "", /faults: 2$/);
    },
    corruptTwice,
  ));

const REPAIRED = FAULTS.map((fault) => `repaired: ${fault}`);

Deno.test("--repair: status 0 where nothing is left, and the store as it was stays beside it", () =>
  withFile(
    async (folder, path) => {
      const { status, out, err } = await verifyTask(folder, path, {}, ["--repair"]);
      assert.deepEqual([status, err, out.slice(0, 2)], [0, "", REPAIRED]);
      const kept = /^What was there is (\S+)$/.exec(out[2] ?? "")?.[1] ?? "";
      assert.match(out[3] ?? "", /store\.kv: looked at .* in [\d.]+ s; repaired: 2; faults: 0$/);
      assert.equal(((await Deno.stat(kept)).mode ?? 0) & 0o777, 0o600);

      const again = await verifyTask(folder, path, {}, ["--repair"]);
      assert.deepEqual([again.status, again.out.length], [0, 1]);
      assert.match(again.out[0] ?? "", /repaired: 0; faults: 0$/);
      const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assert.equal(names.filter((name) => name.includes(".before-")).length, 1, names.join());
      assert.deepEqual((await verifyTask(folder, kept)).out.slice(0, 2), FAULTS);
    },
    corruptTwice,
  ));

Deno.test("--repair: status 1 where something is left for people, with what to do", () =>
  withFile(
    async (folder, path) => {
      const { status, out, err } = await verifyTask(folder, path, {}, ["--repair"]);
      assert.deepEqual([status, err], [1, ""]);
      assert.deepEqual(out.slice(0, 4), [
        ...REPAIRED,
        '["splits", 1, "2021-01-04"] is of 2021-01-06',
        '["splits", 1, "2021-01-05"] is of 2021-01-06',
      ]);
      assert.match(
        out[4] ?? "",
        /^To do about \["splits", 1, "2021-01-04"\] and 1 like it: write the store as text \(deno task backup FILE\.ndjson\), correct its line there/,
      );
      assert.match(out.at(-1) ?? "", /repaired: 2; faults: 2$/);
    },
    async (kv) => {
      await corruptTwice(kv);
      const split = { v: 1, executionDate: "2021-01-06", splitFrom: "1", splitTo: "2", source: "test", recordedAt: "" };
      for (const day of ["2021-01-04", "2021-01-05"]) await kv.set(["splits", 1, day], split);
    },
  ));

Deno.test("--repair while the store is in use: status 2, and nothing is touched", () =>
  withFile(
    async (folder, path) => {
      using _server = await lockKvFile(path);
      const before = await Deno.readFile(path);
      const { status, err } = await verifyTask(folder, path, {}, ["--repair"]);
      assert.equal(status, 2);
      assert.match(err, /is in use by another process; stop that one first/);
      assert.deepEqual(await Deno.readFile(path), before);
    },
    corruptTwice,
  ));

for (const args of [[], ["--repair"]]) {
  Deno.test(`a damaged file: status 1, and what to do, ${args.join() || "looked at"}`, () =>
    withFile(async (folder, path) => {
      await damage(path);
      const before = await Deno.readFile(path);
      const { status, out, err } = await verifyTask(folder, path, {}, args);
      assert.deepEqual([status, err], [1, ""]);
      assert.match(out.join("\n"), /^\S+store\.kv is damaged: .*\nTo do about it: .* restore a back-up/);
      assert.deepEqual(await Deno.readFile(path), before);
    }));
}

Deno.test("called wrongly: status 2, and how it is called", () =>
  withFile(async (folder, path) => {
    const { status, err } = await verifyTask(folder, path, {}, ["--fix"]);
    assert.deepEqual([status, err], [2, "Usage: deno task verify [--repair]"]);
  }));

Deno.test("more faults than anybody reads: the first thousand, and how many more", () =>
  withFile(
    async (folder, path) => {
      const { status, out } = await verifyTask(folder, path);
      assert.deepEqual([status, out.length, out[1_000]], [1, 1_003, "... and 20 more"]);
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
