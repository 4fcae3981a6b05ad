/**
 * Rows that failed a check.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Versioned } from "../store/collection.ts";
import { quarantineCollection, type QuarantinedBar } from "../store/quarantine.ts";

/** Each row takes its entry and two pointers, and one check; an operation has ten checks. */
const ROWS_PER_OPERATION = 9;

/** Makes these a day's quarantined rows: what was quarantined and is in order now is taken out. Answers whether anything changed. */
export async function replaceQuarantine(
  ctx: Context,
  date: string,
  rows: readonly QuarantinedBar[],
): Promise<boolean> {
  const bars = quarantineCollection(ctx.store);
  const before = new Map<string, Versioned<QuarantinedBar>>();
  for await (const item of bars.each({ by: "date", value: [date] })) before.set(item.value.id, item);
  const added = rows.filter((row) => !before.has(row.id));
  const wanted = new Set(rows.map(({ id }) => id));
  const released = [...before.values()].filter(({ value }) => !wanted.has(value.id));
  for (let i = 0; i < added.length; i += ROWS_PER_OPERATION) {
    const change = ctx.store.change();
    for (const row of added.slice(i, i + ROWS_PER_OPERATION)) bars.insert(change, row);
    await change.commit();
  }
  for (const bar of released) await bars.remove(ctx.store.change(), bar).commit();
  return added.length + released.length > 0;
}
