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
    await backup(source, to);
  } finally {
    source.close();
  }
  await toDisk(to);
}

/** Brings everything that stands beside a file, because it was not closed in order, into the file itself. Nobody may have it open. */
export function settleStore(path: string): void {
  const store = new DatabaseSync(path);
  store.exec("PRAGMA wal_checkpoint(TRUNCATE)");
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
