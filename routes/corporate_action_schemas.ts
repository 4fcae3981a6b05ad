import { z } from "@hono/zod-openapi";
import { MANUAL } from "../lib/history/bar.ts";
import { ACTION_FAULTS, type Dividend, type Split, type Unrecorded } from "../lib/history/corporate_actions.ts";
import { type ActionPutResult, MAX_ACTIONS, type SentAction } from "../lib/market/corporate_actions.ts";
import { SourceSchema } from "./bar_schemas.ts";
import { decimalInput, decimalOutput } from "./decimal_schema.ts";
import { DaySchema } from "./schemas.ts";

const DecimalSchema = decimalInput({ before: 12, after: 12 }, () => undefined);

const SplitInputSchema = z.strictObject({
  execution_date: DaySchema,
  split_from: DecimalSchema.openapi({ description: "So many old shares", example: "1" }),
  split_to: DecimalSchema.openapi({ description: "became so many new ones", example: "4" }),
  source: SourceSchema.optional(),
}).openapi("SplitInput");

const DividendInputSchema = z.strictObject({
  ex_dividend_date: DaySchema,
  cash_amount: DecimalSchema.openapi({ description: "For one share as it is traded on that date", example: "0.205" }),
  source: SourceSchema.optional(),
}).openapi("DividendInput");

/** What may stand in the place of a row that a provider sent. */
export const SplitValuesInputSchema = SplitInputSchema.pick({ split_from: true, split_to: true }).strict()
  .openapi("SplitValuesInput");
export const DividendValuesInputSchema = DividendInputSchema.pick({ cash_amount: true }).strict()
  .openapi("DividendValuesInput");

/** By hand. */
export const SplitDateSchema = SplitInputSchema.omit({ source: true });
export const DividendDateSchema = DividendInputSchema.omit({ source: true });

const rowsOf = <T extends z.ZodType>(row: T) => z.array(row).max(MAX_ACTIONS, `must have ${MAX_ACTIONS} rows at most`);

export const SplitsInputSchema = z.strictObject({ items: rowsOf(SplitInputSchema) }).openapi("SplitsInput", {
  example: { items: [{ execution_date: "2020-08-31", split_from: "1", split_to: "4" }] },
});

export const DividendsInputSchema = z.strictObject({ items: rowsOf(DividendInputSchema) }).openapi("DividendsInput", {
  example: { items: [{ ex_dividend_date: "2021-02-05", cash_amount: "0.205" }] },
});

const source = z.string().openapi({ example: "manual" });

export const SplitSchema = z.object({
  execution_date: DaySchema.openapi({ description: "The first session with new shares" }),
  split_from: decimalOutput("So many old shares", "1"),
  split_to: decimalOutput("became so many new ones", "4"),
  source,
});

export const DividendSchema = z.object({
  ex_dividend_date: DaySchema.openapi({ description: "The first session without the dividend" }),
  cash_amount: decimalOutput("For one share as it is traded on that date, in the asset's currency", "0.205"),
  source,
});

export const SplitsSchema = z.object({ items: z.array(SplitSchema).openapi({ description: "By rising date" }) })
  .openapi("Splits");

export const DividendsSchema = z.object({ items: z.array(DividendSchema).openapi({ description: "By rising date" }) })
  .openapi("Dividends");

export const ActionPutResultSchema = z.object({
  written: z.int().openapi({ description: "Rows that are new, or differ from what was stored", example: 4 }),
  unchanged: z.int().openapi({ example: 1 }),
  quarantined: z.array(z.object({
    row: z.int().openapi({ description: "Counted from 1, without a header", example: 3 }),
    date: z.string().nullable(),
    reason: z.enum(ACTION_FAULTS),
  })).openapi({ description: "Rows that were not stored" }),
}).openapi("ActionPutResult");

export const splitView = ({ executionDate, splitFrom, splitTo, source }: Split) => ({
  execution_date: executionDate,
  split_from: splitFrom,
  split_to: splitTo,
  source,
});

export const dividendView = ({ exDividendDate, cashAmount, source }: Dividend) => ({
  ex_dividend_date: exDividendDate,
  cash_amount: cashAmount,
  source,
});

export const putResultView = ({ written, unchanged, quarantined }: ActionPutResult) => ({
  written,
  unchanged,
  quarantined: [...quarantined],
});

export const splitOf = (sent: z.output<typeof SplitInputSchema>): Unrecorded<Split> => ({
  executionDate: sent.execution_date,
  splitFrom: sent.split_from,
  splitTo: sent.split_to,
  source: sent.source ?? MANUAL,
});

export const dividendOf = (sent: z.output<typeof DividendInputSchema>): Unrecorded<Dividend> => ({
  exDividendDate: sent.ex_dividend_date,
  cashAmount: sent.cash_amount,
  source: sent.source ?? MANUAL,
});

/** How lines of a CSV file become actions. */
export interface ActionCsv<T> {
  readonly columns: readonly string[];
  readonly required: readonly string[];
  readonly read: (line: Readonly<Record<string, string>>) => SentAction<T>;
}

export const SPLIT_CSV = csvOf(SplitInputSchema, "execution_date", splitOf);
export const DIVIDEND_CSV = csvOf(DividendInputSchema, "ex_dividend_date", dividendOf);

function csvOf<S extends z.ZodObject, T>(
  schema: S,
  dateColumn: string,
  actionOf: (sent: z.output<S>) => Unrecorded<T>,
): ActionCsv<T> {
  const columns = Object.keys(schema.shape);
  return {
    columns,
    required: columns.filter((column) => column !== "source"),
    read(line) {
      const given = Object.fromEntries(Object.entries(line).filter(([, text]) => text !== ""));
      const read = schema.safeParse(given);
      if (read.success) return { action: actionOf(read.data) };
      const isDate = read.error.issues.every(({ path }) => path[0] === dateColumn);
      return { date: given[dateColumn] ?? null, fault: isDate ? "bad_date" : "unreadable" };
    },
  };
}
