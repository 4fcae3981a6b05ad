/**
 * What tests put into a store through the API, where how it got there is not what they are about.
 *
 * @module
 */
import { marketDayCollection, stageWaiting } from "../../lib/store/market_days.ts";
import assert from "node:assert/strict";
import type { NewPortfolio } from "../../lib/portfolios/portfolios.ts";
import { createPortfolio } from "../../lib/portfolios/portfolios.ts";
import { quarantineCollection, waitingBarsOf } from "../../lib/store/quarantine.ts";
import { bodyOf, type Json } from "./answers.ts";
import type { UserActor } from "../../lib/identity/actor.ts";
import type { Role } from "../../lib/store/users.ts";
import type { TestService } from "./service.ts";

/** Somebody with a session of their own. */
export const userActor = (id: string, role: Role = "user"): UserActor => ({
  ...{ type: "user", id, role },
  by: { type: "session", id: `ses_of_${id}` },
});

/** An asset of each symbol, with its symbol as its name. */
export async function addAssets(service: TestService, ...symbols: string[]): Promise<void> {
  for (const symbol of symbols) await addAsset(service, { symbol });
}

export async function addAsset(service: TestService, facts: Json & { symbol: string }): Promise<Json> {
  return await bodyOf(
    await service.admin("/assets", { method: "POST", body: { name: facts.symbol, ...facts } }),
    201,
  );
}

/** Bars that say nothing but their close, by date. */
export async function addCloses(
  service: TestService,
  symbol: string,
  closes: Readonly<Record<string, string>>,
): Promise<void> {
  const items = Object.entries(closes).map(([date, close]) => ({ date, close }));
  await bodyOf(await service.admin(`/assets/${symbol}/historic-values`, { method: "PUT", body: { items } }));
}

/** A day of the stock market as a pull leaves it. */
export async function addMarketDay({ store, clock }: TestService, date: string): Promise<void> {
  const { length: quarantined } = await waitingBarsOf(store, { market: "stocks", date });
  await marketDayCollection(store).update(`stocks:${date}`, () => ({
    ...{ market: "stocks", date, status: "complete", rows: 1, quarantined, revision: 1, source: "test" },
    ...{ fetchedAt: clock.now().toISOString(), reason: null },
  }));
}

/** A portfolio of these amounts by symbol. */
export async function addPortfolio(
  service: TestService,
  amounts: Readonly<Record<string, string>>,
  facts: Json = {},
): Promise<Json> {
  const investments = Object.entries(amounts).map(([asset, amount]) => ({ asset, amount }));
  const body = { name: "Growth", investments, ...facts };
  return await bodyOf(await service.admin("/portfolios", { method: "POST", body }), 201);
}

/** A user as if they had signed in once, unless they have already. */
export async function addUser({ services, clock }: TestService, id: string, role: Role = "user"): Promise<void> {
  const at = clock.now().toISOString();
  const user = { id, email: `${id}@example.com`, name: id, role, createdAt: at, updatedAt: at, leavingSince: null };
  if (await services.users.getFresh(id) === undefined) {
    await services.users.insert(services.store.change(), user).commit();
  }
}

/** The key, the session and the entry in the audit that the operations are asked for. */
export async function addCredentials({ services, clock }: TestService, userId: string): Promise<void> {
  const at = clock.now().toISOString();
  const change = services.store.change();
  const facts = { userId, createdAt: at };
  services.apiKeys.insert(change, {
    ...{ ...facts, id: "key_1", digest: "of a key", prefix: "flk_test", name: "test", scopes: [] },
    ...{ allowedOrigins: [], expiresAt: null },
  });
  services.sessions.insert(change, {
    ...{ ...facts, id: "ses_1", digest: "of a session", userAgent: "", expiresAt: at, keyId: null },
  });
  services.audit.insert(change, {
    ...{ id: "2021-11-06T12:00:00.000Z-0123456789ab", at, actorId: userId, by: "ses_1", action: "test", userId },
    ...{ target: "/portfolios/1", changes: [], omitted: 0 },
  });
  assert.notEqual(await change.commit(), undefined);
}

/** A portfolio of somebody whom the API knows nothing of. */
export async function addForeignPortfolio(
  service: TestService,
  facts: Partial<NewPortfolio> = {},
): Promise<number> {
  await addUser(service, "usr_other");
  const ctx = { ...service.services, actor: userActor("usr_other") };
  const { value } = await createPortfolio(ctx, {
    ...{ name: "Secret", currency: "USD", visibility: "private", status: "active", investments: [] },
    ...facts,
  });
  return value.id;
}

/** A bar that waits because it jumped, of the first asset if of no other; answers its id. */
export async function addWaitingBar({ store }: TestService, date: string, assetNo = 1): Promise<string> {
  const row = { open: 30, high: 30, low: 30, close: 30, volume: 1, vwap: null };
  const change = store.change();
  const id = `${date}:${assetNo}:bar:0123456789ab`;
  quarantineCollection(store).insert(change, {
    ...{ id, kind: "bar", market: "stocks", date, assetNo, row, reason: "price_jump", source: "polygon" },
    ...{ comparedWith: { close: 10, date: "2021-11-04" }, recordedAt: "2021-11-06T07:00:00.000Z" },
    ...{ state: "waiting", decision: null },
  });
  await stageWaiting(store, change, { market: "stocks", date }, 1);
  assert.notEqual(await change.commit(), undefined);
  return id;
}
