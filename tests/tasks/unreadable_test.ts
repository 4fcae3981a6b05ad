/** From an entry whose bytes are wrong on the disk back to a store that agrees with itself, by what the tasks say. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { writeBars } from "../../lib/history/write.ts";
import { openStore } from "../../lib/store/store.ts";
import { assetBar } from "../lib/history/harness.ts";
import { asset, contextOf, portfolio } from "../lib/store/harness.ts";
import { runTask } from "./task.ts";

/** Has no value of these first key parts say anything any more. */
function corrupt(path: string, ...firsts: string[]): void {
  using db = new DatabaseSync(path);
  const spoiling = db.prepare("UPDATE kv SET v = x'00' WHERE hex(k) LIKE ?");
  for (const first of firsts) spoiling.run(`02${new TextEncoder().encode(first).toHex()}00%`);
}

/** As somebody removes it by hand: with the number in the last line lowered by one. */
const withoutLine = (text: string, first: string): string =>
  text.split("\n").filter((line) => !line.includes(`"${first}"`)).join("\n")
    .replace(/"entries":(\d+)/, (_, entries) => `"entries":${Number(entries) - 1}`);

Deno.test("what is derived is repaired in its place; the rest is left out of a text, from which the store is restored", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [path, text] = [`${folder}/store.kv`, `${folder}/store.ndjson`];
    const store = await openStore(await Deno.openKv(path), { shared: false });
    const ctx = contextOf(store);
    const change = store.change().set(["sequences", "assets"], 1).set(["sequences", "portfolios"], 1);
    ctx.assets.insert(change, asset(1));
    await ctx.portfolios.insert(change, portfolio(1, { investments: [{ assetNo: 1, amount: "1" }] })).commit();
    await writeBars(ctx, [assetBar(1, "2021-01-04", 1)]);
    store.close();
    corrupt(path, "sheets", "shards", "assets_by_symbol", "portfolios");
    const kv = await Deno.openKv(path);
    await kv.set(["splits", 1, "2021-01-04"], { v: 9 });
    kv.close();
    const run = (name: string, ...args: string[]) => runTask(name, { folder, args, env: { KV_URL: path } });

    const repaired = await run("verify", "--repair");
    assert.deepEqual([repaired.status, repaired.err], [1, ""]);
    assert.deepEqual(repaired.out.filter((line) => line.startsWith("repaired:")).map((line) => line.split("]")[0]), [
      'repaired: ["assets_by_symbol", "A1"',
      'repaired: ["shards", 0',
      'repaired: ["sheets", "2021-01-04", 0',
    ]);
    const lost = '["portfolios", 1]';
    assert.ok(repaired.out.includes(`${lost} cannot be read: could not deserialize value`), repaired.out.join("\n"));
    assert.ok(
      repaired.out.some((line) => line.startsWith(`To do about ${lost} and 1 like it: write the store as text`)),
    );

    const written = await run("backup", text);
    assert.deepEqual([written.status, written.err], [1, `Left out, since it cannot be read: ${lost}`]);
    await Deno.writeTextFile(text, withoutLine(await Deno.readTextFile(text), "splits"));
    const restored = await run("restore", text);
    assert.deepEqual([restored.status, restored.err], [0, ""]);
    const after = await run("verify", "--repair");
    assert.deepEqual([after.status, after.err], [0, ""]);
    assert.match(after.out.at(-1) ?? "", /repaired: [1-9]\d*; faults: 0$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
