/**
 * Fields of rows that may be anything.
 *
 * @module
 */

export type Fields = Partial<Record<string, unknown>>;

/** A row's own fields; none of what is no object. */
export const fieldsOf = (row: unknown): Fields => typeof row === "object" && row !== null ? { ...row } : {};

export function numberOr<T>(fallback: T, value: unknown): number | T {
  return typeof value === "number" ? value : fallback;
}

export function textOr<T>(fallback: T, value: unknown): string | T {
  return typeof value === "string" && value !== "" ? value : fallback;
}
