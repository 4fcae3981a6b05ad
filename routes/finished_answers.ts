/**
 * Answers that were made before, to what is asked more than once: given again, without validation, routing or a read, for as
 * long as nothing that they were made from has changed.
 *
 * @module
 */
import type { CacheCounts } from "../lib/store/cache.ts";
import { doorkeeper } from "../lib/store/doorkeeper.ts";
import type { Store } from "../lib/store/store.ts";

export interface FinishedAnswer {
  /** Whole, but for what each request adds to its headers: to be copied, never to be given away. Made when it is wanted first. */
  readonly response: () => Response;
  /** About as many. */
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
  /** One that holds unless its portfolio has changed, as its tag tells: some portfolio has. */
  former(question: string): FinishedAnswer | undefined;
  /** Keeps an answer that was made from what had these versions, once the question is asked for a second time. */
  keep(question: string, madeFrom: Versions, answer: FinishedAnswer): void;
  /** Of now. */
  versions(): Versions;
  counts(): CacheCounts;
}

interface Kept {
  readonly answer: FinishedAnswer;
  /** The version of all portfolios at which it held. */
  readonly portfolios: string;
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
  const kept = new Map<string, Kept>();
  const isAskedAgain = doorkeeper();
  // Goes on where it was: to begin anew would pass all that was dropped before, which the map has not yet closed up.
  let fromOldest = kept.keys();
  let keptBytes = 0;
  let [hits, misses] = [0, 0];

  const versions = (): Versions => ({
    market: store.version("market"),
    portfolios: store.version("portfolios"),
    day: today(),
  });
  let { market: keptMarket, day: keptDay } = versions();

  /** Of market and day every answer is made, of portfolios one of its own. */
  function forgetOld(): void {
    if (keptMarket === store.version("market") && keptDay === today()) return;
    kept.clear();
    fromOldest = kept.keys();
    keptBytes = 0;
    ({ market: keptMarket, day: keptDay } = versions());
  }

  function forget(question: string): void {
    const old = kept.get(question);
    if (old === undefined) return;
    kept.delete(question);
    keptBytes -= bytesOf(question, old);
  }

  function nextOldest(): string {
    let next = fromOldest.next();
    if (next.done) next = (fromOldest = kept.keys()).next();
    return next.value ?? "";
  }

  function find(question: string): FinishedAnswer | undefined {
    forgetOld();
    const found = kept.get(question);
    if (found !== undefined && found.portfolios === store.version("portfolios")) {
      hits += 1;
      return found.answer;
    }
    misses += 1;
    return undefined;
  }

  function former(question: string): FinishedAnswer | undefined {
    forgetOld();
    return kept.get(question)?.answer;
  }

  function keep(question: string, { market, portfolios, day }: Versions, answer: FinishedAnswer): void {
    forgetOld();
    if (market !== keptMarket || day !== keptDay || portfolios !== store.version("portfolios")) return;
    if (!kept.has(question) && !isAskedAgain(question)) return;
    forget(question);
    kept.set(question, { answer, portfolios });
    keptBytes += bytesOf(question, { answer });
    while (keptBytes > limitBytes) forget(nextOldest());
  }

  return { find, former, keep, versions, counts: () => ({ hits, misses, entries: kept.size }) };
}

const bytesOf = (question: string, { answer }: Pick<Kept, "answer">): number =>
  question.length + answer.bodyBytes + RESPONSE_BYTES;
