/**
 * What can be done with assets.
 *
 * @module
 */
import { type Facts, type MaybeAsked, stageMarketAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { addDays, dayOf } from "../day.ts";
import { eraseHistory, promiseErasure } from "../history/erase.ts";
import { newestPrice, type Price, spanOf } from "../history/read.ts";
import { assertMatches, type IfMatch } from "../precondition.ts";
import { invalid, pointer, Problem, tooManyConflicts, type ValueError } from "../problem.ts";
import { askedHistoryCollection } from "../store/asked_histories.ts";
import {
  type Asset,
  ASSET_REMOVALS,
  CHOOSABLE,
  type Choosable,
  isCash,
  type Sector,
  sectorsOf,
} from "../store/assets.ts";
import type { Change } from "../store/change.ts";
import { type Page, SEARCH, type Versioned } from "../store/collection.ts";
import { versionKey } from "../store/families.ts";
import { nextNumber } from "../store/sequence.ts";
import { alone, type Settle } from "../store/settle.ts";
import { marketToday } from "./calendar.ts";
import { stageAsset } from "./change_asset.ts";
import type { Span } from "./provider.ts";

export type AssetFacts =
  & Pick<Asset, "symbol" | "name" | "kind" | "currency" | "sector" | "sectorWeights" | "status">
  & Partial<Pick<Asset, "figi" | "chosen" | "listedOn" | "refreshedAt">>;

export interface QuotedAsset extends Versioned<Asset> {
  readonly latest: Price | undefined;
  readonly history: AssetHistory;
}

/** How far an asset's history reaches, and what the provider was asked for of it alone. */
export interface AssetHistory {
  /** Of its first bar. */
  readonly from: string | undefined;
  readonly asked: readonly Span[];
}

export interface ListAssets {
  readonly sector: Sector | undefined;
  readonly kind?: Asset["kind"] | undefined;
  readonly status?: Asset["status"] | undefined;
  /** The beginning of a symbol or any part of a name, in either case. */
  readonly q: string | undefined;
  /** By falling symbol. */
  readonly isReversed?: boolean;
  readonly limit: number;
  readonly cursor: string | undefined;
}

const MAX_CONFLICTS = 100;
const NO_HISTORY: AssetHistory = { from: undefined, asked: [] };

/** A tag of all that the asset's representation says, its newest price and how far its history reaches included. */
export function assetEtag({ versionstamp, latest, history: { from, asked } }: QuotedAsset): string {
  const price = latest === undefined ? "none" : `${latest.date}.${latest.close}.${from}`;
  const spans = asked.map((span) => `.${span.from}-${span.to}`).join("");
  return `"${versionstamp}.${price}${spans}"`;
}

/** What somebody has said of an asset, and so has chosen. */
export const chosenIn = (given: Partial<Record<Choosable | "sector_weights", unknown>>): Choosable[] =>
  CHOOSABLE.filter((choice) =>
    choice === "listedOn"
      ? typeof given.listedOn === "string"
      : given[choice] !== undefined || choice === "sector" && given.sector_weights !== undefined
  );

export async function createAsset(
  ctx: MaybeAsked,
  facts: AssetFacts,
  sectorSource: Asset["sectorSource"],
  settle: Settle<QuotedAsset> = alone,
): Promise<QuotedAsset> {
  assertCashIsPlain(facts);
  assertListedInTime(ctx, { listedOn: null, ...facts, formerSymbols: [] });
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const [taken] = await ctx.assets.idsBy("symbol", [[facts.symbol]]);
    if (taken !== undefined) throw symbolTaken(facts.symbol, await ctx.assets.getFresh(taken));
    const no = await nextNumber(ctx.store, "assets");
    const at = ctx.now().toISOString();
    const value: Asset = {
      ...{ no: no.number, figi: null, chosen: [], listedOn: null, refreshedAt: "", ...facts, sectorSource },
      ...{ formerSymbols: [], symbolsAsked: false, symbolDoubt: null, marketSince: "" },
      ...{ createdAt: at, updatedAt: at },
    };
    const change = ctx.assets.insert(no.stage(ctx.store.change()), value);
    stageAssetAudit(ctx, change, "add asset", { after: value });
    const made = (versionstamp: string) => ({ value, versionstamp, latest: undefined, history: NO_HISTORY });
    const created = await settle(change, made);
    if (created !== undefined) return created;
  }
  throw tooManyConflicts();
}

export async function readAsset(ctx: Context, symbol: string): Promise<QuotedAsset> {
  const asset = await ctx.assets.getBy("symbol", [symbol]);
  if (asset === undefined) throw await noSuchAsset(ctx, symbol);
  return await quoted(ctx, asset);
}

export async function listAssets(ctx: Context, query: ListAssets): Promise<Page<QuotedAsset>> {
  const { isReversed = false, limit, cursor } = query;
  const { items, ...rest } = await ctx.assets.list({
    ...narrowest(query),
    ...{ limit, cursor, reverse: isReversed, where: (asset: Asset) => fits(asset, query), ...SEARCH },
  });
  return { items: await Promise.all(items.map((asset) => quoted(ctx, asset))), ...rest };
}

export async function patchAsset(
  ctx: MaybeAsked,
  symbol: string,
  patch: Partial<Omit<AssetFacts, "symbol">>,
  ifMatch: IfMatch,
): Promise<QuotedAsset> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await presentAsset(ctx, symbol, ifMatch);
    const after = { ...before.value, ...patch };
    if (patch.sector !== undefined || patch.sectorWeights !== undefined) after.sectorSource = "manual";
    after.chosen = withChosen(before.value.chosen, patch);
    if (JSON.stringify(after) === JSON.stringify(before.value)) return before;
    assertCashIsPlain(after);
    assertListedInTime(ctx, after);
    const value = { ...after, updatedAt: ctx.now().toISOString() };
    const change = stageAsset(ctx, ctx.store.change(), before, value);
    const versionstamp = await stageAssetAudit(ctx, change, "change asset", { before: before.value, after: value })
      .commit();
    if (versionstamp !== undefined) return { ...before, value, versionstamp };
  }
  throw tooManyConflicts();
}

/** Refuses while a portfolio holds the asset; what history it had is erased with it. */
export async function deleteAsset(ctx: MaybeAsked, symbol: string, ifMatch: IfMatch): Promise<void> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const asset = await presentAsset(ctx, symbol, ifMatch);
    const uses = await ctx.store.get(versionKey("portfolios"));
    if ((await ctx.portfolios.idsUnder("asset", [asset.value.no], { limit: 1 })).length > 0) {
      throw new Problem("conflict", `${symbol} stands in at least one portfolio, so it cannot be deleted`);
    }
    const change = ctx.store.change().check(uses.key, uses.versionstamp).set(ASSET_REMOVALS, true);
    promiseErasure(change, asset.value.no);
    stageAssetAudit(ctx, change, "delete asset", { before: asset.value });
    if (await ctx.assets.remove(change, asset).commit() === undefined) continue;
    return void await eraseHistory(ctx, asset.value.no);
  }
  throw tooManyConflicts();
}

function stageAssetAudit(
  ctx: MaybeAsked,
  change: Change,
  action: string,
  { before, after }: { readonly before?: Asset; readonly after?: Asset },
): Change {
  const target = `/assets/${(after ?? before)?.symbol}`;
  const facts = { ...(before && { before: factsOf(before) }), ...(after && { after: factsOf(after) }) };
  return stageMarketAudit(ctx, change, { action, target, ...facts });
}

const factsOf = ({ name, kind, currency, status, listedOn, sector, sectorWeights }: Asset): Facts => ({
  ...{ name, kind, currency, status, listed_on: listedOn },
  ...(sectorWeights === null ? { sector } : { sector_weights: { ...sectorWeights } }),
});

/** Before the first change of its symbol, and not in the future. */
function assertListedInTime(
  ctx: Context,
  { listedOn, formerSymbols: [first] }: Pick<Asset, "listedOn" | "formerSymbols">,
): void {
  const last = first === undefined ? marketToday(ctx, "stocks", ctx.now()) : addDays(first.until, -1);
  if (listedOn === null || listedOn <= last) return;
  const because = first === undefined ? "" : `, since its symbol was another before ${first.until}`;
  throw invalid([{ pointer: pointer("listed_on"), detail: `must be ${last} or earlier${because}` }]);
}

/** Cash is worth itself, so it can be in no other currency, and in no sector. */
function assertCashIsPlain(facts: AssetFacts): void {
  if (!isCash(facts)) return;
  const errors: ValueError[] = [];
  const because = `since an asset of kind currency with the symbol ${facts.symbol} is cash`;
  if (facts.currency !== facts.symbol) {
    errors.push({ pointer: pointer("currency"), detail: `must be ${facts.symbol}, ${because}` });
  }
  if (facts.sectorWeights !== null) {
    errors.push({ pointer: pointer("sector_weights"), detail: `must not be given, ${because}` });
  } else if (facts.sector !== "unclassified") {
    errors.push({ pointer: pointer("sector"), detail: `must be unclassified, ${because}` });
  }
  if (errors.length > 0) throw invalid(errors);
}

/** The asset past the cache, for what is about to be changed. */
export async function presentAsset(ctx: Context, symbol: string, ifMatch: IfMatch): Promise<QuotedAsset> {
  const [no] = await ctx.assets.idsBy("symbol", [[symbol]]);
  const asset = no === undefined ? undefined : await ctx.assets.getFresh(no);
  if (asset === undefined) throw await noSuchAsset(ctx, symbol);
  const found = await quoted(ctx, asset);
  assertMatches(ifMatch, assetEtag(found));
  return found;
}

async function quoted(ctx: Context, asset: Versioned<Asset>): Promise<QuotedAsset> {
  const { no } = asset.value;
  const span = await spanOf(ctx, no);
  const asked = await askedHistoryCollection(ctx.store).get(no);
  const history = { from: span && dayOf(span.firstDay), asked: asked?.value.spans ?? [] };
  return { ...asset, latest: await newestPrice(ctx, no), history };
}

/** By sectors there are the most lists, and so the shortest. */
function narrowest({ sector, kind, status }: ListAssets) {
  if (sector !== undefined) return { by: "sector", value: [sector] };
  if (kind !== undefined) return { by: "kind", value: [kind] };
  if (status !== undefined) return { by: "status", value: [status] };
  return { by: "symbol" };
}

const fits = (asset: Asset, { sector, kind, status, q }: ListAssets): boolean =>
  (sector === undefined || sectorsOf(asset).includes(sector)) && (kind ?? asset.kind) === asset.kind &&
  (status ?? asset.status) === asset.status && (q === undefined || matches(asset, q.toLowerCase()));

const matches = (asset: Asset, sought: string): boolean =>
  asset.symbol.toLowerCase().startsWith(sought) || asset.name.toLowerCase().includes(sought);

function withChosen(chosen: Asset["chosen"], patch: Partial<AssetFacts>): Asset["chosen"] {
  const { sectorWeights, sector, ...rest } = patch;
  const added = chosenIn({ ...rest, sector: sector ?? sectorWeights ?? undefined })
    .filter((choice) => !chosen.includes(choice));
  const kept = patch.listedOn === null ? chosen.filter((choice) => choice !== "listedOn") : chosen;
  return [...kept, ...added];
}

function symbolTaken(symbol: string, holder: Versioned<Asset> | undefined): Problem {
  const advice = holder?.value.status === "delisted"
    ? "; it is delisted: rename it first, if the symbol is of another issuer now"
    : "";
  return new Problem("conflict", `There is an asset ${symbol} already${advice}`, {
    errors: [{ pointer: pointer("symbol"), detail: "is taken by another asset" }],
  });
}

/** Whoever had the symbol before is named: it is not redirected to, since another issuer may have the symbol one day. */
export async function noSuchAsset(ctx: Context, symbol: string): Promise<Problem> {
  const { items } = await ctx.assets.list({ by: "former_symbol", value: [symbol], limit: 1 });
  const asset = items[0]?.value;
  const former = asset?.formerSymbols.findLast((one) => one.symbol === symbol);
  if (asset === undefined || former === undefined) return new Problem("not-found", `There is no asset ${symbol}`);
  return new Problem("not-found", `There is no asset ${symbol} since ${former.until}: it is ${asset.symbol} now`);
}
