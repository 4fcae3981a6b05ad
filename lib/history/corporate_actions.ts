/**
 * Splits and dividends: facts of their own, beside bars that are never changed for them.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { isDay } from "../day.ts";
import type { Change } from "../store/change.ts";
import { decoded } from "../store/unreadable.ts";

const splitSchema = z.object({
  v: z.literal(1),
  executionDate: z.string(),
  /** `splitFrom` old shares became `splitTo` new ones; plain decimals. */
  splitFrom: z.string(),
  splitTo: z.string(),
  source: z.string(),
  recordedAt: z.string(),
});

const dividendSchema = z.object({
  v: z.literal(1),
  exDividendDate: z.string(),
  /** A share as it is traded on that date, in the asset's currency; plain decimal. */
  cashAmount: z.string(),
  source: z.string(),
  recordedAt: z.string(),
});

export type Split = Omit<z.infer<typeof splitSchema>, "v">;
export type Dividend = Omit<z.infer<typeof dividendSchema>, "v">;

/** Why a split or dividend cannot be stored. */
export const ACTION_FAULTS = [
  "bad_date",
  "not_positive",
  "ratio_of_one",
  "duplicate_date",
  "unreadable",
] as const;
export type ActionFault = typeof ACTION_FAULTS[number];

/** What splits and dividends have in common: at most one a date for an asset, under a key of its own. */
export interface ActionKind<T> {
  readonly name: "splits" | "dividends";
  readonly dateOf: (action: Unrecorded<T>) => string;
  readonly sourceOf: (action: Unrecorded<T>) => string;
  /** An instant, RFC 3339 in UTC. */
  readonly recordedAtOf: (action: T) => string;
  readonly parse: (stored: unknown) => T;
  readonly faultOfNumbers: (action: Unrecorded<T>) => ActionFault | undefined;
  /** Whether two say the same, whenever they were recorded and wherever they came from. */
  readonly isSame: (a: Unrecorded<T>, b: Unrecorded<T>) => boolean;
}

/** As somebody says it, before this store has it. */
export type Unrecorded<T> = Omit<T, "recordedAt">;

export const SPLITS: ActionKind<Split> = {
  name: "splits",
  dateOf: ({ executionDate }) => executionDate,
  sourceOf: ({ source }) => source,
  recordedAtOf: ({ recordedAt }) => recordedAt,
  parse: (stored) => splitSchema.parse(stored),
  faultOfNumbers: ({ splitFrom, splitTo }) => {
    if (!isPositive(splitFrom) || !isPositive(splitTo)) return "not_positive";
    return splitFrom === splitTo ? "ratio_of_one" : undefined;
  },
  isSame: (a, b) => a.splitFrom === b.splitFrom && a.splitTo === b.splitTo,
};

export const DIVIDENDS: ActionKind<Dividend> = {
  name: "dividends",
  dateOf: ({ exDividendDate }) => exDividendDate,
  sourceOf: ({ source }) => source,
  recordedAtOf: ({ recordedAt }) => recordedAt,
  parse: (stored) => dividendSchema.parse(stored),
  faultOfNumbers: ({ cashAmount }) => isPositive(cashAmount) ? undefined : "not_positive",
  isSame: (a, b) => a.cashAmount === b.cashAmount,
};

/** Why one cannot be stored, or `undefined` where it can; it may have been announced for any day to come. */
export const faultOfAction = <T>(kind: ActionKind<T>, action: Unrecorded<T>): ActionFault | undefined =>
  isDay(kind.dateOf(action)) ? kind.faultOfNumbers(action) : "bad_date";

/** By rising date. */
export const splitsOf = (ctx: Context, assetNo: number): Promise<readonly Split[]> => actionsOf(ctx, SPLITS, assetNo);

/** By rising date. */
export const dividendsOf = (ctx: Context, assetNo: number): Promise<readonly Dividend[]> =>
  actionsOf(ctx, DIVIDENDS, assetNo);

/** By rising date. */
export function actionsOf<T>(ctx: Context, { name, parse }: ActionKind<T>, assetNo: number): Promise<readonly T[]> {
  return ctx.store.cachedAll([name, assetNo], (entries) => entries.map((entry) => decoded(entry, parse)));
}

/** The same past the cache: what is stored now, for what is about to be changed. */
export function freshActionsOf<T>(ctx: Context, { name, parse }: ActionKind<T>, assetNo: number): Promise<T[]> {
  return Array.fromAsync(ctx.store.list({ prefix: [name, assetNo] }), (entry) => decoded(entry, parse));
}

/** Stages a split of a date of which none was known. */
export const setSplit = (change: Change, assetNo: number, split: Split): Change =>
  setAction(change, SPLITS, assetNo, split);

/** Stages a dividend of a date of which none was known. */
export const setDividend = (change: Change, assetNo: number, dividend: Dividend): Change =>
  setAction(change, DIVIDENDS, assetNo, dividend);

/** Stages one; what was known of its date is kept by `action_versions.ts` alone. */
export const setAction = <T>(change: Change, kind: ActionKind<T>, assetNo: number, action: T): Change =>
  change.set(actionKey(kind, assetNo, kind.dateOf(action)), { v: 1, ...action });

export const actionKey = <T>({ name }: ActionKind<T>, assetNo: number, date: string): Deno.KvKey => [
  name,
  assetNo,
  date,
];

/** Takes all of a name out, in as many atomic operations as that needs. */
export async function eraseActions(ctx: Context, name: string, assetNo: number): Promise<void> {
  let change = ctx.store.change();
  let staged = 0;
  for await (const { key } of ctx.store.list({ prefix: [name, assetNo] })) {
    change.delete(key);
    if (++staged % ERASED_AT_ONCE !== 0) continue;
    await change.commit();
    change = ctx.store.change();
  }
  await change.commit();
}

/** Half of what an atomic operation takes. */
const ERASED_AT_ONCE = 500;

const isPositive = (plain: string): boolean => Number.isFinite(Number(plain)) && Number(plain) > 0;
