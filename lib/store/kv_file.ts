/**
 * The embedded KV file: private to its user, and opened by one process at a time.
 *
 * @module
 */
import { dirname } from "node:path";

/** Another process has the file open. */
export class StoreInUse extends Error {
  override name = "StoreInUse";
}

/** Whether a `KV_URL` names a KV server rather than a file. */
export const isKvServer = (url: string): boolean => /^https?:\/\//.test(url);

/**
 * Makes the file, if there is none, and takes its lock: a second handle on one file makes commits fail. The kernel gives the lock
 * back however the process ends. Throws {@link StoreInUse}.
 */
export async function lockKvFile(path: string): Promise<Disposable> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = await Deno.open(`${path}.lock`, { create: true, write: true, mode: 0o600 });
  if (!await lock.tryLock(true)) {
    lock.close();
    throw new StoreInUse(`${path} is in use by another process; stop that one first, or give this one another KV_URL`);
  }
  // KV would make it readable by everyone.
  (await Deno.open(path, { create: true, append: true, mode: 0o600 })).close();
  return { [Symbol.dispose]: () => lock.close() };
}
