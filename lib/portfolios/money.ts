import { decimal, plain, rounded } from "../analysis/decimal.ts";
import { type FixedPoint, plainFixed } from "../analysis/fixed_point.ts";

/** A fraction of a value as money, rounded half-even to 8 places; `null` where there is no fraction, or nothing to take it of. */
export function moneyOf(fraction: number | null, value: FixedPoint): string | null {
  if (fraction === null || value.digits <= 0) return null;
  return plain(rounded(decimal(fraction).times(plainFixed(value))));
}
