/**
 * The edge of a provider's history: learned from what it refuses as too old, and remembered. It moves on with time, and never back.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { addDays, DAY_MS, dayNumber } from "../day.ts";
import { type HistoryEdge, historyEdgeCollection, historyEdgeId } from "../store/history_edges.ts";
import type { Market } from "../store/market_days.ts";
import type { Provider } from "./provider.ts";

export type Edge = Pick<HistoryEdge, "refused" | "refusals" | "answered">;

type PlanOf = Pick<Provider, "name" | "historyYears">;

const FORGET_AFTER_MS = 30 * DAY_MS;

export const UNKNOWN_EDGE: Edge = { refused: null, refusals: 0, answered: null };

/**
 * The day to ask for first of those from `first` on: after a refusal the next one, since a plan's edge is known to a day or two;
 * then ever larger steps until something is answered, and from there back by halves. So nothing that is there is left out, and
 * an edge n days away costs some 2 log2(n) refusals, once.
 */
export function firstToAsk({ refused, refusals, answered }: Edge, first: string): string {
  if (refused === null) return first;
  const lowest = latest(first, addDays(refused, 1));
  if (answered === null) return latest(lowest, addDays(refused, 2 ** Math.max(0, refusals - 1)));
  if (lowest >= answered) return lowest;
  return latest(lowest, addDays(refused, Math.ceil((dayNumber(answered) - dayNumber(refused)) / 2)));
}

export const afterRefusal = ({ refused, refusals, answered }: Edge, day: string): Edge => ({
  refused: latest(refused ?? day, day),
  refusals: refusals + 1,
  answered: answered === null || answered <= day ? null : answered,
});

export const afterAnswer = ({ refused, answered }: Edge, day: string): Edge => ({
  refused,
  refusals: 0,
  answered: answered === null || day < answered ? day : answered,
});

/** What is known of a plan still holds: it may have been changed since, or what lies behind it. */
export async function edgeOf(ctx: Context, provider: PlanOf, market: Market): Promise<HistoryEdge> {
  const known = await historyEdgeCollection(ctx.store).getFresh(historyEdgeId(provider.name, market));
  return stillKnown(ctx, provider, market, known?.value);
}

/** Of an edge that never refused anything nothing need be known. */
export async function noteAnswer(ctx: Context, provider: PlanOf, market: Market, day: string): Promise<void> {
  const { refused, answered, notEntitled } = await edgeOf(ctx, provider, market);
  const isNews = notEntitled !== null || refused !== null && (answered === null || day < answered);
  if (isNews) await learn(ctx, provider, market, (edge) => ({ ...afterAnswer(edge, day), notEntitled: null }));
}

export const noteRefusal = (ctx: Context, provider: PlanOf, market: Market, day: string): Promise<void> =>
  learn(ctx, provider, market, (edge) => afterRefusal(edge, day));

export const noteNotEntitled = (ctx: Context, provider: PlanOf, market: Market, reason: string): Promise<void> =>
  learn(ctx, provider, market, () => ({ notEntitled: reason }));

async function learn(
  ctx: Context,
  provider: PlanOf,
  market: Market,
  decide: (edge: HistoryEdge) => Partial<HistoryEdge>,
): Promise<void> {
  await historyEdgeCollection(ctx.store).update(historyEdgeId(provider.name, market), (before) => {
    const edge = stillKnown(ctx, provider, market, before);
    return { ...edge, ...decide(edge), learnedAt: ctx.now().toISOString() };
  });
}

function stillKnown(
  { now }: Context,
  provider: PlanOf,
  market: Market,
  edge: HistoryEdge | undefined,
): HistoryEdge {
  const historyYears = provider.historyYears ?? null;
  const isForgotten = edge !== undefined && Date.parse(edge.learnedAt) < now().getTime() - FORGET_AFTER_MS;
  if (edge?.historyYears === historyYears && !isForgotten) return edge;
  return { ...{ provider: provider.name, market, historyYears }, ...UNKNOWN_EDGE, notEntitled: null, learnedAt: "" };
}

const latest = (a: string, b: string): string => a > b ? a : b;
