import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Change } from "./change.ts";
import type { Store } from "./store.ts";

/** What is traded together, and has days of its own: US stocks and funds, crypto assets, currency pairs. */
export const MARKETS = ["stocks", "crypto", "fx"] as const;
export type Market = typeof MARKETS[number];

export const MARKET_DAY_STATUSES = ["complete", "pending", "closed"] as const;

const schema = z.object({
  market: z.enum(MARKETS),
  date: z.string(),
  /** `pending`: its rows are being stored; `closed`: the market did not open. */
  status: z.enum(MARKET_DAY_STATUSES),
  /** Bars of known assets. */
  rows: z.int().nonnegative(),
  /** Rows of known assets that failed a check, and wait; of a day that is complete as many as there are. */
  quarantined: z.int().nonnegative(),
  /** The newest asset whose row was looked for; those of later assets were not. Not known of days from before it was kept. */
  assetsUpTo: z.int().nonnegative().optional(),
  /** Raised each time that a complete day changes. */
  revision: z.int().nonnegative(),
  source: z.string(),
  fetchedAt: z.string(),
  reason: z.string().nullable(),
});

export type MarketDay = z.infer<typeof schema>;

/** Which day of which market. */
export type MarketDate = Pick<MarketDay, "market" | "date">;

/** The days of a market are in order of their dates. */
export const marketDayId = ({ market, date }: MarketDate): string => `${market}:${date}`;

export const marketDayCollection = (store: Store): Collection<MarketDay, string> =>
  collection(store, {
    name: "market_days",
    schemaVersion: 2,
    schema,
    idOf: marketDayId,
    indexes: { market: (day) => [[day.market]] },
  });

export const marketDayKey = (day: MarketDate): Deno.KvKey => ["market_days", marketDayId(day)];

/** Stages that so many more of a day's rows wait. Whoever counts them meanwhile counts anew. */
export async function stageWaiting(store: Store, change: Change, day: MarketDate, more: number): Promise<void> {
  const days = marketDayCollection(store);
  const before = await days.getFresh(marketDayId(day));
  if (before === undefined || more === 0) {
    return void change.check(marketDayKey(day), before?.versionstamp ?? null);
  }
  days.replace(change, before, { ...before.value, quarantined: Math.max(0, before.value.quarantined + more) });
}
