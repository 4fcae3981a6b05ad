import { DatabaseSync } from "node:sqlite";

/** Writes over the page of a KV file that all its entries hang on, as a disk does that fails. Nobody has it open. */
export async function damage(path: string): Promise<void> {
  const store = new DatabaseSync(path);
  store.exec("PRAGMA journal_mode = DELETE");
  const number = (sql: string) => Number(Object.values(store.prepare(sql).get() ?? {})[0]);
  const [page, bytes] = [number("SELECT rootpage FROM sqlite_master WHERE name = 'kv'"), number("PRAGMA page_size")];
  store.close();
  using file = await Deno.open(path, { read: true, write: true });
  await file.seek((page - 1) * bytes, Deno.SeekMode.Start);
  await file.write(new Uint8Array(bytes).fill(0xff));
}
