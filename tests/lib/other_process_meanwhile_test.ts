/** Whatever another process does between any two operations of this one, neither loses what it did, nor undoes the other's. */
import assert from "node:assert/strict";
import type { ActorContext, Context } from "../../lib/context.ts";
import { setSplit, SPLITS, splitsOf } from "../../lib/history/corporate_actions.ts";
import { readBar } from "../../lib/history/read.ts";
import { writeBars } from "../../lib/history/write.ts";
import { STRANGER } from "../../lib/identity/actor.ts";
import { leave } from "../../lib/identity/departure.ts";
import { offerSetUp, useSetUp } from "../../lib/identity/set_up.ts";
import { endSession } from "../../lib/identity/sessions.ts";
import { createUses } from "../../lib/identity/uses.ts";
import type { JobDefinition } from "../../lib/jobs/definition.ts";
import { prepareJob } from "../../lib/jobs/enqueue.ts";
import { isEnded, jobCollection } from "../../lib/jobs/job.ts";
import { cancelJob } from "../../lib/jobs/ledger.ts";
import { pauseSchedule } from "../../lib/jobs/pauses.ts";
import { tick } from "../../lib/jobs/schedule.ts";
import { addAsset } from "../../lib/market/add_asset.ts";
import type { Asking, MarketContext } from "../../lib/market/ask.ts";
import { type AssetFacts, deleteAsset } from "../../lib/market/assets.ts";
import { backfill } from "../../lib/market/backfill.ts";
import { CHECKED_SPLITS } from "../../lib/market/checked_splits.ts";
import { historyTag, putHistoricValues } from "../../lib/market/historic_values.ts";
import type { Provider } from "../../lib/market/provider.ts";
import { acceptQuarantined, rejectQuarantined } from "../../lib/market/quarantine_decisions.ts";
import { waitingBar } from "../../lib/market/quarantined_bar.ts";
import { releaseBars } from "../../lib/market/released_bars.ts";
import { settleDate } from "../../lib/market/settled_action.ts";
import { storeHistory } from "../../lib/market/store_history.ts";
import { createPortfolio } from "../../lib/portfolios/portfolios.ts";
import { Problem } from "../../lib/problem.ts";
import { oldCorrections } from "../../lib/retention/old_corrections.ts";
import type { Session } from "../../lib/store/sessions.ts";
import { marketDayCollection } from "../../lib/store/market_days.ts";
import { quarantineCollection, type QuarantineEntry, quarantineId } from "../../lib/store/quarantine.ts";
import type { User } from "../../lib/store/users.ts";
import { userActor } from "../support/factories.ts";
import { assetBar, bar } from "./history/harness.ts";
import { job } from "./jobs/harness.ts";
import { atEachMoment } from "./meanwhile.ts";
import { asset, NOW } from "./store/harness.ts";

const [THURSDAY, FRIDAY] = ["2026-11-12", "2026-11-13"];
const log = { info() {}, warn() {}, error() {}, debug() {}, isEnabled: () => false };
const run = { signal: new AbortController().signal };
const asking = { provider: { name: "test" } as Provider } as Asking;

const byAdministrator = (ctx: Context): ActorContext => ({ ...ctx, actor: userActor("usr_root", "administrator") });

async function withAssets(ctx: Context, ...assetNos: number[]): Promise<void> {
  const change = ctx.store.change().set(["sequences", "assets"], Math.max(...assetNos));
  for (const no of assetNos) ctx.assets.insert(change, asset(no));
  await change.commit();
}

/** A bar of asset 1 whose high is too low, in quarantine. */
const withDoubtfulRow = (ctx: Context): Promise<void> =>
  withWaitingRow(
    ctx,
    waitingBar({ assetNo: 1, bar: bar(FRIDAY, 10, { high: 5 }) }, "close_outside_range", {
      market: "stocks",
      now: NOW,
    }),
  );

async function withWaitingRow(ctx: Context, entry: QuarantineEntry): Promise<void> {
  const change = quarantineCollection(ctx.store).insert(ctx.store.change(), entry);
  marketDayCollection(ctx.store).insert(change, {
    ...{ market: "stocks", date: FRIDAY, status: "complete", rows: 2, quarantined: 1, revision: 1, source: "test" },
    ...{ fetchedAt: NOW.toISOString(), reason: null },
  });
  await change.commit();
}

const USER: User = {
  ...{ id: "usr_ada", email: null, name: "Ada", role: "user", leavingSince: null },
  ...{ createdAt: NOW.toISOString(), updatedAt: NOW.toISOString() },
};
const ROW_ID = quarantineId({ kind: "bar", date: FRIDAY, assetNo: 1, row: waitingRow() });
const VALUES = { open: null, high: null, low: null, close: 11, volume: null, vwap: null };

function waitingRow() {
  return waitingBar({ assetNo: 1, bar: bar(FRIDAY, 10, { high: 5 }) }, "", { market: "stocks", now: NOW }).row;
}

Deno.test("a row that is decided on while its asset is deleted goes with it", () =>
  atEachMoment({
    prepare: (ctx) => withAssets(ctx, 1).then(() => withDoubtfulRow(ctx)),
    act: (ctx) => deleteAsset(byAdministrator(ctx), "A1", undefined),
    meanwhile: (ctx) => unlessRefused(rejectQuarantined(byAdministrator(ctx), ROW_ID)),
    async holds(ctx) {
      assert.deepEqual(await Array.fromAsync(quarantineCollection(ctx.store).each()), []);
    },
  }));

/** Somebody has asked for it in vain before, and that is remembered. */
const askForPortfolio = (ctx: Context) => ctx.portfolios.get(1);

const unlessRefused = (done: Promise<unknown>): Promise<unknown> =>
  done.catch((error) => assert.ok(error instanceof Problem, error));

const portfolioOf = (ctx: Context, userId: string, ...symbols: string[]) =>
  createPortfolio({ ...ctx, actor: userActor(userId) }, {
    ...{ name: "Growth", currency: "USD", visibility: "private", status: "active" },
    investments: symbols.map((symbol) => ({ asset: symbol, amount: "1" })),
  });

Deno.test("an asset that a portfolio takes in meanwhile is not deleted, or not taken in", () =>
  atEachMoment({
    prepare: (ctx) => withAssets(ctx, 1),
    act: (ctx) => askForPortfolio(ctx).then(() => unlessRefused(deleteAsset(byAdministrator(ctx), "A1", undefined))),
    meanwhile: (ctx) => unlessRefused(portfolioOf(ctx, "usr_system", "A1")),
    async holds(ctx) {
      const isHeld = (await Array.fromAsync(ctx.store.list({ prefix: ["portfolios_by_asset", 1] }))).length > 0;
      assert.equal(await ctx.assets.get(1) !== undefined, isHeld);
    },
  }));

Deno.test("whoever leaves leaves no portfolio that was made meanwhile", () =>
  atEachMoment({
    prepare: (ctx) => ctx.users.insert(ctx.store.change(), USER).commit(),
    async act(ctx) {
      await askForPortfolio(ctx);
      await leave({ ...ctx, actor: userActor(USER.id) }, undefined);
    },
    meanwhile: (ctx) => unlessRefused(portfolioOf(ctx, USER.id)),
    async holds(ctx) {
      assert.deepEqual(await Array.fromAsync(ctx.portfolios.each()), []);
    },
  }));

Deno.test("what retention takes out while an asset is erased does not come back", () =>
  atEachMoment({
    async prepare(ctx) {
      await withAssets(ctx, 1, 2);
      for (const close of [10, 11]) await writeBars(ctx, [assetBar(1, FRIDAY, close), assetBar(2, FRIDAY, close)]);
    },
    act: (ctx) => deleteAsset(byAdministrator(ctx), "A1", undefined),
    async meanwhile(ctx) {
      for await (const stage of oldCorrections(ctx, new Date(NOW.getTime() + 1_000))) {
        const change = ctx.store.change();
        await stage(change);
        await change.commit();
      }
      return await Array.fromAsync(ctx.store.list({ prefix: ["superseded"] }));
    },
    async holds(ctx, left) {
      if (left.length > 0) return;
      assert.deepEqual(await Array.fromAsync(ctx.store.list({ prefix: ["superseded"] })), []);
    },
  }));

Deno.test("a schedule that is paused asks for nothing any more, also where it was about to", () => {
  const definition = job(() => Promise.resolve());
  const entry = {
    ...{ name: "nightly", schedule: { timeZone: "America/New_York", at: "03:00" } },
    job: { name: "test", args: () => ({ key: "1" }) },
  };
  const isThere = async ({ store }: Context) => await jobCollection(store).getFresh("test:1") !== undefined;
  return atEachMoment({
    prepare: () => Promise.resolve(),
    act: (ctx) => tick({ ...ctx, jobs: [definition], log }, [entry]),
    async meanwhile(ctx) {
      const pause = { name: "nightly", paused_at: NOW.toISOString(), paused_by: "usr_root" };
      await pauseSchedule(ctx.store, pause, (change) => change.commit());
      return await isThere(ctx);
    },
    holds: async (ctx, wasThere) => assert.equal(await isThere(ctx), wasThere),
  });
});

const session = (id: string): Session => ({
  ...{ id, digest: id, userId: "usr_system", userAgent: "", keyId: null },
  ...{ createdAt: NOW.toISOString(), expiresAt: "2026-12-24T00:00:00.000Z" },
});

Deno.test("of two who end one session the second is told that there is none, also where they do so at once", () => {
  let outcome = "";
  const end = (ctx: Context) => endSession({ ...ctx, actor: userActor("usr_system") }, "ses_1", undefined);
  return atEachMoment({
    prepare: (ctx) => ctx.sessions.insert(ctx.store.change(), session("ses_1")).commit(),
    act: async (ctx) => outcome = await end(ctx).then(() => "ended", ({ type }) => type),
    meanwhile: end,
    holds: (_, seen) => Promise.resolve(assert.deepEqual([outcome, seen], ["not-found", undefined])),
  });
});

Deno.test("of two who use the set-up link one is made the administrator, and the other told that it was used", () => {
  const config = { signInProviders: new Map(), publicUrl: "", adminEmails: new Set<string>() };
  let [secret, outcome] = ["", ""];
  const setUp = (ctx: Context) => useSetUp({ ...ctx, ...config, actor: STRANGER }, secret);
  return atEachMoment({
    async prepare(ctx) {
      secret = await offerSetUp({ ...ctx, ...config }, { adminApiKey: undefined }) ?? assert.fail();
    },
    act: async (ctx) => outcome = await setUp(ctx).then(() => "made", ({ type }) => type),
    meanwhile: setUp,
    async holds(ctx) {
      assert.equal(outcome, "forbidden");
      assert.equal((await ctx.users.idsUnder("role", ["administrator"])).length, 1);
    },
  });
});

Deno.test("a session that ends while last uses are stored takes none of the others' with it", () => {
  const [going, staying] = ["ses_1", "ses_2"];
  return atEachMoment({
    async prepare(ctx) {
      const change = ctx.store.change();
      for (const id of [going, staying]) ctx.sessions.insert(change, session(id));
      await change.commit();
    },
    async act(ctx) {
      const uses = createUses({ store: ctx.store, now: () => NOW, log });
      for (const id of [going, staying]) uses.note("sessions", id);
      await uses.flush();
    },
    async meanwhile(ctx) {
      const before = await ctx.sessions.getFresh(going) ?? assert.fail();
      await ctx.sessions.remove(ctx.store.change().delete(["credential_uses", going]), before).commit();
    },
    async holds({ store }) {
      const uses = await Array.fromAsync(store.list({ prefix: ["credential_uses"] }), ({ key }) => key[1]);
      assert.deepEqual(uses, [staying]);
    },
  });
});

Deno.test("a bar that somebody puts in while a history is filled in stays", () =>
  atEachMoment({
    prepare: (ctx) => withAssets(ctx, 1),
    async act(ctx) {
      const asset = (await ctx.assets.getFresh(1))?.value ?? assert.fail();
      const rows = [{ symbol: "A1", date: FRIDAY, open: 11, high: 11, low: 11, close: 11, volume: 1, vwap: null }];
      const history = { asset, market: "stocks", span: { from: FRIDAY, to: FRIDAY }, rows } as const;
      await storeHistory({ ...ctx, log } as unknown as MarketContext, { run, market: asking }, history);
    },
    meanwhile: (ctx) => putHistoricValues(ctx, "A1", [{ bar: bar(FRIDAY, 12) }], undefined),
    holds: async (ctx) => assert.equal((await readBar(ctx, 1, FRIDAY))?.close, 12),
  }));

Deno.test("a bar that somebody rejects while bars are released that jump no more stays rejected, and is counted once", () => {
  const jump = { assetNo: 1, bar: bar(FRIDAY, 40) };
  const entry = waitingBar(jump, "price_jump", { market: "stocks", now: NOW }, { close: 10, date: THURSDAY });
  const split = { executionDate: FRIDAY, splitFrom: "4", splitTo: "1", source: "test", recordedAt: NOW.toISOString() };
  return atEachMoment({
    async prepare(ctx) {
      await withAssets(ctx, 1);
      await writeBars(ctx, [assetBar(1, THURSDAY, 10)]);
      await withWaitingRow(ctx, entry);
      await setSplit(ctx.store.change(), 1, split).commit();
    },
    act: (ctx) => releaseBars(ctx, 1),
    async meanwhile(ctx) {
      const wasWaiting = await quarantineCollection(ctx.store).getFresh(entry.id) !== undefined;
      if (wasWaiting) await rejectQuarantined(byAdministrator(ctx), entry.id);
      return wasWaiting;
    },
    async holds(ctx, isRejected) {
      assert.equal(
        (await quarantineCollection(ctx.store).get(entry.id))?.value.state,
        isRejected ? "rejected" : undefined,
      );
      assert.equal((await readBar(ctx, 1, FRIDAY))?.close, isRejected ? undefined : 40);
    },
  });
});

Deno.test("a day counts a bar that is accepted once, also where another one was stored meanwhile", () =>
  atEachMoment({
    prepare: (ctx) => withAssets(ctx, 1).then(() => withDoubtfulRow(ctx)),
    act: (ctx) => acceptQuarantined(byAdministrator(ctx), ROW_ID, { kind: "bar", values: VALUES }),
    async meanwhile(ctx) {
      const wasThere = await readBar(ctx, 1, FRIDAY) !== undefined;
      await writeBars(ctx, [assetBar(1, FRIDAY, 12)]);
      return wasThere;
    },
    async holds(ctx, wasThere) {
      const day = await marketDayCollection(ctx.store).get(`stocks:${FRIDAY}`);
      assert.deepEqual([day?.value.rows, day?.value.quarantined], [wasThere ? 3 : 2, 0]);
    },
  }));

Deno.test("a split that was rejected meanwhile is not stored", () => {
  const row = { split_from: 1, split_to: 2 };
  const sent = { assetNo: 1, date: FRIDAY, rows: [row], isWhole: true };
  const facts = { source: "test", today: "2026-11-20", pulled: [], jumping: [] };
  return atEachMoment({
    async prepare(ctx) {
      await withAssets(ctx, 1);
      await writeBars(ctx, [assetBar(1, THURSDAY, 20), assetBar(1, FRIDAY, 10)]);
    },
    act: (ctx) => settleDate(ctx, CHECKED_SPLITS, sent, facts),
    async meanwhile(ctx) {
      if ((await splitsOf(ctx, 1)).length > 0) return false;
      const entry = { kind: "split", date: FRIDAY, assetNo: 1, row } as const;
      const change = quarantineCollection(ctx.store).insert(ctx.store.change(), {
        ...{ id: quarantineId(entry), ...entry, market: "stocks", reason: "no_price", comparedWith: null },
        ...{ source: "test", recordedAt: NOW.toISOString(), state: "waiting", decision: null },
      });
      await change.commit();
      await rejectQuarantined(byAdministrator(ctx), quarantineId(entry));
      return true;
    },
    async holds(ctx, isRejected) {
      assert.deepEqual((await splitsOf(ctx, 1)).map(SPLITS.dateOf), isRejected ? [] : [FRIDAY]);
    },
  });
});

Deno.test("a new asset has its backfill, also where an earlier one of its symbol is cancelled meanwhile", () => {
  const provider = { name: "test" } as Provider;
  const jobsOn = (ctx: Context) => ({ ...ctx, provider, jobs: [backfill(ctx) as JobDefinition<never>] });
  const facts: AssetFacts = {
    ...{ symbol: "A1", name: "A1", kind: "stock", currency: "USD", sector: "energy" },
    ...{ sectorWeights: null, status: "active" },
  };
  return atEachMoment({
    async prepare(ctx) {
      const earlier = await prepareJob(jobsOn(ctx), { name: "backfill", args: { asset: "A1" } });
      await earlier.stage(ctx.store.change()).commit();
    },
    act: (ctx) => addAsset(jobsOn(ctx), facts, "manual"),
    async meanwhile(ctx) {
      await cancelJob(jobsOn(ctx), "backfill:asset:A1");
      return await ctx.assets.getBy("symbol", ["A1"]) !== undefined;
    },
    async holds(ctx, wasThere) {
      const found = await jobCollection(ctx.store).getFresh("backfill:asset:A1") ?? assert.fail();
      assert.equal(isEnded(found.value), wasThere);
    },
  });
});

Deno.test("bars are put in only if the history is still what If-Match says, also where a pull comes between", () => {
  let [tag, outcome] = ["", ""];
  return atEachMoment({
    async prepare(ctx) {
      await withAssets(ctx, 1);
      await writeBars(ctx, [assetBar(1, THURSDAY, 9)]);
      tag = await historyTag(ctx, "A1");
    },
    async act(ctx) {
      const put = putHistoricValues(ctx, "A1", [{ bar: bar(FRIDAY, 10) }], [tag]);
      outcome = await put.then(() => "put", ({ type }) => type);
    },
    async meanwhile(ctx) {
      const wasPut = await readBar(ctx, 1, FRIDAY) !== undefined;
      await writeBars(ctx, [assetBar(1, THURSDAY, 8)]);
      return wasPut;
    },
    async holds(ctx, wasPut) {
      assert.equal(outcome, wasPut ? "put" : "version-mismatch");
      assert.equal((await readBar(ctx, 1, FRIDAY))?.close, wasPut ? 10 : undefined);
    },
  });
});
