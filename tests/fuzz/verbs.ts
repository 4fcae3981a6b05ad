/**
 * What a process does to a small store in one go: each of it may come between any two operations of another.
 *
 * @module
 */
import type { ActorContext, Context } from "../../lib/context.ts";
import { SPLITS } from "../../lib/history/corporate_actions.ts";
import { writeBars } from "../../lib/history/write.ts";
import { createApiKey, deleteApiKey, makeApiKey, stageApiKey } from "../../lib/identity/api_keys.ts";
import { leave } from "../../lib/identity/departure.ts";
import { signInWithKey } from "../../lib/identity/key_sign_in.ts";
import { API_KEYS, endCredential, SESSIONS } from "../../lib/identity/others_credentials.ts";
import { changeRole } from "../../lib/identity/users.ts";
import { createUses } from "../../lib/identity/uses.ts";
import type { Asking, MarketContext } from "../../lib/market/ask.ts";
import { type AssetFacts, createAsset, deleteAsset, patchAsset } from "../../lib/market/assets.ts";
import { CHECKED_SPLITS } from "../../lib/market/checked_splits.ts";
import { deleteAction, putActions } from "../../lib/market/corporate_actions.ts";
import { putHistoricValues } from "../../lib/market/historic_values.ts";
import type { ProviderBar } from "../../lib/market/provider.ts";
import { acceptQuarantined, rejectQuarantined } from "../../lib/market/quarantine_decisions.ts";
import { releaseAllBars } from "../../lib/market/released_bars.ts";
import { renameAsset } from "../../lib/market/rename_asset.ts";
import { settleDate } from "../../lib/market/settled_action.ts";
import { storeDay } from "../../lib/market/store_day.ts";
import { storeHistory } from "../../lib/market/store_history.ts";
import { removeInvestment, replaceInvestments, setInvestment } from "../../lib/portfolios/investments.ts";
import {
  createPortfolio,
  deletePortfolio,
  type NewPortfolio,
  patchPortfolio,
} from "../../lib/portfolios/portfolios.ts";
import { repairOnce } from "../../lib/repair/mod.ts";
import { type Expired, overSessions } from "../../lib/retention/expired.ts";
import { oldCorrections } from "../../lib/retention/old_corrections.ts";
import { quarantineCollection } from "../../lib/store/quarantine.ts";
import type { Session } from "../../lib/store/sessions.ts";
import type { Role, User } from "../../lib/store/users.ts";
import { assetBar, bar } from "../lib/history/harness.ts";
import { asset, NOW } from "../lib/store/harness.ts";
import { userActor } from "../support/factories.ts";

export type Verb = (ctx: Context) => Promise<unknown>;

const [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY] = ["2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"];
const AT = NOW.toISOString();
const log = { info() {}, warn() {}, error() {}, debug() {}, isEnabled: () => false };
const run = { signal: new AbortController().signal, progress() {} };
/** A provider that knows of no splits. */
const market: Partial<Asking> = {
  provider: { name: "test" } as Asking["provider"],
  outcomeOf: () => Promise.resolve({ type: "empty" }),
};
const asking = market as Asking;

const administrator = (ctx: Context): ActorContext => ({ ...ctx, actor: userActor("usr_root", "administrator") });
const ada = (ctx: Context): ActorContext => ({ ...ctx, actor: userActor("usr_ada") });

const row = (symbol: string, close: number, high = close): ProviderBar => ({
  ...{ symbol, open: close, high, low: close, close, volume: 1, vwap: null },
});

const user = (id: string, role: Role): User => ({
  ...{ id, role, email: null, name: id, leavingSince: null, createdAt: AT, updatedAt: AT },
});

const session = (id: string, keyId: string | null, expiresAt: string): Session => ({
  ...{ id, digest: id, userId: "usr_ada", userAgent: "", keyId, createdAt: AT, expiresAt },
});

const portfolio = (name: string, ...symbols: string[]): NewPortfolio => ({
  ...{ name, currency: "USD", visibility: "private", status: "active" },
  investments: symbols.map((symbol) => ({ asset: symbol, amount: "1" })),
});

const FACTS: AssetFacts = {
  ...{ symbol: "B3", name: "B3", kind: "stock", currency: "USD", sector: "energy", sectorWeights: null },
  status: "active",
};

const pull = (ctx: Context, date: string, ...rows: ProviderBar[]) =>
  storeDay({ ...ctx, log } as unknown as MarketContext, { run, market: asking }, { market: "stocks", date }, rows);

/** Three assets, of which the first has a row that cannot be in quarantine and the last one that jumps; people and what is theirs. */
export async function prepare(ctx: Context): Promise<void> {
  const change = ctx.store.change().set(["sequences", "assets"], 3);
  for (const no of [1, 2, 3]) ctx.assets.insert(change, asset(no));
  await change.commit();
  const { apiKey } = makeApiKey(ctx, "usr_ada", { name: "k", scopes: [], expiresAt: null, allowedOrigins: [] });
  const people = ctx.users.insert(ctx.store.change(), user("usr_ada", "user"));
  for (const id of ["usr_root", "usr_two"]) ctx.users.insert(people, user(id, "administrator"));
  await stageApiKey(ctx, people, { ...apiKey, id: "key_1" });
  await people.commit();
  const sessions = ctx.sessions.insert(ctx.store.change(), session("ses_1", "key_1", "2026-12-24T00:00:00.000Z"));
  await ctx.sessions.insert(sessions, session("ses_2", null, "2026-11-20T00:00:00.000Z")).commit();
  await createPortfolio(ada(ctx), portfolio("One", "A1"));
  await writeBars(ctx, [1, 2, 3].map((no) => assetBar(no, THURSDAY, 10)));
  await pull(ctx, FRIDAY, row("A1", 10, 5), row("A2", 11), row("A3", 40));
  await writeBars(ctx, [assetBar(2, FRIDAY, 12)]);
  const action = { executionDate: "2020-01-02", splitFrom: "1", splitTo: "2", source: "manual" };
  await putActions(ctx, SPLITS, "A2", [{ action }], undefined);
}

/** The row of an asset that waits; one that there is not where there is none. */
async function waitingId({ store }: Context, assetNo: number): Promise<string> {
  return (await quarantineCollection(store).idsUnder("asset", [assetNo]))[0] ?? "none";
}

async function removeAll(ctx: Context, expired: AsyncIterable<Expired>): Promise<void> {
  for await (const stage of expired) {
    const change = ctx.store.change();
    await stage(change);
    await change.commit();
  }
}

async function fillIn(ctx: Context): Promise<void> {
  const value = (await ctx.assets.getFresh(3))?.value;
  if (value === undefined) return;
  const rows = [{ ...row("A3", 10, 5), date: TUESDAY }, { ...row("A3", 10), date: WEDNESDAY }];
  const history = { asset: value, market: "stocks", span: { from: TUESDAY, to: FRIDAY }, rows } as const;
  await storeHistory({ ...ctx, log } as unknown as MarketContext, { run, market: asking }, history);
}

async function noteUses(ctx: Context): Promise<void> {
  const uses = createUses({ store: ctx.store, now: () => NOW, log });
  uses.note("api_keys", "key_1");
  uses.note("sessions", "ses_1");
  await uses.flush();
}

const VALUES = { open: null, high: null, low: null, close: 11, volume: null, vwap: null };
const SPLIT = { executionDate: FRIDAY, splitFrom: "4", splitTo: "1", source: "manual" };
const SENT_SPLITS = { assetNo: 3, date: FRIDAY, rows: [{ split_from: 4, split_to: 1 }], isWhole: true };
const SPLIT_FACTS = {
  ...{ source: "test", today: "2026-11-20", pulled: [] },
  jumping: [{ assetNo: 3, bar: bar(FRIDAY, 40) }],
};

const MARKET: Readonly<Record<string, Verb>> = {
  "delete A1": (ctx) => deleteAsset(administrator(ctx), "A1", undefined),
  "delete A3": (ctx) => deleteAsset(administrator(ctx), "A3", undefined),
  "rename A3": (ctx) => renameAsset(administrator(ctx), "A3", { symbol: "B3", since: FRIDAY }, undefined),
  "add an asset": (ctx) => createAsset(administrator(ctx), FACTS, "manual"),
  "change A3": (ctx) => patchAsset(administrator(ctx), "A3", { kind: "other" }, undefined),
  "put bars in": (ctx) => putHistoricValues(administrator(ctx), "A3", [{ bar: bar(FRIDAY, 9) }], undefined),
  "pull the day": (ctx) => pull(ctx, FRIDAY, row("A1", 10.5), row("A2", 13), row("A3", 44)),
  "pull the same": (ctx) => pull(ctx, FRIDAY, row("A1", 10, 5), row("A1", 10, 6), row("A2", 12), row("A3", 10.5)),
  "pull the day before": (ctx) => pull(ctx, THURSDAY, row("A1", 10, 6), row("A2", 12), row("A3", 10.5)),
  "fill in a history": fillIn,
  "accept a row": async (ctx) =>
    acceptQuarantined(administrator(ctx), await waitingId(ctx, 1), { kind: "bar", values: VALUES }),
  "accept a jump": async (ctx) => acceptQuarantined(administrator(ctx), await waitingId(ctx, 3), undefined),
  "reject a row": async (ctx) => rejectQuarantined(administrator(ctx), await waitingId(ctx, 1)),
  "reject a jump": async (ctx) => rejectQuarantined(administrator(ctx), await waitingId(ctx, 3)),
  "put a split in": (ctx) => putActions(administrator(ctx), SPLITS, "A3", [{ action: SPLIT }], undefined),
  "take a split out": (ctx) => deleteAction(administrator(ctx), SPLITS, "A2", "2020-01-02", undefined),
  "settle splits": (ctx) => settleDate(ctx, CHECKED_SPLITS, SENT_SPLITS, SPLIT_FACTS),
  "release bars": releaseAllBars,
  "forget corrections": (ctx) => removeAll(ctx, oldCorrections(ctx, new Date(NOW.getTime() + 1_000))),
  "repair": (ctx) => repairOnce(ctx),
};

const PEOPLE: Readonly<Record<string, Verb>> = {
  "make a portfolio": (ctx) => createPortfolio(ada(ctx), portfolio("Two", "A2", "A3")),
  "delete a portfolio": (ctx) => deletePortfolio(ada(ctx), 1, undefined),
  "rename a portfolio": (ctx) => patchPortfolio(ada(ctx), 1, { name: "Two", status: "inactive" }, undefined),
  "replace investments": (ctx) => replaceInvestments(ada(ctx), 1, [{ asset: "A3", amount: "3" }], undefined),
  "take an investment out": (ctx) => removeInvestment(ada(ctx), 1, "A1", undefined),
  "put an investment in": (ctx) => setInvestment(administrator(ctx), 1, { asset: "A2", amount: "2" }, undefined),
  "make a key": (ctx) => createApiKey(ada(ctx), { name: "n", scopes: [], expiresAt: null, allowedOrigins: [] }),
  "delete a key": (ctx) => deleteApiKey(ada(ctx), "key_1", undefined),
  "end a key": (ctx) => endCredential(administrator(ctx), API_KEYS, "key_1", undefined),
  "end a session": (ctx) => endCredential(administrator(ctx), SESSIONS, "ses_1", undefined),
  "sign in": (ctx) => signInWithKey(ctx, { actor: administrator(ctx).actor, session: null, userAgent: "" }),
  "note uses": noteUses,
  "leave": (ctx) => leave(ada(ctx), undefined),
  "leave as administrator": (ctx) => leave(administrator(ctx), undefined),
  "end an administrator": (ctx) => changeRole(administrator(ctx), "usr_two", "user", undefined),
  "forget sessions": (ctx) =>
    removeAll(ctx, overSessions({ ...ctx, uses: createUses({ store: ctx.store, now: () => NOW, log }) })),
};

export const VERBS: Readonly<Record<string, Verb>> = { ...MARKET, ...PEOPLE };

/** Verbs that have more to do with one another than with the rest. */
export const AREAS: readonly (readonly string[])[] = [Object.keys(MARKET), Object.keys(PEOPLE)];
