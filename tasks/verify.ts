/**
 * `deno task verify`: proves that the store of KV_URL agrees with itself. With `--repair`, what the machine may repair is repaired
 * first; an embedded file as it was stays beside it under another name. Exit status 0 where the store agrees with itself, 1 with
 * the faults listed and what to do about them, 2 where it could not be found out, or was called wrongly.
 *
 * @module
 */
import { readConfig } from "../lib/config.ts";
import { type Context, contextOn } from "../lib/context.ts";
import { repairOnce, type Watch } from "../lib/repair/mod.ts";
import { reasonOf } from "../lib/problem.ts";
import { isKvServer, lockKvFile, openConfiguredKv, orUnusable } from "../lib/store/kv_file.ts";
import { openStore } from "../lib/store/store.ts";
import { keyText, verify } from "../lib/verify/mod.ts";
import { assertWhole, copyPrivately, DamagedFile, nameOfBefore, removeStore } from "./sqlite_copy.ts";
import { type Listing, listing } from "./verify_listing.ts";

const NO_COPY = "No copy is kept of what a KV server has: deno task backup FILE.ndjson.gz makes one, before a repair";

const ABOUT_DAMAGE = "look after the disk, and restore a back-up (deno task restore FILE)";

/** One repair may bring to light what another fault hid. */
const MAX_ROUNDS = 10;

/** Answers how many faults there are at the end. */
async function run(isRepairing: boolean): Promise<number> {
  const config = readConfig((name) => Deno.env.get(name));
  const isShared = isKvServer(config.KV_URL);
  using _lock = isShared ? undefined : await lockExisting(config.KV_URL);
  if (!isShared) assertWhole(config.KV_URL);
  const kept = isRepairing && !isShared ? await keepCopy(config.KV_URL) : undefined;
  if (isRepairing && isShared) console.error(NO_COPY);
  const store = await openStore(await openConfiguredKv(Deno, config), { shared: isShared });
  try {
    const startedAtMs = performance.now();
    const ctx = contextOn(store, () => new Date(), config.MARKET_TIME_ZONE);
    const { repaired, found } = isRepairing ? await repairAll(ctx) : { repaired: 0, found: await lookOnce(ctx) };
    for (const line of found.lines()) console.log(line);
    if (kept !== undefined && repaired === 0) await Deno.remove(kept);
    else if (kept !== undefined) console.log(`What was there is ${kept}`);
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    const said = isRepairing ? `repaired: ${repaired}; faults: ${found.faults()}` : `faults: ${found.faults()}`;
    console.log(`${config.KV_URL}: looked at ${found.lookedAt()} in ${seconds} s; ${said}`);
    return found.faults();
  } finally {
    store.close();
  }
}

async function lookOnce(ctx: Context): Promise<Listing> {
  const found = listing({ isRepairing: false });
  for await (const fault of verify(ctx, found.count)) found.onLeft({ fault });
  return found;
}

/** Again and again, until a look at the whole store finds nothing more to repair. */
async function repairAll(ctx: Context): Promise<{ readonly repaired: number; readonly found: Listing }> {
  const onRepaired: Watch["onRepaired"] = ({ key, what }) => console.log(`repaired: ${keyText(key)} ${what}`);
  let repaired = 0;
  for (let round = 1; round < MAX_ROUNDS; round++) {
    const found = listing({ isRepairing: true });
    const more = await repairOnce(ctx, { ...found, onRepaired });
    repaired += more;
    if (more === 0) return { repaired, found };
  }
  return { repaired, found: await lookOnce(ctx) };
}

/** A store that is not there is not made, only to be found empty. */
async function lockExisting(path: string): Promise<Disposable> {
  await orUnusable(path, () => Deno.stat(path));
  return await lockKvFile(path);
}

/** Its name; what is only begun has another, and is begun anew by the next one. */
async function keepCopy(path: string): Promise<string> {
  const begun = `${path}.repairing`;
  try {
    await removeStore(begun);
    await copyPrivately(path, begun);
    const kept = await nameOfBefore(path);
    await Deno.rename(begun, kept);
    return kept;
  } finally {
    await removeStore(begun);
  }
}

const [flag, ...more] = Deno.args;
if (more.length > 0 || (flag !== undefined && flag !== "--repair")) {
  console.error("Usage: deno task verify [--repair]");
  Deno.exit(2);
}
try {
  Deno.exit(await run(flag === "--repair") === 0 ? 0 : 1);
} catch (error) {
  if (error instanceof DamagedFile) {
    console.log(`${error.message}\nTo do about it: ${ABOUT_DAMAGE}`);
    Deno.exit(1);
  }
  console.error(`The store could not be verified: ${reasonOf(error)}`);
  Deno.exit(2);
}
