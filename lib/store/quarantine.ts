import { createHash } from "node:crypto";
import { z } from "zod";
import { type Collection, collection, type Versioned } from "./collection.ts";
import { type MarketDate, MARKETS } from "./market_days.ts";
import { pastCache, type Store } from "./store.ts";

export const QUARANTINE_KINDS = ["bar", "split", "dividend"] as const;
export type QuarantineKind = typeof QUARANTINE_KINDS[number];

export const QUARANTINE_STATES = ["waiting", "accepted", "rejected"] as const;
export type QuarantineState = typeof QUARANTINE_STATES[number];

/** Numbers, with what is none as text. */
const row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

const schema = z.object({
  /** Begins with the date, so that any listing is in its order. */
  id: z.string(),
  kind: z.enum(QUARANTINE_KINDS),
  market: z.enum(MARKETS),
  /** Of the session, of the split's execution or of the dividend's ex-date. */
  date: z.string(),
  assetNo: z.int().positive(),
  /** As it was sent. */
  row,
  reason: z.string(),
  /** The price that a jump is seen against. */
  comparedWith: z.object({ close: z.number(), date: z.string() }).nullable(),
  source: z.string(),
  recordedAt: z.string(),
  state: z.enum(QUARANTINE_STATES),
  /** Who settled it; `values` stand in the place of the row where they were corrected. */
  decision: z.object({ by: z.string(), at: z.string(), values: row.nullable() }).nullable(),
});

/** A row that failed a check or is doubtful: kept with its reason, and used for nothing unless somebody accepts it. */
export type QuarantineEntry = z.infer<typeof schema>;
export type QuarantineRow = QuarantineEntry["row"];

/** Which row of which asset's day. */
export type Sent = Pick<QuarantineEntry, "kind" | "date" | "assetNo" | "row">;

export const quarantineId = ({ kind, date, assetNo, row }: Sent): string =>
  `${date}:${assetNo}:${kind}:${createHash("sha1").update(JSON.stringify(row)).digest("hex").slice(0, 12)}`;

/** Whether it is the very same that was sent, whoever sent it and whenever. */
export const isSameRow = (a: Sent, b: Sent): boolean =>
  a.kind === b.kind && a.date === b.date && a.assetNo === b.assetNo && JSON.stringify(a.row) === JSON.stringify(b.row);

export const quarantineCollection = (store: Store): Collection<QuarantineEntry, string> =>
  collection(store, {
    name: "quarantine",
    schemaVersion: 2,
    schema,
    idOf: (entry) => entry.id,
    indexes: {
      date: (entry) => [[entry.date]],
      asset: (entry) => [[entry.assetNo]],
      state: (entry) => [[entry.state]],
      waiting: (entry) => entry.state === "waiting" ? [[entry.kind, entry.assetNo]] : [],
    },
  });

/** Those of a market's day, whatever became of them: past the cache, since what is stored depends on it. */
export async function quarantinedBars(
  store: Store,
  { market, date }: MarketDate,
): Promise<Versioned<QuarantineEntry>[]> {
  const ofDate = await Array.fromAsync(quarantineCollection(pastCache(store)).each({ by: "date", value: [date] }));
  return ofDate.filter(({ value }) => value.kind === "bar" && value.market === market);
}

/** Those of them of which a decision is waited for. */
export const waitingBarsOf = async (store: Store, day: MarketDate): Promise<Versioned<QuarantineEntry>[]> =>
  (await quarantinedBars(store, day)).filter(({ value }) => value.state === "waiting");

const WAITING = "quarantine_by_waiting";

/** The ids of the bars that wait, by asset, each by rising date. */
export const waitingBars = (store: Store): Promise<ReadonlyMap<number, readonly string[]>> =>
  store.cachedAll([WAITING, "bar"], (entries) => {
    const ids = new Map<number, string[]>();
    for (const { key: [, , assetNo, id] } of entries) {
      ids.set(Number(assetNo), [...ids.get(Number(assetNo)) ?? [], String(id)]);
    }
    return ids;
  });

/** The date that an id begins with. */
export const dateOfId = (id: string): string => id.slice(0, "YYYY-MM-DD".length);

/** How many entries wait. */
export const waitingCount = (store: Store): Promise<number> => store.cachedAll([WAITING], (entries) => entries.length);
