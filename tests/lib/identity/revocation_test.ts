/**
 * A revoked key or session is refused by every process on one KV server, within a second.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Actor } from "../../../lib/identity/actor.ts";
import { createApiKey, deleteApiKey } from "../../../lib/identity/api_keys.ts";
import { type Identify, identifyBy } from "../../../lib/identity/identify.ts";
import { endSession, openSession } from "../../../lib/identity/sessions.ts";
import { createUses } from "../../../lib/identity/uses.ts";
import { createLog } from "../../../lib/log.ts";
import { openStore, type Store } from "../../../lib/store/store.ts";
import { turn } from "../../support/clock.ts";
import { userActor } from "../../support/factories.ts";
import { hasKvServer, startKvServer } from "../../support/kv_connect_server.ts";
import { contextOf, kvWith, NOW } from "../store/harness.ts";
import { openProcess } from "../store/kv_process.ts";

const ADA = userActor("usr_ada");
const WITHIN_MS = 1_000;

const serviceOn = (store: Store) => {
  const clock = { now: NOW };
  const now = () => clock.now;
  const log = createLog({ level: "error", now, write: () => {} });
  const ctx = { ...contextOf(store), now, actor: ADA, uses: createUses({ store, now, log }) };
  return { ctx, clock, identify: identifyBy({ ctx, adminApiKey: undefined }) };
};

const byKey = async (identify: Identify, key: string): Promise<Actor | undefined> => {
  try {
    return await identify({ authorization: `Bearer ${key}`, session: null, origin: null });
  } catch {
    return undefined;
  }
};

/** How long it takes until somebody is not known any more. */
async function msUntilRefused(isKnown: () => Promise<boolean>): Promise<number> {
  const startMs = performance.now();
  while (await isKnown()) {
    assert.ok(performance.now() - startMs < 10 * WITHIN_MS, "it is still let in");
    await turn();
  }
  return performance.now() - startMs;
}

Deno.test({ name: "revoked in one process, refused in another within a second", ignore: !hasKvServer }, async () => {
  await using server = await startKvServer();
  const [store, otherStore] = [await openProcess(server), await openProcess(server)];
  try {
    const [{ ctx, identify }, other] = [serviceOn(store), serviceOn(otherStore)];
    const at = NOW.toISOString();
    const user = { id: ADA.id, email: null, name: "Ada", role: "user" as const, createdAt: at, updatedAt: at };
    await ctx.users.insert(store.change(), { ...user, leavingSince: null }).commit();
    const input = { name: "x", scopes: ["portfolios:read" as const], expiresAt: null, allowedOrigins: [] };
    const { key, apiKey } = await createApiKey(ctx, input);
    const change = store.change();
    const session = await openSession(ctx, change, { userId: ADA.id, userAgent: "test" });
    await change.commit();
    const bySession = async () =>
      (await other.identify({ authorization: null, session, origin: null })).type === "user";

    assert.equal((await byKey(other.identify, key))?.type, "user");
    await deleteApiKey(ctx, apiKey.value.id, undefined);
    assert.equal(await byKey(identify, key), undefined);
    assert.ok(await msUntilRefused(async () => await byKey(other.identify, key) !== undefined) < WITHIN_MS);

    assert.equal(await bySession(), true);
    const [{ value } = { value: { id: "" } }] = await Array.fromAsync(ctx.sessions.each());
    await endSession(ctx, value.id, undefined);
    assert.ok(await msUntilRefused(bySession) < WITHIN_MS);
  } finally {
    store.close();
    otherStore.close();
    await turn();
  }
});

Deno.test("a key that another process has revoked is refused within a second, also where nobody is told of it", async () => {
  using kv = await Deno.openKv(":memory:");
  const deaf = kvWith(kv, { watch: () => new ReadableStream() as never, close: () => {} });
  const [store, otherStore] = [
    await openStore(kv, { shared: false }),
    await openStore(deaf, { shared: true, lookEveryMs: 3_600_000 }),
  ];
  const [{ ctx }, other] = [serviceOn(store), serviceOn(otherStore)];
  const at = NOW.toISOString();
  const user = { id: ADA.id, email: null, name: "Ada", role: "user" as const, createdAt: at, updatedAt: at };
  await ctx.users.insert(store.change(), { ...user, leavingSince: null }).commit();
  const input = { name: "x", scopes: ["portfolios:read" as const], expiresAt: null, allowedOrigins: [] };
  const { key, apiKey } = await createApiKey(ctx, input);
  assert.equal((await byKey(other.identify, key))?.type, "user");
  await deleteApiKey(ctx, apiKey.value.id, undefined);
  assert.equal((await byKey(other.identify, key))?.type, "user", "it is in memory");
  other.clock.now = new Date(NOW.getTime() + WITHIN_MS);
  assert.equal(await byKey(other.identify, key), undefined);
  otherStore.close();
});
