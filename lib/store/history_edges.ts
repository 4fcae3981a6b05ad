import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import { type Market, MARKETS } from "./market_days.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  provider: z.string(),
  market: z.enum(MARKETS),
  /** Of the plan as it was configured then: with another one nothing is known. */
  historyYears: z.int().nullable(),
  /** The newest day that was refused as too old; none before it is asked for again. */
  refused: z.string().nullable(),
  /** How many were refused since one was answered. */
  refusals: z.int().nonnegative(),
  /** The oldest day after it that was answered. */
  answered: z.string().nullable(),
  /** Why the plan does not include the market. */
  notEntitled: z.string().nullable(),
  /** Of what was learned last. */
  learnedAt: z.string(),
});

/** How far back a provider has turned out to answer. */
export type HistoryEdge = z.infer<typeof schema>;

export const historyEdgeId = (provider: string, market: Market): string => `${provider}:${market}`;

export const historyEdgeCollection = (store: Store): Collection<HistoryEdge, string> =>
  collection(store, {
    name: "history_edges",
    schemaVersion: 1,
    schema,
    idOf: ({ provider, market }) => historyEdgeId(provider, market),
  });
