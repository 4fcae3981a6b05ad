/**
 * Numbers of a split or dividend, as they stand in quarantine and as they are stored.
 *
 * @module
 */
import { plainNumber } from "../analysis/decimal.ts";
import type { QuarantineRow } from "../store/quarantine.ts";

/** A number, or what is none as text. */
export const asSent = (value: number): number | string => Number.isFinite(value) ? value : String(value);

/** The plain decimal of a number; what is none stays what it was, and fails the checks. */
export function plainOf(value: QuarantineRow[string] | undefined): string {
  if (typeof value === "number") return plainNumber(value);
  return value ?? "";
}
