import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

/** Apart from one another, by rising date; both ends included. */
const spans = z.array(z.object({ from: z.string(), to: z.string() }));

const schema = z.object({
  assetNo: z.int().positive(),
  /** Of which its bars were asked for. */
  spans,
  /** Of which its splits and dividends were. */
  actions: spans.default([]),
  /** Of which the answer was empty, which is believed once it has come again. */
  doubted: z.array(z.object({ from: z.string(), to: z.string(), askedAt: z.string() })).default([]),
  askedAt: z.string(),
});

/** The days of which an asset was asked for by itself, whatever there was of it: nobody need ask for them again. */
export type AskedHistory = z.infer<typeof schema>;

export const askedHistoryCollection = (store: Store): Collection<AskedHistory, number> =>
  collection(store, { name: "asked_histories", schemaVersion: 1, schema, idOf: (asked) => asked.assetNo });
