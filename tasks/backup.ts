/**
 * `deno task backup FILE`: the store of KV_URL as it is in one moment, also while a server runs on it. A FILE that ends in
 * `.ndjson` or `.ndjson.gz` is written as text, an entry a line, which any store can be restored from; every other one is a
 * copy of the embedded file, ready to be opened. Exit status 0 where it is there, 1 where it could not be made or something had
 * to be left out of the text, 2 where it was called wrongly.
 *
 * @module
 */
import { readConfig } from "../lib/config.ts";
import { reasonOf } from "../lib/problem.ts";
import { dump, versionsOf } from "../lib/store/dump.ts";
import { isKvServer, openConfiguredKv, orUnusable } from "../lib/store/kv_file.ts";
import { keyText } from "../lib/store/key_text.ts";
import { assertRestored } from "../lib/store/restoring.ts";
import { isText, writeText } from "./dump_file.ts";
import { openAlone } from "./open_alone.ts";
import { copyPrivately, removeStore } from "./sqlite_copy.ts";

/** How often a server that goes on being written to is read, in the hope of a quiet moment. */
const ATTEMPTS = 5;

/** Answers what had to be left out. */
async function backup(file: string): Promise<readonly Deno.KvKey[]> {
  const { KV_URL, KV_ACCESS_TOKEN } = readConfig((name) => Deno.env.get(name));
  if (!isKvServer(KV_URL)) await assertOther(file, KV_URL);
  // What has only been begun never takes the place of an older copy.
  const partial = `${file}.partial`;
  using alone = await openAlone(partial);
  if (alone === undefined) {
    throw new Error(`another back-up is being written to ${file}: wait for it, or name another file`);
  }
  const leftOut = await writtenTo(partial, file, KV_URL, KV_ACCESS_TOKEN);
  console.log(`${file}: ${(await Deno.stat(file)).size.toLocaleString("en-US")} bytes, of ${KV_URL}`);
  return leftOut;
}

async function writtenTo(partial: string, file: string, kvUrl: string, token?: string): Promise<readonly Deno.KvKey[]> {
  try {
    const leftOut = isKvServer(kvUrl)
      ? await dumpServer(kvUrl, token, file, partial)
      : await backUpFile(kvUrl, file, partial);
    await Deno.rename(partial, file);
    return leftOut;
  } catch (error) {
    // Not after a rename: what has that name then is the next one's.
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}

/** A copy in the place of the store would take it from under the server. */
async function assertOther(file: string, store: string): Promise<void> {
  const [one, other] = await Promise.all([file, store].map((path) => Deno.stat(path).catch(() => undefined)));
  if (one === undefined || one.ino !== other?.ino || one.dev !== other.dev) return;
  throw new Error(`${file} is the store itself: name another file`);
}

async function backUpFile(path: string, file: string, partial: string): Promise<readonly Deno.KvKey[]> {
  await orUnusable(path, () => Deno.stat(path));
  if (!isText(file)) return await copyPrivately(path, partial).then(() => []);
  const copy = `${file}.copy`;
  try {
    await copyPrivately(path, copy);
    using kv = await Deno.openKv(copy);
    return (await writeText(partial, file, (write) => dump(kv, write))).leftOut;
  } finally {
    await removeStore(copy);
  }
}

/** A server is read batch by batch: what two readings found alike was there in the moment between them. */
async function dumpServer(
  url: string,
  token: string | undefined,
  file: string,
  partial: string,
): Promise<readonly Deno.KvKey[]> {
  if (!isText(file)) throw new Error(`a KV server is backed up as text: name a file such as ${file}.ndjson.gz`);
  using kv = await openConfiguredKv(Deno, { KV_URL: url, KV_ACCESS_TOKEN: token });
  await assertRestored(kv);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { versions, leftOut } = await writeText(partial, file, (write) => dump(kv, write));
    if (versions === await versionsOf(kv)) return leftOut;
  }
  throw new Error(`it was changed during each of ${ATTEMPTS} readings: stop the processes that write to it first`);
}

const [file, ...more] = Deno.args;
if (file === undefined || more.length > 0 || file.startsWith("-")) {
  console.error("Usage: deno task backup FILE (FILE.ndjson or FILE.ndjson.gz as text)");
  Deno.exit(2);
}
try {
  const leftOut = await backup(file);
  for (const key of leftOut) console.error(`Left out, since it cannot be read: ${keyText(key)}`);
  Deno.exit(leftOut.length === 0 ? 0 : 1);
} catch (error) {
  console.error(`The store could not be backed up: ${reasonOf(error)}`);
  Deno.exit(1);
}
