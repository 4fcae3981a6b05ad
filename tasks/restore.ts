/**
 * `deno task restore FILE`: makes the store of KV_URL what a back-up says. The server has to be stopped. The store that was there
 * stays beside it under another name; a KV server has to be empty, or to have what a restore has left that was cut off. Exit status
 * 0 where it is done, 1 where it could not be, with everything as it was but for a KV server that failed in the middle (it is marked
 * then as half a store), 2 where it was called wrongly.
 *
 * @module
 */
import { readConfig } from "../lib/config.ts";
import { reasonOf } from "../lib/problem.ts";
import { entriesIn, load } from "../lib/store/dump.ts";
import { isKvServer, lockKvFile, openConfiguredKv } from "../lib/store/kv_file.ts";
import { keyText } from "../lib/store/key_text.ts";
import { isHalfRestored } from "../lib/store/restoring.ts";
import { isText, linesOf } from "./dump_file.ts";
import { assertWhole, copyStore, moveBeside, nameOfBefore, removeStore, settleStore } from "./sqlite_copy.ts";

async function restore(file: string): Promise<string> {
  await Deno.stat(file);
  const { KV_URL, KV_ACCESS_TOKEN } = readConfig((name) => Deno.env.get(name));
  return isKvServer(KV_URL) ? await loadServer(KV_URL, KV_ACCESS_TOKEN, file) : await replaceFile(KV_URL, file);
}

async function replaceFile(path: string, file: string): Promise<string> {
  using _lock = await lockKvFile(path);
  const fresh = `${path}.restoring`;
  try {
    await removeStore(fresh);
    (await Deno.open(fresh, { createNew: true, write: true, mode: 0o600 })).close();
    if (isText(file)) await loadFile(fresh, file);
    else await copyStore(file, fresh);
    settleStore(fresh);
    assertWhole(fresh);
    const kept = await putInPlace(fresh, path);
    return `${path} is what ${file} says${kept === undefined ? "" : `; what was there is ${kept}`}`;
  } finally {
    await removeStore(fresh);
  }
}

/** The name of the store that was there, if it was more than an empty file. At every moment there is one under `path`. */
async function putInPlace(fresh: string, path: string): Promise<string | undefined> {
  const isStore = (await Deno.stat(path)).size > 0;
  const kept = await nameOfBefore(path);
  if (isStore) await keep(path, kept);
  await Deno.rename(fresh, path);
  return isStore ? kept : undefined;
}

/** Under another name too. What is too damaged to be opened, as it is, with what stands beside it. */
async function keep(path: string, kept: string): Promise<void> {
  try {
    settleStore(path);
  } catch {
    await moveBeside(path, kept);
  }
  await Deno.link(path, kept);
}

async function loadFile(path: string, file: string): Promise<void> {
  using kv = await Deno.openKv(path);
  await load(kv, linesOf(file));
}

async function loadServer(url: string, token: string | undefined, file: string): Promise<string> {
  if (!isText(file)) throw new Error("a KV server is restored from a dump (FILE.ndjson or FILE.ndjson.gz)");
  using kv = await openConfiguredKv(Deno, { KV_URL: url, KV_ACCESS_TOKEN: token });
  // What is loaded there cannot be taken back as a file can: so all of it is read before.
  for await (const _ of entriesIn(linesOf(file)));
  if (!await isHalfRestored(kv)) await assertEmpty(kv, url);
  return `${await load(kv, linesOf(file))} entries of ${file} are in ${url}`;
}

async function assertEmpty(kv: Deno.Kv, url: string): Promise<void> {
  for await (const { key } of kv.list({ prefix: [] }, { limit: 1 })) {
    throw new Error(`${url} is not empty (it has ${keyText(key)}, for one): restore to an empty one`);
  }
}

const [file, ...more] = Deno.args;
if (file === undefined || more.length > 0 || file.startsWith("-")) {
  console.error("Usage: deno task restore FILE");
  Deno.exit(2);
}
try {
  console.log(await restore(file));
} catch (error) {
  console.error(`The store could not be restored: ${reasonOf(error)}`);
  Deno.exit(1);
}
