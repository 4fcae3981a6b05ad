/**
 * Currencies as providers write them.
 *
 * @module
 */

/** Hundredths of a currency that prices are quoted in: in upper case they would pass for something else. */
const MINOR_UNITS: Readonly<Record<string, string>> = { GBX: "GBp", ZAC: "ZAc", ILA: "ILA" };

/**
 * ISO 4217 in upper case, or a minor unit: `usd` is `USD`, while `GBX` and `GBp` are `GBp`, a hundredth of `GBP`.
 * `null` for what is no code, such as a currency's name.
 */
export function currencyCode(text: unknown): string | null {
  const code = typeof text === "string" ? text.trim() : "";
  if (!/^[A-Za-z]{3}$/.test(code)) return null;
  const upper = code.toUpperCase();
  if (Object.hasOwn(MINOR_UNITS, upper)) return MINOR_UNITS[upper] ?? null;
  return /^[A-Z]{2}[a-z]$/.test(code) ? code : upper;
}
