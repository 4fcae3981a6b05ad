/**
 * Decimals on the wire: strings in plain notation out, strings or numbers in.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { type Decimal, decimal, plain } from "../lib/analysis/decimal.ts";

/** A decimal in plain notation, as clients may write one. */
const PLAIN = /^-?(?:\d+\.?\d*|\.\d+)$/;
const MAX_LENGTH = 64;

/** `readDecimal` says what is wrong with one, in words. */
export const SENT_TEXT = z.string().openapi({ pattern: PLAIN.source, maxLength: MAX_LENGTH });

/** Digits beyond which a JSON number may not be the number that was written. */
const MAX_SAFE_DIGITS = 15;

/** How many digits a decimal may have before and after its point. */
export interface Digits {
  readonly before: number;
  readonly after: number;
}

/** What was sent as a decimal, or in words what is wrong with it. */
export function readDecimal(sent: string | number, digits: Digits): { value: Decimal } | { error: string } {
  if (typeof sent === "string" && (sent.length > MAX_LENGTH || !PLAIN.test(sent))) {
    return { error: `${JSON.stringify(sent.slice(0, MAX_LENGTH))} is not a decimal; write it like "12.5"` };
  }
  const value = decimal(sent);
  const text = plain(value.abs());
  const [before = "", after = ""] = text.split(".");
  if (before.length > digits.before || after.length > digits.after) {
    return { error: `${text} has more than ${digits.before} digits before the point or ${digits.after} after it` };
  }
  if (typeof sent === "number" && value.c.length > MAX_SAFE_DIGITS) {
    return { error: `${text} has more digits than a JSON number keeps; send it as a string` };
  }
  return { value };
}

/** A decimal that comes as a string or a number and goes on as a string in plain notation. */
export const decimalInput = (digits: Digits, check: (value: Decimal) => string | undefined) =>
  z.union([SENT_TEXT, z.number()], "must be a decimal, as a string or a number").transform((sent, context) => {
    const read = readDecimal(sent, digits);
    const error = "error" in read ? read.error : check(read.value);
    if (error === undefined && "value" in read) return plain(read.value);
    context.addIssue({ code: "custom", message: error ?? "is not a decimal" });
    return z.NEVER;
  });

/** A decimal that comes as a string or a number and goes on as a double: for mathematics, which has no use for more digits. */
export const doubleInput = () =>
  z.union([
    z.string().max(MAX_LENGTH).regex(PLAIN, 'must be a decimal in plain notation such as "-12.5"').transform(Number),
    z.number(),
  ], "must be a finite decimal, as a string or a number");

/** A decimal that is answered. */
export const decimalOutput = (description: string, example: string) =>
  z.string().openapi({ description, example, format: "decimal" });
