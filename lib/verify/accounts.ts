/**
 * Whatever belongs to an account belongs to one that there is, and is counted.
 *
 * @module
 */
import { chunks } from "../store/chunks.ts";
import { COUNTED, type Counted, countedIn, countKey } from "../store/count.ts";
import { existingUsers } from "../store/users.ts";
import type { Check, Fault, Run } from "./check.ts";

const CHUNK = 100;

/** The collection of a credential, by how its id begins. */
const KINDS: Readonly<Record<string, string>> = { key: "api_keys", ses: "sessions" };

/** The key or session whose use is noted there. */
export const credentialKey = ([, id = ""]: Deno.KvKey): Deno.KvKey => [KINDS[String(id).slice(0, 3)] ?? "", id];

export const accounts: Check = {
  covers: ["counts", "credential_uses", "administrator_changes", "sign_ins", "set_up"],
  async *faults(run) {
    for (const collection of ["api_keys", "sessions", "identities"]) yield* ofNobody(run, collection);
    yield* usesOfNothing(run);
    for await (const { key } of run.ctx.store.list({ prefix: ["counts"] })) yield* miscounted(run, key);
  },
};

async function* ofNobody({ ctx: { store } }: Run, collection: string): AsyncGenerator<Fault> {
  for await (const chunk of chunks(store.list({ prefix: [collection] }), CHUNK)) {
    // One that cannot be read is reported where all entities are.
    const owned = chunk.flatMap(({ key, value }) => {
      const owner = (value as { userId?: unknown } | null)?.userId;
      return typeof owner === "string" ? [{ key, owner }] : [];
    });
    const users = await existingUsers(store, owned.map(({ owner }) => owner));
    for (const { key, owner } of owned.filter(({ owner }) => !users.has(owner))) {
      // Read again: it may be gone with its user by now.
      if ((await store.get(key)).versionstamp !== null) {
        yield { kind: "credential_of_nobody", key, what: `belongs to ${owner}, who does not exist` };
      }
    }
  }
}

async function* usesOfNothing({ ctx: { store } }: Run): AsyncGenerator<Fault> {
  for await (const { key } of store.list({ prefix: ["credential_uses"] })) {
    const [use, credential] = await store.getMany([key, credentialKey(key)]);
    if (use?.versionstamp && !credential?.versionstamp) {
      yield { kind: "use_of_nothing", key, what: "is left from a key or session that is gone" };
    }
  }
}

async function* miscounted({ ctx: { store } }: Run, key: Deno.KvKey): AsyncGenerator<Fault> {
  const [, what, userId] = key;
  if (!isCounted(what) || typeof userId !== "string") {
    return yield { kind: "unknown_key", key, what: "counts nothing that is counted" };
  }
  for (;;) {
    const before = await store.get(countKey(what, userId));
    const found = await countedIn(store, what, userId);
    if ((await store.get(key)).versionstamp !== before.versionstamp) continue;
    if (before.versionstamp !== null && before.value !== found) {
      yield { kind: "wrong_count", key, what: `says ${String(before.value)}, but there are ${found}` };
    }
    return;
  }
}

export const isCounted = (what: unknown): what is Counted => COUNTED.some((counted) => counted === what);
