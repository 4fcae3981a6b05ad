/**
 * Answers that were made before: given again, without validation, routing or a read, for as long as nothing that they were
 * made from has changed.
 *
 * @module
 */
import type { CacheCounts } from "../lib/store/cache.ts";
import type { Store } from "../lib/store/store.ts";

export interface FinishedAnswer {
  /** Whole, but for what each request adds to its headers: to be copied, never to be given away. */
  readonly response: Response;
  readonly bodyBytes: number;
  readonly etag: string;
  /** The name of the route that made it. */
  readonly route: string;
}

/** All of the market, all portfolios, and the day: what every answer is made from. */
export interface Versions {
  readonly market: string;
  readonly portfolios: string;
  readonly day: string;
}

export interface FinishedAnswers {
  /** The answer to the same question, if it still holds. */
  find(question: string): FinishedAnswer | undefined;
  /** Keeps an answer that was made from what had these versions. */
  keep(question: string, madeFrom: Versions, answer: FinishedAnswer): void;
  /** Of now. */
  versions(): Versions;
  counts(): CacheCounts;
}

/** About as much memory as is kept. */
const DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024;
/** Of a response with its dozen headers, beside its body. */
const RESPONSE_BYTES = 2_048;

export interface FinishedAnswersOptions {
  readonly store: Pick<Store, "version">;
  /** The calendar day: what a past price counts in today's shares changes with it. */
  readonly today: () => string;
  readonly limitBytes?: number;
}

export function finishedAnswers(options: FinishedAnswersOptions): FinishedAnswers {
  const { store, today, limitBytes = DEFAULT_LIMIT_BYTES } = options;
  const kept = new Map<string, FinishedAnswer>();
  let keptBytes = 0;
  let [hits, misses] = [0, 0];

  const versions = (): Versions => ({
    market: store.version("market"),
    portfolios: store.version("portfolios"),
    day: today(),
  });
  let keptFrom = versions();

  const isPresent = ({ market, portfolios, day }: Versions): boolean =>
    market === store.version("market") && portfolios === store.version("portfolios") && day === today();

  function forgetOld(): void {
    if (isPresent(keptFrom)) return;
    kept.clear();
    [keptFrom, keptBytes] = [versions(), 0];
  }

  function find(question: string): FinishedAnswer | undefined {
    forgetOld();
    const found = kept.get(question);
    if (found === undefined) misses += 1;
    else hits += 1;
    return found;
  }

  function keep(question: string, madeFrom: Versions, answer: FinishedAnswer): void {
    forgetOld();
    if (!isPresent(madeFrom) || kept.has(question)) return;
    kept.set(question, answer);
    keptBytes += bytesOf(question, answer);
    for (const [oldest, old] of kept) {
      if (keptBytes <= limitBytes) break;
      kept.delete(oldest);
      keptBytes -= bytesOf(oldest, old);
    }
  }

  return { find, keep, versions, counts: () => ({ hits, misses, entries: kept.size }) };
}

const bytesOf = (question: string, { bodyBytes }: FinishedAnswer): number =>
  question.length + bodyBytes + RESPONSE_BYTES;
