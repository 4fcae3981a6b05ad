import assert from "node:assert/strict";
import { lockKvFile } from "../../lib/store/kv_file.ts";
import { dataFolder, inProject, type Server, startServer } from "../process/server.ts";
import { hasKvServer, startKvServer } from "../support/kv_connect_server.ts";
import { lockAt, openAlone } from "../../tasks/open_alone.ts";
import { damage } from "./damage.ts";
import { type Ended, runTask } from "./task.ts";

const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);
const bytesOf = (path: string): Promise<Uint8Array> => Deno.readFile(path);

interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly kv: string;
  run(task: "backup" | "restore" | "verify", file?: string, env?: Record<string, string>): Promise<Ended>;
}

/** A folder for a store and its back-ups. */
async function place(): Promise<Place> {
  const { path, [Symbol.asyncDispose]: remove } = await dataFolder();
  const folder = inProject(path);
  const kv = `${folder}/foliolens.kv`;
  return {
    folder,
    kv,
    run: (task, file, env = {}) =>
      runTask(task, { folder, args: file === undefined ? [] : [file], env: { KV_URL: kv, ...env } }),
    [Symbol.asyncDispose]: remove,
  };
}

async function succeed(running: Promise<Ended>): Promise<void> {
  const { status, err } = await running;
  assert.deepEqual([status, err], [0, ""]);
}

/** Entries of a file, its keys and values. */
async function entriesOf(path: string): Promise<unknown[]> {
  using kv = await Deno.openKv(path);
  return await Array.fromAsync(kv.list({ prefix: [] }), ({ key, value }) => [key, value]);
}

/** A store with an entry of its own that a back-up is known by. */
async function makeStore(path: string, mark: string): Promise<void> {
  using kv = await Deno.openKv(path);
  await kv.set(["mark"], mark);
}

/** One portfolio after another, as fast as they are acknowledged, until told to stop; answers how many there are. */
async function writeUntil(server: Server, stop: AbortSignal): Promise<number> {
  for (let i = 0;; i++) {
    if (stop.aborted) return i;
    const body = JSON.stringify({ name: `Written ${i}`, investments: [{ asset: "AAPL", amount: "1" }] });
    const answer = await server.ask("/portfolios", { method: "POST", body });
    assert.equal(answer.status, 201, await answer.text());
  }
}

for (const ending of ["kv", "ndjson.gz"]) {
  Deno.test(`a back-up beside a server that is written to, restored elsewhere: .${ending}`, async () => {
    await using from = await place();
    await using to = await place();
    const file = `${from.folder}/backup.${ending}`;
    {
      await using server = await startServer({ KV_URL: from.kv });
      await server.url();
      const before = await server.ask("/portfolios", {
        method: "POST",
        body: JSON.stringify({ name: "Before", investments: [{ asset: "AAPL", amount: "3" }] }),
      });
      assert.equal(before.status, 201, await before.text());
      const stop = new AbortController();
      const writing = writeUntil(server, stop.signal);
      await succeed(from.run("backup", file));
      stop.abort();
      const written = await writing;
      assert.ok(written > 0);
      // Every write is still there: the copy has disturbed nothing.
      const last = await server.read(`/portfolios?scope=own&limit=200`);
      assert.ok(last.items.some(({ name }: { name: string }) => name === "Before"));
      server.signal("SIGTERM");
      assert.equal((await server.ended()).code, 0);
    }
    assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);

    await succeed(to.run("restore", file));
    await succeed(to.run("verify"));
    await using again = await startServer({ KV_URL: to.kv });
    const { items } = await again.read(`/portfolios?scope=own&limit=200`);
    assert.ok(items.some(({ name }: { name: string }) => name === "Before"));
    assert.equal((await again.read("/portfolios/1/sectors")).market_value, "247767.2");
  });
}

Deno.test("a dump, restored and dumped again: byte for byte", async () => {
  await using one = await place();
  await using other = await place();
  {
    await using server = await startServer({ KV_URL: one.kv });
    await server.url();
  }
  await succeed(one.run("backup", `${one.folder}/a.ndjson`));
  await succeed(other.run("restore", `${one.folder}/a.ndjson`));
  await succeed(other.run("backup", `${other.folder}/b.ndjson`));
  assert.deepEqual(await bytesOf(`${other.folder}/b.ndjson`), await bytesOf(`${one.folder}/a.ndjson`));
});

Deno.test({
  name: "from a file to a KV server and back: byte for byte",
  ignore: !hasKvServer,
  async fn() {
    await using one = await place();
    await using server = await startKvServer();
    const env = { KV_URL: server.url, KV_ACCESS_TOKEN: server.token };
    await makeStore(one.kv, "from a file");
    const [file, back] = [`${one.folder}/a.ndjson`, `${one.folder}/b.ndjson`];
    await succeed(one.run("backup", file));
    await succeed(one.run("restore", file, env));
    await succeed(one.run("backup", back, env));
    assert.deepEqual(await bytesOf(back), await bytesOf(file));

    const second = await one.run("restore", file, env);
    assert.equal(second.status, 1);
    assert.match(second.err, /is not empty \(it has \["mark"\]/);
    const copy = await one.run("backup", `${one.folder}/c.kv`, env);
    assert.equal(copy.status, 1);
    assert.match(copy.err, /a KV server is backed up as text/);
  },
});

Deno.test("what was there before a restore stays beside it", async () => {
  await using one = await place();
  await makeStore(one.kv, "old");
  await succeed(one.run("backup", `${one.folder}/backup.kv`));
  await Deno.remove(one.kv);
  await makeStore(one.kv, "new");
  const { status, out } = await one.run("restore", `${one.folder}/backup.kv`);
  assert.equal(status, 0);
  assert.deepEqual(await entriesOf(one.kv), [[["mark"], "old"]]);
  const kept = /what was there is (\S+)/.exec(out.join())?.[1] ?? "";
  const { backup, ...left } = Object.groupBy(
    await Array.fromAsync(Deno.readDir(one.folder), ({ name }) => name),
    (name) => name.startsWith("backup") ? "backup" : "store",
  );
  assert.deepEqual(backup, ["backup.kv"], "a back-up is one file, and stays so when it is read");
  assert.equal(left["store"]?.length, 3, "the store, its lock, and what was there");
  assert.deepEqual(await entriesOf(kept), [[["mark"], "new"]]);
});

Deno.test("a store too damaged to be opened is restored, and kept as it was", async () => {
  await using one = await place();
  await makeStore(one.kv, "good");
  await succeed(one.run("backup", `${one.folder}/backup.ndjson`));
  const rubbish = new TextEncoder().encode("rubbish".repeat(1_000));
  for (const ending of ["", "-wal"]) await Deno.writeFile(`${one.kv}${ending}`, rubbish);
  const { status, out, err } = await one.run("restore", `${one.folder}/backup.ndjson`);
  assert.deepEqual([status, err], [0, ""]);
  assert.deepEqual(await entriesOf(one.kv), [[["mark"], "good"]]);
  const kept = /what was there is (\S+)/.exec(out.join())?.[1] ?? "";
  for (const ending of ["", "-wal"]) assert.deepEqual(await bytesOf(`${kept}${ending}`), rubbish);
});

for (
  const { name, make, says } of [
    { name: "no file", make: () => Promise.resolve(), says: /No such file/ },
    { name: "text", make: (path: string) => Deno.writeTextFile(path, "no store\n".repeat(900)), says: /is no store/ },
    { name: "another database", make: otherDatabase, says: /is no store: it has no table of entries/ },
    {
      name: "half a copy",
      make: async (path: string) => {
        await makeStore(path, "x");
        await Deno.truncate(path, 9_000);
      },
      says: /is no store|is damaged|malformed/,
    },
  ]
) {
  Deno.test(`a file that is no back-up changes nothing: ${name}`, async () => {
    await using one = await place();
    await makeStore(one.kv, "there");
    const file = `${one.folder}/backup.kv`;
    await make(file);
    const { status, err } = await one.run("restore", file);
    assert.equal(status, 1, err);
    assert.match(err, says);
    assert.deepEqual(await entriesOf(one.kv), [[["mark"], "there"]]);
    assert.equal(await exists(`${one.kv}.restoring`), false);
  });
}

Deno.test("a dump that is cut off changes nothing", async () => {
  await using one = await place();
  await makeStore(one.kv, "there");
  const file = `${one.folder}/a.ndjson`;
  await succeed(one.run("backup", file));
  const lines = (await Deno.readTextFile(file)).split("\n");
  await Deno.writeTextFile(file, lines.slice(0, -2).join("\n"));
  const { status, err } = await one.run("restore", file);
  assert.equal(status, 1);
  assert.match(err, /could not be restored: it is cut off/);
  assert.deepEqual(await entriesOf(one.kv), [[["mark"], "there"]]);
});

Deno.test("while a server runs nothing is restored", async () => {
  await using one = await place();
  await makeStore(one.kv, "there");
  await succeed(one.run("backup", `${one.folder}/backup.kv`));
  using _server = await lockKvFile(one.kv);
  const { status, err } = await one.run("restore", `${one.folder}/backup.kv`);
  assert.equal(status, 1);
  assert.match(err, /is in use by another process; stop that one first/);
});

Deno.test("no store to back up: none is made, and an older copy stays", async () => {
  await using one = await place();
  const file = `${one.folder}/backup.kv`;
  await Deno.writeTextFile(file, "older");
  const { status, err } = await one.run("backup", file);
  assert.equal(status, 1);
  assert.match(err, /could not be backed up: .*foliolens\.kv/);
  assert.deepEqual([await exists(one.kv), await Deno.readTextFile(file)], [false, "older"]);
});

for (const ending of ["kv", "ndjson"]) {
  Deno.test(`a damaged file is not backed up, and an older copy stays: .${ending}`, async () => {
    await using one = await place();
    await makeStore(one.kv, "there");
    await damage(one.kv);
    const file = `${one.folder}/backup.${ending}`;
    await Deno.writeTextFile(file, "older");
    const { status, err } = await one.run("backup", file);
    assert.equal(status, 1);
    assert.match(err, /could not be backed up: \S+foliolens\.kv is damaged/);
    assert.equal(await Deno.readTextFile(file), "older");
  });
}

Deno.test("two back-ups to one file at once: the second is refused, and the first goes on", async () => {
  await using one = await place();
  await makeStore(one.kv, "there");
  const file = `${one.folder}/backup.ndjson`;
  await Deno.writeTextFile(`${file}.partial`, "half of the first");
  {
    using first = await Deno.open(`${file}.partial`, { write: true });
    await first.lock(true);
    const { status, err } = await one.run("backup", file);
    assert.equal(status, 1);
    assert.match(err, /another back-up is being written to \S+backup\.ndjson/);
    assert.equal(await Deno.readTextFile(`${file}.partial`), "half of the first");
  }
  // What was cut off keeps nobody from the next.
  await succeed(one.run("backup", file));
});

Deno.test("of back-ups to one file that begin at one instant, none writes what another one has in hand", async () => {
  await using one = await place();
  const [partial, file] = [`${one.folder}/backup.kv.partial`, `${one.folder}/backup.kv`];
  const open = () => Deno.open(partial, { create: true, write: true });
  {
    using opened = await open();
    {
      using first = await openAlone(partial);
      assert.ok(first);
      assert.equal(await openAlone(partial), undefined);
      assert.equal(await lockAt(opened, partial), "taken");
      await Deno.rename(partial, file);
    }
    assert.equal(await lockAt(opened, partial), "moved", "it is the first one's back-up by now");
    using third = await openAlone(partial);
    assert.ok(third);
    assert.equal(await openAlone(partial), undefined);
    await Deno.remove(partial);
  }
  using opened = await open();
  assert.equal(await lockAt(opened, partial), "locked");
  const stat = async () => ({ ...await opened.stat(), ino: null });
  assert.equal(await lockAt({ tryLock: () => Promise.resolve(true), stat }, partial), "locked", "nothing tells");
  await Deno.remove(partial);
  assert.equal(await lockAt(opened, partial), "moved");
});

Deno.test("the store is no place for its own back-up, by whatever name", async () => {
  await using one = await place();
  await makeStore(one.kv, "there");
  await Deno.symlink(one.kv, `${one.folder}/link.kv`);
  for (const file of [one.kv, `${one.folder}/link.kv`]) {
    const { status, err } = await one.run("backup", file);
    assert.equal(status, 1);
    assert.match(err, /is the store itself: name another file/);
  }
  assert.deepEqual(await entriesOf(one.kv), [[["mark"], "there"]]);
});

for (const task of ["backup", "restore"] as const) {
  Deno.test(`${task} without a file: status 2`, async () => {
    await using one = await place();
    const { status, err } = await one.run(task);
    assert.equal(status, 2);
    assert.match(err, new RegExp(`Usage: deno task ${task} FILE`));
  });
}

async function otherDatabase(path: string): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite");
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE other (x)");
  other.close();
}
