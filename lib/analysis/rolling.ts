/**
 * A metric over a window that moves through time.
 *
 * @module
 */

/**
 * What a function says of each full window, in the order of time.
 *
 * @typeParam T What it says.
 * @param values Of `T` periods.
 * @param window Periods in a window, 1 or above.
 * @param of Is given a view on the values: not to be changed.
 * @returns `T - window + 1` answers; the first is of the periods 0 to `window - 1`. None where the window is longer than the values.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(rolling(Float64Array.of(1, 2, 3, 4), 2, ([a = 0, b = 0]) => a + b), [3, 5, 7]);
 * ```
 */
export function rolling<T>(values: Float64Array, window: number, of: (values: Float64Array) => T): T[] {
  return Array.from(
    { length: Math.max(0, values.length - window + 1) },
    (_, i) => of(values.subarray(i, i + window)),
  );
}
