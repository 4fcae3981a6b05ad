/**
 * Coming holidays, asked for while they are still to come and kept for good.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { isDay } from "../day.ts";
import { defineJob, type JobDefinition, type JobRun } from "../jobs/definition.ts";
import type { Change } from "../store/change.ts";
import { type Holiday, holidayCollection } from "../store/holidays.ts";
import { asking, type MarketContext } from "./ask.ts";
import { marketToday } from "./calendar.ts";
import type { ProviderHoliday } from "./provider.ts";
import { bounded, onOneLine } from "./reason.ts";

export const FETCH_HOLIDAYS = "fetch-holidays";

const MAX_ATTEMPTS = 5;
/** Each takes one check; an operation has ten. */
const HOLIDAYS_PER_OPERATION = 10;

export const fetchHolidays: JobDefinition<MarketContext> = defineJob<MarketContext, Record<string, never>>({
  name: FETCH_HOLIDAYS,
  args: z.strictObject({}),
  id: () => "coming",
  priority: "background",
  maxAttempts: MAX_ATTEMPTS,
  run: fetchAll,
});

async function fetchAll(ctx: MarketContext, run: JobRun<Record<string, never>>) {
  const market = asking(ctx, run);
  const { name: source, holidays } = market.provider;
  const told = holidays === undefined ? undefined : await market.ask((call) => holidays(undefined, call));
  const changed = told === undefined ? 0 : await rememberHolidays(ctx, told, source);
  return { holidays: told?.length ?? 0, changed, provider_calls: market.calls() };
}

/**
 * Stores what is new or different of the days to come, and forgets which of them are no holidays any more; what is past stays.
 * Answers how many changed.
 */
async function rememberHolidays(ctx: Context, told: readonly ProviderHoliday[], source: string): Promise<number> {
  const holidays = holidayCollection(ctx.store);
  const today = marketToday(ctx, "stocks", ctx.now());
  const coming = new Map(told.filter(({ date }) => isDay(date) && date >= today).map((one) => [one.date, one]));
  const last = [...coming.keys()].sort().at(-1);
  if (last === undefined) return 0;

  const steps: ((change: Change) => Change)[] = [];
  for await (const before of holidays.each({ from: today })) {
    const one = coming.get(before.value.date);
    coming.delete(before.value.date);
    if (one !== undefined) {
      const after = recorded(ctx, one, source);
      if (!isSame(before.value, after)) steps.push((change) => holidays.replace(change, before, after));
    } else if (before.value.date <= last) {
      steps.push((change) => holidays.remove(change, before));
    }
  }
  for (const one of coming.values()) steps.push((change) => holidays.insert(change, recorded(ctx, one, source)));

  for (let i = 0; i < steps.length; i += HOLIDAYS_PER_OPERATION) {
    const change = ctx.store.change();
    for (const step of steps.slice(i, i + HOLIDAYS_PER_OPERATION)) step(change);
    // Somebody came between: what is there has to be looked at again.
    if (await change.commit() === undefined) return await rememberHolidays(ctx, told, source);
  }
  return steps.length;
}

const recorded = ({ now }: Context, { date, name, status }: ProviderHoliday, source: string): Holiday => ({
  date,
  name: bounded(onOneLine(name)),
  status,
  source,
  recordedAt: now().toISOString(),
});

const isSame = (a: Holiday, b: Holiday): boolean => a.name === b.name && a.status === b.status;
