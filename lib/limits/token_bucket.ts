/**
 * A token bucket as one number: when it will be full again. It holds a minute's worth and fills at an even pace.
 *
 * @module
 */
export interface Bucket {
  /** Full from then on; a bucket that nothing was taken from yet is full since ever. */
  fullAtMs: number;
}

/** What is left after a request, allowed or not. */
export interface Verdict {
  readonly isAllowed: boolean;
  readonly perMinute: number;
  /** Whole requests that would be allowed now. */
  readonly remaining: number;
  /** Until the bucket is full. */
  readonly resetSeconds: number;
  /** Until one request is allowed again; 0 where one is. */
  readonly retryAfterSeconds: number;
}

export const WINDOW_MS = 60_000;
/** Sums of intervals that are no whole milliseconds drift by less. */
const DRIFT_MS = 1e-3;

/**
 * When a bucket is full, as the clock is now. No bucket takes much longer than a minute to fill: one that would was used before
 * the clock was put back, and is taken for empty.
 */
export const plausible = (fullAtMs: number, nowMs: number): number =>
  fullAtMs - nowMs > 2 * WINDOW_MS ? nowMs + WINDOW_MS : fullAtMs;

export const fullBucket = (): Bucket => ({ fullAtMs: 0 });

/** Takes one token, if there is one. */
export function take(bucket: Bucket, perMinute: number, nowMs: number): Verdict {
  const intervalMs = WINDOW_MS / perMinute;
  bucket.fullAtMs = plausible(bucket.fullAtMs, nowMs);
  const emptyMs = Math.max(bucket.fullAtMs - nowMs, 0) + intervalMs;
  const lackingMs = emptyMs - WINDOW_MS;
  const isAllowed = lackingMs <= DRIFT_MS;
  if (isAllowed) bucket.fullAtMs = nowMs + emptyMs;
  return verdict(bucket, perMinute, nowMs, isAllowed);
}

/** What is left without taking any. */
export function verdict({ fullAtMs }: Bucket, perMinute: number, nowMs: number, isAllowed: boolean): Verdict {
  const intervalMs = WINDOW_MS / perMinute;
  const takenMs = Math.max(fullAtMs - nowMs, 0);
  return {
    isAllowed,
    perMinute,
    remaining: Math.max(Math.floor((WINDOW_MS - takenMs + DRIFT_MS) / intervalMs), 0),
    resetSeconds: Math.ceil((takenMs - DRIFT_MS) / 1_000) + 0,
    retryAfterSeconds: Math.ceil(Math.max(takenMs + intervalMs - WINDOW_MS - DRIFT_MS, 0) / 1_000),
  };
}
