/**
 * Copies of an embedded KV file by SQLite's own means, which see one moment of it, also while a server writes to it.
 *
 * @module
 */
import { backup, DatabaseSync } from "node:sqlite";
import { toDisk } from "./dump_file.ts";

/** The file is no KV store. */
export class NotAStore extends Error {
  override name = "NotAStore";
}

/** SQLite finds the file damaged. */
export class DamagedFile extends Error {
  override name = "DamagedFile";
}

/** Copies what is stored now. Throws {@link NotAStore}. */
export async function copyStore(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    assertStore(source, from);
    // Page by page it would begin anew with each write of the server, and on a large store never end.
    await backup(source, to, { rate: -1 });
  } finally {
    source.close();
  }
  settleStore(to);
  await toDisk(to);
}

/**
 * The same for its owner alone: it holds digests of keys, and what portfolios people have. Throws {@link DamagedFile} too: a copy has
 * the damage of what it is of, and is not to take the place of one that has none.
 */
export async function copyPrivately(from: string, to: string): Promise<void> {
  (await Deno.open(to, { create: true, write: true, truncate: true, mode: 0o600 })).close();
  await copyStore(from, to);
  assertWhole(to, from);
}

/** A name that nothing has yet, under which stays what was there before a task changed it. */
export async function nameOfBefore(path: string): Promise<string> {
  const name = `${path}.before-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  const isTaken = (name: string) => Deno.lstat(name).then(() => true, () => false);
  for (let n = 1;; n++) {
    const candidate = n === 1 ? name : `${name}-${n}`;
    if (!await isTaken(candidate)) return candidate;
  }
}

/** What SQLite keeps beside a file while it is open, and leaves there where it was not closed. */
const BESIDE = ["-wal", "-shm", "-journal"];

/** With what SQLite has left beside it. */
export async function removeStore(path: string): Promise<void> {
  for (const ending of ["", ...BESIDE]) await Deno.remove(`${path}${ending}`).catch(() => {});
}

/** Brings what SQLite has left beside one file to another name of that file. */
export async function moveBeside(from: string, to: string): Promise<void> {
  for (const ending of BESIDE) {
    await Deno.rename(`${from}${ending}`, `${to}${ending}`).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/**
 * Brings everything that stands beside a file, because it was not closed in order, into the file itself, so that it can be read by
 * itself, without anything being written beside it. Nobody may have it open.
 */
export function settleStore(path: string): void {
  const store = new DatabaseSync(path);
  store.exec("PRAGMA journal_mode = DELETE");
  store.close();
}

/** Throws {@link DamagedFile}, or {@link NotAStore}; `name` is what people know it by. */
export function assertWhole(path: string, name = path): void {
  const store = new DatabaseSync(path, { readOnly: true });
  try {
    assertStore(store, name);
    const found = String(store.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
    if (found !== "ok") throw new DamagedFile(`${name} is damaged: ${found.replaceAll(/\s+/g, " ")}`);
  } finally {
    store.close();
  }
}

function assertStore(store: DatabaseSync, path: string): void {
  const isStore = () => store.prepare("SELECT 1 FROM sqlite_master WHERE name = 'kv' AND type = 'table'").get();
  try {
    if (isStore() !== undefined) return;
  } catch (cause) {
    throw new NotAStore(`${path} is no store: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  throw new NotAStore(`${path} is no store: it has no table of entries`);
}
