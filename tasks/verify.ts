/**
 * `deno task verify`: proves that the store of KV_URL agrees with itself. Exit status 0 where it does, 1 with the faults listed,
 * 2 where it could not be found out.
 *
 * @module
 */
import { readConfig } from "../lib/config.ts";
import { contextOn } from "../lib/context.ts";
import { isKvServer, lockKvFile, openConfiguredKv, orUnusable } from "../lib/store/kv_file.ts";
import { openStore } from "../lib/store/store.ts";
import { keyText, verify } from "../lib/verify/mod.ts";

const MAX_LISTED = 1_000;

/** Answers how many faults there are. */
async function listFaults(): Promise<number> {
  const config = readConfig((name) => Deno.env.get(name));
  using _lock = isKvServer(config.KV_URL) ? undefined : await lockExisting(config.KV_URL);
  const store = await openStore(await openConfiguredKv(Deno, config), { shared: false });
  try {
    const startedAtMs = performance.now();
    const ctx = contextOn(store, () => new Date(), config.MARKET_TIME_ZONE);
    const counts = new Map<string, number>();
    let faults = 0;
    for await (const { key, what } of verify(ctx, (what, more) => counts.set(what, (counts.get(what) ?? 0) + more))) {
      faults += 1;
      if (faults <= MAX_LISTED) console.log(`${keyText(key)} ${what}`);
    }
    if (faults > MAX_LISTED) console.log(`... and ${faults - MAX_LISTED} more`);
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    const looked = Array.from(counts, ([what, count]) => `${count} ${what}`).join(", ") || "nothing";
    console.log(`${config.KV_URL}: looked at ${looked} in ${seconds} s; faults: ${faults}`);
    return faults;
  } finally {
    store.close();
  }
}

/** A store that is not there is not made, only to be found empty. */
async function lockExisting(path: string): Promise<Disposable> {
  await orUnusable(path, () => Deno.stat(path));
  return await lockKvFile(path);
}

try {
  Deno.exit(await listFaults() === 0 ? 0 : 1);
} catch (error) {
  console.error(`The store could not be verified: ${error instanceof Error ? error.message : error}`);
  Deno.exit(2);
}
