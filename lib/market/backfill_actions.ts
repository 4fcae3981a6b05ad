/**
 * The steps of a backfill that bring splits and dividends. Prices come before: they are what a split is held against.
 *
 * @module
 */
import { lastNumber } from "../store/sequence.ts";
import { type AskedActions, askedActionsCollection } from "../store/asked_actions.ts";
import type { Asking, MarketContext } from "./ask.ts";
import { noteAsked } from "./asked_spans.ts";
import { type Gained, NEWS, type Step } from "./backfill_steps.ts";
import { withSpan } from "./day_spans.ts";
import { fetchActions } from "./fetched_actions.ts";
import type { ActionsPlan, AssetActions } from "./missing_actions.ts";
import type { ActionQuery, Span } from "./provider.ts";
import { ownSymbolSpans } from "./symbol_history.ts";

export const actionSteps = (ctx: MarketContext, market: Asking, { byAsset, months }: ActionsPlan): Step[] => [
  ...byAsset.map((lacking) => () => askForActions(ctx, market, lacking)),
  ...months.map((month) => () => askForMonth(ctx, market, month)),
];

async function askForActions(ctx: MarketContext, market: Asking, { assetNo, span }: AssetActions): Promise<Gained> {
  const asset = (await ctx.assets.getFresh(assetNo))?.value;
  if (asset === undefined) return NEWS;
  let actions = 0;
  for (const named of await ownSymbolSpans(ctx, asset, span)) actions += (await fetched(ctx, market, named)).actions;
  await noteAsked(ctx, assetNo, "actions", span);
  return { ...NEWS, actions };
}

async function askForMonth(ctx: MarketContext, market: Asking, month: Span): Promise<Gained> {
  // Before anything is sent: what is sent of an asset that is added meanwhile is passed over.
  const assetsUpTo = await lastNumber(ctx.store, "assets");
  const gained = await fetched(ctx, market, month);
  const provider = market.provider.name;
  await askedActionsCollection(ctx.store).update(provider, (before) => ({
    provider,
    spans: withMonth(before?.spans ?? [], { ...month, assetsUpTo }),
  }));
  return gained;
}

async function fetched(ctx: MarketContext, market: Asking, query: ActionQuery): Promise<Gained> {
  const { splits, dividends } = await fetchActions(ctx, market, query);
  return { ...NEWS, actions: splits.written + dividends.written };
}

type AskedSpan = AskedActions["spans"][number];

/** What touches becomes one where the same assets were known. */
function withMonth(spans: readonly AskedSpan[], { assetsUpTo, ...month }: AskedSpan): AskedSpan[] {
  const isAlike = (span: AskedSpan) => span.assetsUpTo === assetsUpTo;
  const alike = spans.filter(isAlike).map(({ from, to }) => ({ from, to }));
  return [
    ...spans.filter((span) => !isAlike(span)),
    ...withSpan(alike, month).map((span) => ({ ...span, assetsUpTo })),
  ];
}
