/**
 * A portfolio's investments as CSV: checked by the schema of their JSON, and with errors that name the line too.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { InvestmentInput } from "../lib/portfolios/investments.ts";
import { invalid, pointer, Problem, type ValueError } from "../lib/problem.ts";
import { type CsvLine, readCsvLines, writeCsv } from "./csv.ts";
import { InvestmentsSchema } from "./portfolio_schemas.ts";
import { validBody } from "./validation.ts";

const COLUMNS = ["asset", "amount"] as const;

export const InvestmentsCsvSchema = z.string().openapi({
  description: `A header line, then a line an investment. Columns, in any order: ${COLUMNS.join(", ")}`,
  example: "asset,amount\r\nAAPL,10\r\nGS,-2.5\r\n",
});

export const investmentsCsv = (investments: readonly { asset: string; amount: string }[]): string =>
  writeCsv(COLUMNS, investments);

/** Reads investments and hands them on. What is wrong with one is said with its pointer, as of JSON, and its line. */
export async function fromInvestmentsCsv<T>(
  text: string,
  use: (investments: readonly InvestmentInput[]) => Promise<T>,
): Promise<T> {
  const lines = readCsvLines(text, { required: COLUMNS, known: COLUMNS });
  try {
    assertWhole(lines);
    return await use(validBody(InvestmentsSchema, { investments: lines.map(({ fields }) => fields) }).investments);
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== "validation-failed") throw error;
    throw invalid((error.errors ?? []).map((wrong) => withLine(wrong, lines)));
  }
}

function assertWhole(lines: readonly CsvLine[]): void {
  const detail = `must have ${COLUMNS.length} fields, as the header has`;
  const errors = lines.flatMap(({ fields }, i) =>
    fields === undefined ? [{ pointer: pointer("investments", i), detail }] : []
  );
  if (errors.length > 0) throw invalid(errors);
}

function withLine(wrong: ValueError, lines: readonly CsvLine[]): ValueError {
  const place = "pointer" in wrong ? /^\/investments\/(\d+)/.exec(wrong.pointer)?.[1] : undefined;
  const line = place === undefined ? undefined : lines[Number(place)];
  return line === undefined ? wrong : { ...wrong, detail: `line ${line.number}: ${wrong.detail}` };
}
