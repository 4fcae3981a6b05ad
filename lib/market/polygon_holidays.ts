/**
 * Rows of coming holidays: one for each exchange and day.
 *
 * @module
 */
import { byRising } from "./order.ts";
import { fieldsOf, textOr } from "./polygon_fields.ts";
import type { ProviderHoliday } from "./provider.ts";

/** Each day once, by rising date. Where exchanges differ, the market is not wholly closed. */
export function toHolidays(rows: readonly unknown[]): ProviderHoliday[] {
  const byDate = new Map<string, ProviderHoliday>();
  for (const row of rows) {
    const holiday = toHoliday(row);
    if (holiday === undefined) continue;
    const before = byDate.get(holiday.date) ?? holiday;
    byDate.set(holiday.date, holiday.status === "early-close" ? { ...before, status: "early-close" } : before);
  }
  return [...byDate.values()].sort(byRising(({ date }) => date));
}

function toHoliday(row: unknown): ProviderHoliday | undefined {
  const { date, name, status } = fieldsOf(row);
  const day = textOr(undefined, date);
  if (day === undefined || (status !== "closed" && status !== "early-close")) return undefined;
  return { date: day, name: textOr("", name), status };
}
