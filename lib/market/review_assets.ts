/**
 * What the silence of an asset means: after some sessions it is asked whether its symbol has changed, after more it is taken
 * for delisted, and one that trades again soon was halted only.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { dayNumber, dayOf, isDay } from "../day.ts";
import { spanOf } from "../history/read.ts";
import { Problem } from "../problem.ts";
import { defineJob, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import type { Asset } from "../store/assets.ts";
import { marketDayCollection } from "../store/market_days.ts";
import { type Asking, asking, type MarketContext } from "./ask.ts";
import { changeAsset } from "./change_asset.ts";
import type { ProviderSymbolChange } from "./provider.ts";
import { marketOf } from "./pulled_assets.ts";
import { renameAsset } from "./rename_asset.ts";

export const REVIEW_ASSETS = "review-assets";

/** Sessions without a bar, while others traded. */
const SILENT_UNTIL_ASKED = 3;
const SILENT_UNTIL_DELISTED = 10;
/** The rest is asked in the nights that follow. */
const MAX_ASKED = 5;
const MAX_ATTEMPTS = 5;
const MAX_LISTED = 50;

interface Silent {
  readonly asset: Asset;
  readonly lastDay: string;
  /** Of the last sessions, those since its last bar. */
  readonly sessions: number;
}

interface Findings {
  readonly delisted: string[];
  readonly active_again: string[];
  readonly renamed: string[];
  /** Renames that could not be made, with the reason. */
  readonly refused: string[];
}

export const reviewAssets: JobDefinition<MarketContext> = defineJob<MarketContext, { date: string }>({
  name: REVIEW_ASSETS,
  args: z.strictObject({ date: z.string().refine(isDay, "must be a day of the calendar such as 2021-11-06") }),
  id: ({ date }) => date,
  priority: "background",
  maxAttempts: MAX_ATTEMPTS,
  run: review,
});

async function review(ctx: MarketContext, run: JobRun<unknown>) {
  const market = asking(ctx, run);
  const findings: Findings = { delisted: [], active_again: [], renamed: [], refused: [] };
  const sessions = await lastSessions(ctx);
  const silent = await silentAssets(ctx, sessions, findings);
  for (const one of silent.slice(0, MAX_ASKED)) await followRename(ctx, market, one, findings);
  for (const one of silent) {
    run.signal.throwIfAborted();
    if (one.sessions >= SILENT_UNTIL_DELISTED) await changeStatus(ctx, one.asset, "delisted", findings.delisted);
  }
  return { ...shortened(findings), provider_calls: market.calls() };
}

/** Those of the last ten that are complete, newest first. */
async function lastSessions(ctx: Context): Promise<string[]> {
  const { items } = await marketDayCollection(ctx.store).list({
    ...{ by: "market", value: ["stocks"], limit: SILENT_UNTIL_DELISTED, reverse: true },
    where: ({ status }) => status === "complete",
  });
  return items.map(({ value }) => value.date);
}

/** The longest silent first; those that have spoken again are active. */
async function silentAssets(ctx: Context, sessions: readonly string[], findings: Findings): Promise<Silent[]> {
  const silent: Silent[] = [];
  for await (const { value: asset } of ctx.assets.each()) {
    const span = marketOf(asset) === "stocks" ? await spanOf(ctx, asset.no) : undefined;
    if (span === undefined || asset.chosen.includes("status")) continue;
    const missed = sessions.filter((date) => dayNumber(date) > span.lastDay).length;
    if (asset.status === "delisted" && sessions.length > 0 && missed === 0) {
      await changeStatus(ctx, asset, "active", findings.active_again);
    } else if (asset.status === "active" && missed >= SILENT_UNTIL_ASKED) {
      silent.push({ asset, lastDay: dayOf(span.lastDay), sessions: missed });
    }
  }
  return silent.sort((a, b) => b.sessions - a.sessions || a.asset.no - b.asset.no);
}

/** An asset whose issuer goes on under another symbol takes that one; the days since are asked for again anyway. */
async function followRename(ctx: MarketContext, market: Asking, { asset, lastDay }: Silent, findings: Findings) {
  const { symbolChanges } = market.provider;
  if (symbolChanges === undefined) return;
  const outcome = await market.outcomeOf((call) => symbolChanges({ symbol: asset.figi ?? asset.symbol }, call));
  const rename = outcome.type === "ok" ? outcome.value.at(-1) : undefined;
  if (rename === undefined || rename.symbol === asset.symbol || rename.since <= lastDay) return;
  findings.renamed.push(...await renamedTo(ctx, asset, rename, findings.refused));
}

async function renamedTo(
  ctx: Context,
  { symbol }: Asset,
  rename: ProviderSymbolChange,
  refused: string[],
): Promise<string[]> {
  try {
    await renameAsset(ctx, symbol, rename, undefined);
    return [`${symbol} is ${rename.symbol} since ${rename.since}`];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused.push(`${symbol} to ${rename.symbol} since ${rename.since}: ${error.detail}`);
    return [];
  }
}

/** Unless somebody has changed it since. */
async function changeStatus(ctx: Context, asset: Asset, status: Asset["status"], changed: string[]): Promise<void> {
  const after = await changeAsset(ctx, asset.no, (now) => {
    const isSame = now.symbol === asset.symbol && now.status === asset.status && !now.chosen.includes("status");
    return isSame ? { ...now, status, updatedAt: ctx.now().toISOString() } : now;
  });
  if (after?.status === status) changed.push(asset.symbol);
}

const shortened = (findings: Findings): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(findings).map(([name, list]: [string, string[]]) => [
      name,
      list.length <= MAX_LISTED ? list : [...list.slice(0, MAX_LISTED), `and ${list.length - MAX_LISTED} more`],
    ]),
  );
