import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

const schema = z.object({
  /** `YYYY-MM-DD:assetNo` */
  id: z.string(),
  date: z.string(),
  assetNo: z.int().positive(),
  /** The row as it was sent, with what is no number as text. */
  row: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  reason: z.string(),
  source: z.string(),
  recordedAt: z.string(),
});

/** A row that failed a check: kept with its reason, and used for nothing. */
export type QuarantinedBar = z.infer<typeof schema>;

export const quarantineId = (date: string, assetNo: number): string => `${date}:${assetNo}`;

export const quarantineCollection = (store: Store): Collection<QuarantinedBar, string> =>
  collection(store, {
    name: "quarantine",
    schemaVersion: 1,
    schema,
    idOf: (bar) => bar.id,
    indexes: { date: (bar) => [[bar.date]], asset: (bar) => [[bar.assetNo]] },
  });
