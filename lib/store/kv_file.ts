/**
 * KV as it is configured: a KV server, or the embedded file, private to its user and opened by one process at a time.
 *
 * @module
 */
import { dirname } from "node:path";

/** The file cannot serve as a store; the message says why, and what would be right. */
export class StoreUnusable extends Error {
  override name = "StoreUnusable";
}

/** Another process has the file open. */
export class StoreInUse extends StoreUnusable {
  override name = "StoreInUse";
}

/** Whether a `KV_URL` names a KV server rather than a file. */
export const isKvServer = (url: string): boolean => /^https?:\/\//.test(url);

/**
 * Makes the file, if there is none, and takes its lock: a second handle on one file makes commits fail. The kernel gives the lock
 * back however the process ends. Throws {@link StoreUnusable}.
 */
export async function lockKvFile(path: string): Promise<Disposable> {
  if (await isFolder(path)) throw unusable(path, "it is a folder", `the path of a file in it, or ./data/foliolens.kv`);
  const lock = await orUnusable(path, async () => {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await Deno.open(`${path}.lock`, { create: true, write: true, mode: 0o600 });
  });
  if (!await lock.tryLock(true)) {
    lock.close();
    throw new StoreInUse(`${path} is in use by another process; stop that one first, or give this one another KV_URL`);
  }
  // KV would make it readable by everyone.
  await orUnusable(path, async () => (await Deno.open(path, { create: true, append: true, mode: 0o600 })).close());
  return { [Symbol.dispose]: () => lock.close() };
}

/** What KV is opened by: `Deno` itself. */
export interface KvHost {
  readonly openKv: (url: string) => Promise<Deno.Kv>;
  readonly env: Pick<Deno.Env, "set">;
}

export interface KvAddress {
  readonly KV_URL: string;
  readonly KV_ACCESS_TOKEN?: string | undefined;
}

/** A KV server, or the file, whose lock whoever opens it has taken. Throws {@link StoreUnusable}. */
export async function openConfiguredKv(host: KvHost, { KV_URL, KV_ACCESS_TOKEN }: KvAddress): Promise<Deno.Kv> {
  // The one place where Deno looks for it.
  if (KV_ACCESS_TOKEN !== undefined) host.env.set("DENO_KV_ACCESS_TOKEN", KV_ACCESS_TOKEN);
  return await orUnusable(KV_URL, (url) => host.openKv(url));
}

/** What `open` answers. Throws {@link StoreUnusable} where the file, or the KV server, is what keeps it from that. */
export async function orUnusable<T>(path: string, open: (path: string) => Promise<T>): Promise<T> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw notAllowed(path, error);
    const reason = error instanceof Error ? error.message : String(error);
    const advice = isKvServer(path)
      ? "the address of a KV server that runs, and its KV_ACCESS_TOKEN"
      : "the path of a file that can be written, such as ./data/foliolens.kv";
    throw unusable(path, reason, advice, error);
  }
}

const notAllowed = (path: string, cause: Error): StoreUnusable =>
  isKvServer(path)
    ? unusable(path, "this process may not connect to it", "an address that --allow-net names, or name it there", cause)
    : unusable(
      path,
      "this process may not write there",
      "a path in ./data, or name its folder in the permissions of the start task too",
      cause,
    );

/** What cannot be looked at is found out about when it is opened. */
const isFolder = (path: string): Promise<boolean> =>
  Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);

const unusable = (path: string, reason: string, advice: string, cause?: unknown): StoreUnusable =>
  new StoreUnusable(`KV_URL is ${JSON.stringify(path)}: ${reason}; use ${advice}.`, { cause });
