import { z } from "@hono/zod-openapi";
import { plainNumber } from "../lib/analysis/decimal.ts";
import type { AdjustedBar } from "../lib/history/adjusted_series.ts";
import { type Bar, MANUAL } from "../lib/history/bar.ts";
import { REASONS } from "../lib/history/checks.ts";
import type { SentRow } from "../lib/market/historic_values.ts";
import { readDecimal, SENT_TEXT } from "./decimal_schema.ts";
import { DaySchema, SymbolSchema } from "./schemas.ts";

export const MAX_ROWS = 10_000;

/** A decimal that is kept as a double, which therefore must hold all its digits. */
function readDouble(sent: string | number): { value: number } | { error: string } {
  const read = readDecimal(sent, { before: 15, after: 12 });
  if ("error" in read) return read;
  const value = read.value.toNumber();
  return read.value.eq(value) && plainNumber(value).replace(/\D/g, "").length <= 17
    ? { value }
    : { error: `${sent} has more digits than are kept` };
}

const DoubleSchema = z.union([SENT_TEXT, z.number()], "must be a decimal, as a string or a number")
  .transform((sent, context) => {
    const read = readDouble(sent);
    if ("value" in read) return read.value;
    context.addIssue({ code: "custom", message: read.error });
    return z.NEVER;
  }).openapi({ example: "151.28" });

export const SourceSchema = z.string().regex(/^[a-z0-9_-]{1,40}$/, "must be 1 to 40 of a-z, 0-9, _ and -");
const optional = DoubleSchema.nullable().optional();

const BarInputSchema = z.strictObject({
  date: DaySchema,
  open: optional,
  high: optional,
  low: optional,
  close: DoubleSchema,
  volume: optional,
  vwap: optional,
  pre_market: optional,
  after_hours: optional,
  source: SourceSchema.optional(),
}).openapi("BarInput");

/** What may stand in the place of a row that a provider sent. */
export const BarValuesInputSchema = BarInputSchema.pick({
  open: true,
  high: true,
  low: true,
  close: true,
  volume: true,
  vwap: true,
}).strict().openapi("BarValuesInput");

/** A day by hand, and what is known of it. */
export const BarDaySchema = BarInputSchema.omit({ source: true });
export const BarFactsSchema = BarDaySchema.omit({ date: true });

export const BarsInputSchema = z.strictObject({
  items: z.array(BarInputSchema).max(MAX_ROWS, `must have ${MAX_ROWS} rows at most`),
}).openapi("BarsInput", { example: { items: [{ date: "2021-11-05", close: "151.28" }] } });

const price = z.string().nullable();

export const BarSchema = z.object({
  date: DaySchema,
  open: price.openapi({ example: "151.89" }),
  high: price.openapi({ example: "152.2" }),
  low: price.openapi({ example: "150.06" }),
  close: z.string().openapi({ example: "151.28" }),
  volume: z.string().nullable().openapi({
    description: "Shares traded; providers send fractions",
    example: "65163883",
  }),
  vwap: price.openapi({ description: "Volume-weighted average price", example: null }),
  pre_market: price.openapi({ example: "150.94" }),
  after_hours: price.openapi({ example: "151.05" }),
  source: z.string().openapi({ example: "fixture" }),
}).openapi("Bar");

export const AssetBarSchema = BarSchema.extend({ asset: SymbolSchema }).openapi("AssetBar");

export const PutResultSchema = z.object({
  written: z.int().openapi({ description: "Rows that are new, or differ from what was stored", example: 249 }),
  unchanged: z.int().openapi({ example: 3 }),
  quarantined: z.array(z.object({
    row: z.int().openapi({ description: "Counted from 1, without a header", example: 3 }),
    date: z.string().nullable(),
    reason: z.enum(REASONS),
  })),
}).openapi("PutResult");

/** A decimal is a double as it is stored, or plain text already. */
const shown = (value: number | string): string => typeof value === "number" ? plainNumber(value) : value;
const shownIfKnown = (value: number | string | null): string | null => value === null ? null : shown(value);

export const barView = (bar: Bar | AdjustedBar): z.input<typeof BarSchema> => ({
  date: bar.date,
  open: shownIfKnown(bar.open),
  high: shownIfKnown(bar.high),
  low: shownIfKnown(bar.low),
  close: shown(bar.close),
  volume: shownIfKnown(bar.volume),
  vwap: shownIfKnown(bar.vwap),
  pre_market: shownIfKnown(bar.preMarket),
  after_hours: shownIfKnown(bar.afterHours),
  source: bar.source,
});

export const barOf = (input: z.output<typeof BarInputSchema>): Bar => ({
  date: input.date,
  open: input.open ?? null,
  high: input.high ?? null,
  low: input.low ?? null,
  close: input.close,
  volume: input.volume ?? null,
  vwap: input.vwap ?? null,
  preMarket: input.pre_market ?? null,
  afterHours: input.after_hours ?? null,
  source: input.source ?? MANUAL,
});

/** A line of a CSV file; an empty field is not known. */
export function rowOf(fields: Readonly<Record<string, string>>): SentRow {
  const given = Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ""));
  const date = given["date"] ?? null;
  const read = BarInputSchema.safeParse(given);
  if (read.success) return { bar: barOf(read.data) };
  return { date, fault: read.error.issues.every(({ path }) => path[0] === "date") ? "bad_date" : "unreadable" };
}

/** The columns of a CSV file, in the order in which they are written. */
export const BAR_COLUMNS = Object.keys(BarInputSchema.shape) as (keyof z.infer<typeof BarSchema>)[];
