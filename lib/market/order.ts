/**
 * Orders to sort by.
 *
 * @module
 */

/** Compares by a text of each, such as a date, so that the smallest comes first. */
export const byRising = <T>(textOf: (item: T) => string) => (a: T, b: T): number => {
  const [left, right] = [textOf(a), textOf(b)];
  return left === right ? 0 : left < right ? -1 : 1;
};
