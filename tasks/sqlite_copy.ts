/**
 * Copies of an embedded KV file by SQLite's own means, which see one moment of it, also while a server writes to it.
 *
 * @module
 */
import { backup, DatabaseSync } from "node:sqlite";
import { toDisk } from "./dump_file.ts";

/** The file is no KV store, or a damaged one. */
export class NotAStore extends Error {
  override name = "NotAStore";
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

/** The same for its owner alone: it holds digests of keys, and what portfolios people have. */
export async function copyPrivately(from: string, to: string): Promise<void> {
  (await Deno.open(to, { create: true, write: true, truncate: true, mode: 0o600 })).close();
  await copyStore(from, to);
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

/** With what SQLite has left beside it. */
export async function removeStore(path: string): Promise<void> {
  for (const ending of ["", "-wal", "-shm", "-journal"]) await Deno.remove(`${path}${ending}`).catch(() => {});
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

/** Throws {@link NotAStore} where SQLite finds it damaged, or where it is no KV store. */
export function assertWhole(path: string): void {
  const store = new DatabaseSync(path, { readOnly: true });
  try {
    assertStore(store, path);
    const { quick_check: found } = store.prepare("PRAGMA quick_check(1)").get() ?? {};
    if (found !== "ok") throw new NotAStore(`${path} is damaged: ${found}`);
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
