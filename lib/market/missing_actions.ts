/**
 * The splits and dividends of an asset from before it came to be known here: from then on the night fetches them, with those of
 * all others. They are asked for asset by asset, or a month of all assets at a time, whichever is fewer.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays } from "../day.ts";
import type { Asset } from "../store/assets.ts";
import { askedActionsCollection } from "../store/asked_actions.ts";
import { restOf, spanOrNone, withSpan } from "./day_spans.ts";
import { trackedAssets } from "./missing_history.ts";
import { monthsOf } from "./months.ts";
import type { Provider, Span } from "./provider.ts";
import { ownSymbolSpans, type SymbolSpan } from "./symbol_history.ts";

export interface ActionsPlan {
  readonly byAsset: readonly AssetActions[];
  readonly months: readonly Span[];
  /** Of those who answer in pages, the first page of each. */
  readonly calls: number;
}

export interface AssetActions {
  readonly assetNo: number;
  readonly span: Span;
  /** The symbols to ask under. */
  readonly symbols: readonly SymbolSpan[];
}

export async function planActions(ctx: Context, provider: Provider, span: Span, one?: Asset): Promise<ActionsPlan> {
  const callsEach = [provider.splits, provider.dividends].filter((question) => question !== undefined).length;
  if (callsEach === 0) return { byAsset: [], months: [], calls: 0 };
  const lacking = await lackingActions(ctx, provider, span, one);
  const months = monthsOf(hullOf(lacking));
  const questions = lacking.reduce((sum, { symbols }) => sum + symbols.length, 0);
  const isByMonth = one === undefined && months.length < questions;
  return isByMonth
    ? { byAsset: [], months, calls: callsEach * months.length }
    : { byAsset: lacking, months: [], calls: callsEach * questions };
}

async function lackingActions(
  ctx: Context,
  provider: Provider,
  { from, to }: Span,
  one: Asset | undefined,
): Promise<AssetActions[]> {
  const ofAll = (await askedActionsCollection(ctx.store).getFresh(provider.name))?.value.spans ?? [];
  const lacking: AssetActions[] = [];
  for (const { asset, askedActions } of await trackedAssets(ctx, "stocks", one)) {
    const before = addDays(asset.createdAt.slice(0, to.length), -1);
    const { listedOn } = asset;
    const needed = spanOrNone(listedOn === null || listedOn < from ? from : listedOn, before < to ? before : to);
    const asked = ofAll.filter(({ assetsUpTo }) => asset.no <= assetsUpTo).reduce(withSpan, [...askedActions]);
    const span = needed && restOf(needed, asked);
    const symbols = span === undefined ? [] : await ownSymbolSpans(ctx, asset, span);
    if (span !== undefined && symbols.length > 0) lacking.push({ assetNo: asset.no, span, symbols });
  }
  return lacking;
}

function hullOf(lacking: readonly AssetActions[]): Span | undefined {
  const [first] = lacking.map(({ span }) => span.from).sort();
  const last = lacking.map(({ span }) => span.to).sort().at(-1);
  return first === undefined || last === undefined ? undefined : { from: first, to: last };
}
