/**
 * Token buckets by whom they count, in the memory of this process. Where other processes serve the same users, what is taken
 * is added up in KV beside the requests, not before them.
 *
 * @module
 */
import { type Bucket, fullBucket, take, type Verdict, verdict, WINDOW_MS } from "./token_bucket.ts";

export interface Limiter {
  /** Decides by what this process knows. */
  take(id: string): Verdict;
  /** Decides by what all processes have counted, which takes a read and a write: for what is rare and dear. */
  takeShared(id: string): Promise<Verdict>;
}

/** Adds what was taken to what all processes took from a bucket, and answers when it will be full for all of them. */
export type ShareBucket = (id: string, takenMs: number) => Promise<number>;

export interface LimiterOptions {
  readonly perMinute: number;
  readonly nowMs: () => number;
  /** Without it, this process counts for itself. */
  readonly share?: ShareBucket | undefined;
  readonly maxBuckets?: number;
}

interface SharedBucket extends Bucket {
  /** Taken here, and not yet told to the others. */
  untold: number;
  toldAtMs: number;
  isTelling: boolean;
}

/**
 * Of a bucket that was not asked for longest, nothing is remembered past so many. Whoever wants theirs forgotten early has to
 * fill this many others first, and so owns more than one bucket has to give.
 */
const MAX_BUCKETS = 100_000;
/** The others hear of what is taken here after so long, */
const TELL_EVERY_MS = 1_000;
/** or after this part of a minute's worth: by so much, for each process, can they all together overshoot. */
const TELL_EVERY_PART = 1 / 20;

export function limiter(options: LimiterOptions): Limiter {
  const { perMinute, nowMs, share, maxBuckets = MAX_BUCKETS } = options;
  const buckets = new Map<string, SharedBucket>();
  const intervalMs = WINDOW_MS / perMinute;

  function bucketOf(id: string): SharedBucket {
    const known = buckets.get(id);
    if (known !== undefined) buckets.delete(id);
    const bucket = known ?? { ...fullBucket(), untold: 0, toldAtMs: 0, isTelling: false };
    buckets.set(id, bucket);
    if (buckets.size > maxBuckets) {
      const oldest = buckets.keys().next();
      if (!oldest.done) buckets.delete(oldest.value);
    }
    return bucket;
  }

  async function tell(id: string, bucket: SharedBucket, share: ShareBucket): Promise<void> {
    const told = bucket.untold;
    bucket.untold = 0;
    bucket.toldAtMs = nowMs();
    bucket.isTelling = true;
    try {
      const fullAtMs = await share(id, told * intervalMs);
      bucket.fullAtMs = Math.max(bucket.fullAtMs, Math.max(fullAtMs, nowMs()) + bucket.untold * intervalMs);
    } catch (error) {
      bucket.untold += told;
      throw error;
    } finally {
      bucket.isTelling = false;
    }
  }

  function tellWhenDue(id: string, bucket: SharedBucket): void {
    if (share === undefined || bucket.isTelling || bucket.untold === 0) return;
    const isDue = nowMs() - bucket.toldAtMs >= TELL_EVERY_MS || bucket.untold >= perMinute * TELL_EVERY_PART;
    // While KV does not answer, each process keeps to its own count.
    if (isDue) tell(id, bucket, share).catch(() => {});
  }

  function takeHere(id: string): [SharedBucket, Verdict] {
    const bucket = bucketOf(id);
    const taken = take(bucket, perMinute, nowMs());
    if (taken.isAllowed) bucket.untold += 1;
    return [bucket, taken];
  }

  return {
    take(id) {
      const [bucket, taken] = takeHere(id);
      tellWhenDue(id, bucket);
      return taken;
    },
    async takeShared(id) {
      const [bucket, taken] = takeHere(id);
      if (!taken.isAllowed || share === undefined) return taken;
      await tell(id, bucket, share);
      const isAllowed = bucket.fullAtMs - nowMs() <= WINDOW_MS;
      return verdict(bucket, perMinute, nowMs(), isAllowed);
    },
  };
}
