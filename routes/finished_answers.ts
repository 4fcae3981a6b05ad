/**
 * Answers that were made before: given again, without validation, routing or a read, for as long as nothing that they were
 * made from has changed.
 *
 * @module
 */
import type { CacheCounts } from "../lib/store/cache.ts";
import type { Family } from "../lib/store/families.ts";
import type { Store } from "../lib/store/store.ts";

export interface FinishedAnswer {
  readonly text: string;
  readonly type: string;
  readonly etag: string;
  /** The name of the route that made it. */
  readonly route: string;
  /** Its own, beside those that every answer carries. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface FinishedAnswers {
  /** The answer to the same question, if it still holds. */
  find(question: string): FinishedAnswer | undefined;
  /** Keeps an answer that was made from what had this version. */
  keep(question: string, version: string, answer: FinishedAnswer): void;
  /** What every answer is made from: all of the market, all portfolios, and the day. */
  version(): string;
  counts(): CacheCounts;
}

/** Who may see an answer is part of its question. */
const MADE_FROM: readonly Family[] = ["market", "portfolios"];

/** About as much memory as is kept, counting two bytes a character. */
const DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024;

export interface FinishedAnswersOptions {
  readonly store: Pick<Store, "version">;
  /** The calendar day: what a past price counts in today's shares changes with it. */
  readonly today: () => string;
  readonly limitBytes?: number;
}

export function finishedAnswers(options: FinishedAnswersOptions): FinishedAnswers {
  const { store, today, limitBytes = DEFAULT_LIMIT_BYTES } = options;
  const kept = new Map<string, FinishedAnswer>();
  let [keptVersion, keptBytes] = ["", 0];
  let [hits, misses] = [0, 0];

  const version = () => `${MADE_FROM.map((family) => store.version(family)).join()},${today()}`;

  function forgetOld(): void {
    const present = version();
    if (present === keptVersion) return;
    kept.clear();
    [keptVersion, keptBytes] = [present, 0];
  }

  function find(question: string): FinishedAnswer | undefined {
    forgetOld();
    const found = kept.get(question);
    if (found === undefined) misses += 1;
    else hits += 1;
    return found;
  }

  function keep(question: string, madeFrom: string, answer: FinishedAnswer): void {
    forgetOld();
    if (madeFrom !== keptVersion || kept.has(question)) return;
    kept.set(question, answer);
    keptBytes += bytesOf(question, answer);
    for (const [oldest, old] of kept) {
      if (keptBytes <= limitBytes) break;
      kept.delete(oldest);
      keptBytes -= bytesOf(oldest, old);
    }
  }

  return { find, keep, version, counts: () => ({ hits, misses, entries: kept.size }) };
}

const bytesOf = (question: string, { text, type, etag }: FinishedAnswer): number =>
  2 * (question.length + text.length + type.length + etag.length);
