/**
 * Market days are days of the calendar that have begun, say what their status allows, and count the rows that wait.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { isDay, newestDay } from "../day.ts";
import { type MarketDate, type MarketDay, marketDayCollection } from "../store/market_days.ts";
import { waitingBarsOf } from "../store/quarantine.ts";
import type { Store } from "../store/store.ts";
import { UnreadableEntry } from "../store/unreadable.ts";
import type { Check, Fault } from "./check.ts";

const BATCH = 100;

export const marketDays: Check = {
  covers: [],
  async *faults({ ctx }) {
    const { schema } = marketDayCollection(ctx.store).options;
    for await (const { key, value } of ctx.store.list({ prefix: ["market_days"] }, { batchSize: BATCH })) {
      const read = schema.safeParse(value);
      // One that cannot be read is reported where all entities are.
      const what = read.success ? faultOfDay(ctx, read.data) : undefined;
      if (what !== undefined) yield { kind: "impossible_day", key, what };
      if (read.success) yield* miscounted(ctx.store, key);
    }
  },
};

/** Sure only if the day was the same before and after its rows were counted. */
async function* miscounted(store: Store, key: Deno.KvKey): AsyncGenerator<Fault> {
  const { schema } = marketDayCollection(store).options;
  for (;;) {
    const entry = await store.get(key);
    const day = schema.safeParse(entry.value).data;
    const waiting = day?.status === "complete" ? await countedRows(store, day) : undefined;
    if ((await store.get(key)).versionstamp !== entry.versionstamp) continue;
    if (waiting === undefined || waiting === day?.quarantined) return;
    const what = `says that ${day?.quarantined} rows wait in quarantine, but there are ${waiting}`;
    return yield { kind: "miscounted_day", key, what };
  }
}

/** `undefined` where one of them cannot be read, which is reported where all entities are. */
const countedRows = (store: Store, day: MarketDate): Promise<number | undefined> =>
  waitingBarsOf(store, day).then(({ length }) => length, (error) => {
    if (error instanceof UnreadableEntry) return undefined;
    throw error;
  });

export function faultOfDay(
  { now, marketTimeZone }: Context,
  { date, status, rows, revision }: MarketDay,
): string | undefined {
  const newest = newestDay(now(), marketTimeZone);
  if (!isDay(date)) return `${date} is no day of the calendar`;
  if (date > newest) return `has not begun: the newest day is ${newest}`;
  if (status === "complete" && revision === 0) return "is complete, but has no revision";
  if (status !== "complete" && rows > 0) return `is ${status}, but has ${rows} rows`;
  return undefined;
}
