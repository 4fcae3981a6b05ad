/**
 * How many there are of a thing, in words.
 *
 * @module
 */
export const several = (count: number | string, one: string): string =>
  `${count} ${String(count) === "1" ? one : `${one}s`}`;
