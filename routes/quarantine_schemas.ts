import { z } from "@hono/zod-openapi";
import { plainNumber } from "../lib/analysis/decimal.ts";
import type { Correction } from "../lib/market/quarantine_effects.ts";
import type { ShownEntry } from "../lib/market/quarantine_entries.ts";
import { BAR_VALUES } from "../lib/market/quarantined_bar.ts";
import { MARKETS } from "../lib/store/market_days.ts";
import { QUARANTINE_KINDS, QUARANTINE_STATES, type QuarantineRow } from "../lib/store/quarantine.ts";
import { BarValuesInputSchema } from "./bar_schemas.ts";
import { DividendValuesInputSchema, SplitValuesInputSchema } from "./corporate_action_schemas.ts";
import { decimalOutput } from "./decimal_schema.ts";
import { DaySchema, InstantSchema, listQuery, SymbolSchema } from "./schemas.ts";

const RowSchema = z.record(z.string(), z.string().nullable());

export const QuarantineEntrySchema = z.object({
  id: z.string().openapi({ example: "2024-03-08:3:bar:9f86d081884c" }),
  kind: z.enum(QUARANTINE_KINDS),
  asset: SymbolSchema.nullable().openapi({ description: "Null where it is being deleted" }),
  date: DaySchema.openapi({ description: "Of the session, the split's execution or the dividend's ex-date" }),
  state: z.enum(QUARANTINE_STATES),
  reason: z.string().openapi({
    description:
      "A check of rows that failed, such as `high_below_low`; `price_jump`; of a split `no_jump`, `reversed_ratio`, `other_ratio`, `not_positive`, `ratio_of_one`; of a dividend `other_currency`, `too_large`, `not_positive`; `duplicate_date`; `no_prices`, which is looked at again by itself",
    example: "price_jump",
  }),
  row: RowSchema.openapi({
    description: "As it was sent; what was no number is the text that stands for it",
    example: { open: "18", high: "22.5", low: "17.9", close: "22", volume: "1234567", vwap: null },
  }),
  compared_with: z.object({ price: decimalOutput("The last good price", "10"), date: DaySchema }).nullable()
    .openapi({ description: "What a jump is seen against" }),
  source: z.string().openapi({ example: "polygon" }),
  recorded_at: InstantSchema,
  decided_by: z.string().nullable().openapi({ example: "usr_system" }),
  decided_at: InstantSchema.nullable(),
  corrected: RowSchema.nullable().openapi({
    description: "What was stored in the place of the row, where that was corrected",
  }),
}).openapi("QuarantineEntry");

export const QuarantineQuerySchema = listQuery({
  state: z.enum(QUARANTINE_STATES).optional(),
  kind: z.enum(QUARANTINE_KINDS).optional(),
  asset: SymbolSchema.optional(),
  date: DaySchema.optional(),
  market: z.enum(MARKETS).optional(),
});

export const AcceptanceSchema = z.strictObject({
  bar: BarValuesInputSchema.optional(),
  split: SplitValuesInputSchema.optional(),
  dividend: DividendValuesInputSchema.optional(),
}).refine((body) => Object.keys(body).length <= 1, "must correct one thing: a bar, a split or a dividend")
  .openapi("QuarantineAcceptance", {
    description:
      "Without anything the row is stored as it was sent; values in its place are held against the same checks",
    example: { bar: { open: "18", high: "22.5", low: "17.9", close: "22" } },
  });

/** `undefined` where nothing is corrected. */
export function correctionOf({ bar, split, dividend }: z.output<typeof AcceptanceSchema>): Correction | undefined {
  if (bar !== undefined) {
    return { kind: "bar", values: Object.fromEntries(BAR_VALUES.map((name) => [name, bar[name] ?? null])) };
  }
  if (split !== undefined) return { kind: "split", values: split };
  return dividend && { kind: "dividend", values: dividend };
}

export const entryView = ({ entry, symbol }: ShownEntry): z.input<typeof QuarantineEntrySchema> => ({
  ...{ id: entry.id, kind: entry.kind, asset: symbol, date: entry.date, state: entry.state, reason: entry.reason },
  row: rowView(entry.row),
  compared_with: entry.comparedWith && {
    price: plainNumber(entry.comparedWith.close),
    date: entry.comparedWith.date,
  },
  source: entry.source,
  recorded_at: entry.recordedAt,
  decided_by: entry.decision?.by ?? null,
  decided_at: entry.decision?.at ?? null,
  corrected: entry.decision?.values ? rowView(entry.decision.values) : null,
});

const rowView = (row: QuarantineRow): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? plainNumber(value) : value]),
  );
