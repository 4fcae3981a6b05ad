/**
 * What an asset was asked for by itself, as it is looked up and noted.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type AskedHistory, askedHistoryCollection } from "../store/asked_histories.ts";
import { withSpan } from "./day_spans.ts";
import type { Span } from "./provider.ts";

export type Asked = Pick<AskedHistory, "spans" | "actions">;

export async function askedOf(ctx: Context, assetNo: number): Promise<Asked> {
  return (await askedHistoryCollection(ctx.store).getFresh(assetNo))?.value ?? { spans: [], actions: [] };
}

/** Nothing is noted of an asset that is gone. */
export async function noteAsked(ctx: Context, assetNo: number, what: keyof Asked, span: Span): Promise<void> {
  const histories = askedHistoryCollection(ctx.store);
  for (;;) {
    const asset = await ctx.assets.getFresh(assetNo);
    if (asset === undefined) return;
    const before = await histories.getFresh(assetNo);
    const { spans, actions } = before?.value ?? { spans: [], actions: [] };
    const asked = { spans, actions, [what]: withSpan(what === "spans" ? spans : actions, span) };
    const after = { assetNo, ...asked, askedAt: ctx.now().toISOString() };
    const change = ctx.store.change().check(["assets", assetNo], asset.versionstamp);
    const staged = before === undefined ? histories.insert(change, after) : histories.replace(change, before, after);
    if (await staged.commit() !== undefined) return;
  }
}
