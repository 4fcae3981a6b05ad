import assert from "node:assert/strict";
import type { Metric, MissingReason } from "../../../lib/analysis/metric.ts";

export const series = (...values: number[]): Float64Array => Float64Array.from(values);

/** A metric has a value, as near to the expected one as the source tells it. */
export function assertNear(metric: Metric, expected: number, tolerance: number, what = "metric"): void {
  const { value } = metric;
  assert.ok(value !== null, `${what}: ${JSON.stringify(metric)} instead of ${expected}`);
  assert.ok(Math.abs(value - expected) <= tolerance, `${what}: ${value} instead of ${expected} (${tolerance})`);
}

export const assertMissing = (metric: Metric, reason: MissingReason, what = "metric"): void =>
  assert.deepEqual(metric, { value: null, reason }, what);

/** The value of a metric that has one. */
export function valueOf(metric: Metric): number {
  assert.ok(metric.value !== null, JSON.stringify(metric));
  return metric.value;
}
