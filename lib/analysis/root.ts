/**
 * Where a function of one variable is zero.
 *
 * @module
 */

const MAX_STEPS = 200;

/**
 * A root between two places where the function has different signs, to the last bits: Brent's method, Algorithms for
 * Minimization without Derivatives (1973), chapter 4.
 *
 * @param f Continuous.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.ok(Math.abs(rootBetween((x) => x * x - 2, 0, 2) - Math.SQRT2) < 1e-15);
 * ```
 */
export function rootBetween(f: (x: number) => number, from: number, to: number): number {
  let [a, b, fa, fb] = [from, to, f(from), f(to)];
  let [c, fc] = [a, fa];
  let step = b - a;
  let before = step;
  for (let i = 0; i < MAX_STEPS && fb !== 0; i++) {
    if (Math.sign(fb) === Math.sign(fc)) {
      [c, fc] = [a, fa];
      before = step = b - a;
    }
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb];
    const tolerance = 2 * Number.EPSILON * Math.abs(b) + Number.MIN_VALUE;
    const half = (c - b) / 2;
    if (Math.abs(half) <= tolerance) break;
    const guess = Math.abs(before) < tolerance || Math.abs(fa) <= Math.abs(fb)
      ? undefined
      : interpolated(a, b, c, fa, fb, fc);
    if (guess !== undefined && isSmall(guess, half, tolerance, before)) [before, step] = [step, guess];
    else before = step = half;
    [a, fa] = [b, fb];
    b += Math.abs(step) > tolerance ? step : Math.sign(half) * tolerance;
    fb = f(b);
  }
  return b;
}

/** The step from `b` by inverse quadratic interpolation, or by the secant where only two places are known. */
function interpolated(a: number, b: number, c: number, fa: number, fb: number, fc: number): number {
  const s = fb / fa;
  if (a === c) return (c - b) * s / (1 - s);
  const [q, r] = [fa / fc, fb / fc];
  return s * ((c - b) * q * (q - r) - (b - a) * (r - 1)) / -((q - 1) * (r - 1) * (s - 1));
}

/** A step is taken if it stays well between the two places, and if steps are getting smaller. */
const isSmall = (step: number, half: number, tolerance: number, before: number): boolean =>
  step * Math.sign(half) > 0 && 2 * Math.abs(step) < Math.min(3 * Math.abs(half) - tolerance, Math.abs(before));
