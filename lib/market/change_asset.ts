/**
 * Changing an asset: what hangs on what it is changes with it.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Asset } from "../store/assets.ts";
import type { Change } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import { marketOf } from "./pulled_assets.ts";

/**
 * Stages the asset as it is to be. Where another market's days price it from now on, nobody was asked for it yet: neither it by
 * itself nor the days that were pulled before. Its bars stay.
 */
export function stageAsset(ctx: Context, change: Change, before: Versioned<Asset>, after: Asset): Change {
  if (marketOf(before.value) === marketOf(after)) return ctx.assets.replace(change, before, after);
  const value = { ...after, marketSince: ctx.now().toISOString() };
  return ctx.assets.replace(change, before, value).delete(["asked_histories", after.no]);
}

/** Reads, decides and writes, again and again until nobody came between; `undefined` where the asset is gone. */
export async function changeAsset(
  ctx: Context,
  no: number,
  decide: (asset: Asset) => Asset | Promise<Asset>,
): Promise<Asset | undefined> {
  for (;;) {
    const before = await ctx.assets.getFresh(no);
    if (before === undefined) return undefined;
    const after = await decide(before.value);
    if (after === before.value) return after;
    if (await stageAsset(ctx, ctx.store.change(), before, after).commit() !== undefined) return after;
  }
}
