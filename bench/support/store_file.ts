import { DatabaseSync } from "node:sqlite";

/** In bytes, once what the write-ahead log holds is in the file; nobody has it open. */
export function sizeOfStore(path: string): number {
  const file = new DatabaseSync(path);
  file.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  file.close();
  return Deno.statSync(path).size;
}
