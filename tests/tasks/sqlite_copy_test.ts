import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { copyStore } from "../../tasks/sqlite_copy.ts";

/** A millisecond after another: a copy is over long before these are, also where the machine is busy. */
const MAX_WRITES = 30_000;

/** Of what is shared with the writer. */
const [STOP, WRITTEN] = [0, 1];

/** Runs on a thread of its own, since a copy leaves this one no turn. */
const WRITER = `
  import { DatabaseSync } from "node:sqlite";
  self.onmessage = ({ data: { path, shared } }) => {
    const store = new DatabaseSync(path);
    store.exec("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0");
    const insert = store.prepare("INSERT INTO kv VALUES (1, 1)");
    for (let i = 0; i < ${MAX_WRITES} && Atomics.load(shared, ${STOP}) === 0; i++) {
      insert.run();
      Atomics.store(shared, ${WRITTEN}, i + 1);
      if (i === 0) self.postMessage("begun");
      Atomics.wait(shared, ${STOP}, 0, 1);
    }
    store.close();
    self.postMessage("ended");
  };
`;

/** As KV's file is: with a write-ahead log. */
function makeStore(path: string): void {
  const store = new DatabaseSync(path);
  store.exec("PRAGMA page_size = 512; PRAGMA journal_mode = WAL; CREATE TABLE kv (k, v); BEGIN");
  const insert = store.prepare("INSERT INTO kv VALUES (?, ?)");
  for (let i = 0; i < 60_000; i++) insert.run(i, new Uint8Array(400));
  store.exec("COMMIT");
  store.close();
}

Deno.test("a copy comes to its end however often the store is written to meanwhile", async () => {
  const folder = await Deno.makeTempDir();
  const writer = new Worker(`data:text/javascript,${encodeURIComponent(WRITER)}`, { type: "module" });
  const said = () => new Promise((resolve) => writer.onmessage = resolve);
  try {
    const path = `${folder}/store.kv`;
    makeStore(path);
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const begun = said();
    writer.postMessage({ path, shared });
    await begun;
    const ended = said();
    await copyStore(path, `${folder}/copy.kv`);
    Atomics.store(shared, STOP, 1);
    await ended;
    assert.ok(Atomics.load(shared, WRITTEN) < MAX_WRITES, "it began anew with each write");
  } finally {
    writer.terminate();
    await Deno.remove(folder, { recursive: true });
  }
});
