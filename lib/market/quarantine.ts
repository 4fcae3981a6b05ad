/**
 * Rows that failed a check.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { Change } from "../store/change.ts";
import { quarantineCollection, type QuarantinedBar } from "../store/quarantine.ts";

/** Each row takes one check; an operation has ten. */
const ROWS_PER_OPERATION = 10;

/** Of a day and the assets that were asked for: their rows in quarantine from now on, and no others. */
export interface DayQuarantine {
  readonly date: string;
  readonly assetNos: ReadonlySet<number>;
  readonly rows: readonly QuarantinedBar[];
}

/** What was quarantined and is in order now is taken out. */
export async function replaceQuarantine(ctx: Context, day: DayQuarantine): Promise<void> {
  const { date, assetNos, rows } = day;
  const bars = quarantineCollection(ctx.store);
  const added = new Map(rows.map((row) => [row.id, row]));
  const steps: ((change: Change) => Change)[] = [];
  for await (const before of bars.each({ by: "date", value: [date] })) {
    if (!assetNos.has(before.value.assetNo)) continue;
    const after = added.get(before.value.id);
    added.delete(before.value.id);
    if (after === undefined) steps.push((change) => bars.remove(change, before));
    else if (!isSame(before.value, after)) steps.push((change) => bars.replace(change, before, after));
  }
  for (const row of added.values()) steps.push((change) => bars.insert(change, row));

  for (let i = 0; i < steps.length; i += ROWS_PER_OPERATION) {
    const change = ctx.store.change();
    for (const step of steps.slice(i, i + ROWS_PER_OPERATION)) step(change);
    // Somebody came between: what is there has to be looked at again.
    if (await change.commit() === undefined) return await replaceQuarantine(ctx, day);
  }
}

/** Whenever it was recorded. */
const isSame = ({ recordedAt: _, ...a }: QuarantinedBar, { recordedAt: __, ...b }: QuarantinedBar): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
