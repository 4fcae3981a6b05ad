/**
 * What an asset was asked for by itself, as it is looked up and noted.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type AskedHistory, askedHistoryCollection } from "../store/asked_histories.ts";
import { restOf, shared, withSpan } from "./day_spans.ts";
import type { Span } from "./provider.ts";

export type Asked = Pick<AskedHistory, "spans" | "actions">;

type Known = Pick<AskedHistory, "spans" | "actions" | "doubted">;

const NOTHING: Known = { spans: [], actions: [], doubted: [] };

/** How long an empty answer counts before it is asked for again: until the night after it. */
const UNDOUBTED_MS = 12 * 3_600_000;

export async function askedOf(ctx: Context, assetNo: number): Promise<Asked> {
  const { spans, actions, doubted } = (await askedHistoryCollection(ctx.store).getFresh(assetNo))?.value ?? NOTHING;
  return { actions, spans: doubted.filter((span) => isYoung(ctx, span)).reduce(withSpan, spans) };
}

export const noteAsked = (ctx: Context, assetNo: number, what: keyof Asked, span: Span): Promise<void> =>
  note(ctx, assetNo, (known) => ({ ...known, [what]: withSpan(known[what], span) }));

/**
 * Notes an answer with nothing in it. A provider that is out of order has given such answers too, so that it is asked for again
 * before it is believed.
 */
export const noteEmpty = (ctx: Context, assetNo: number, span: Span): Promise<void> =>
  note(ctx, assetNo, ({ spans, actions, doubted }) => {
    const old = doubted.filter((one) => !isYoung(ctx, one));
    const believed = old.flatMap((one) => shared(one, span) ?? []).reduce(withSpan, spans);
    const rest = restOf(span, believed);
    const young = doubted.filter((one) => isYoung(ctx, one));
    const added = rest === undefined ? [] : [{ ...rest, askedAt: ctx.now().toISOString() }];
    return { actions, spans: believed, doubted: [...young, ...added] };
  });

const isYoung = ({ now }: Context, { askedAt }: Known["doubted"][number]): boolean =>
  Date.parse(askedAt) > now().getTime() - UNDOUBTED_MS;

/** Nothing is noted of an asset that is gone. */
async function note(ctx: Context, assetNo: number, decide: (known: Known) => Known): Promise<void> {
  const histories = askedHistoryCollection(ctx.store);
  for (;;) {
    const asset = await ctx.assets.getFresh(assetNo);
    if (asset === undefined) return;
    const before = await histories.getFresh(assetNo);
    const after = { assetNo, ...decide(before?.value ?? NOTHING), askedAt: ctx.now().toISOString() };
    const change = ctx.store.change().check(["assets", assetNo], asset.versionstamp);
    const staged = before === undefined ? histories.insert(change, after) : histories.replace(change, before, after);
    if (await staged.commit() !== undefined) return;
  }
}
