/** What a call of the stand-in is made of: a pattern, and a function from the question to the answer. */

import type { StandInAsset, StandInRename } from "./provider_stand_in_assets.ts";
import type { BarSource, StandInDividend, StandInSplit } from "./provider_stand_in_bars.ts";

/** Where reports about the provider disagree, or plans differ. All may be changed while the stand-in runs. */
export interface Switches {
  /** Calls a minute of the plan; 0 = no pacing. Default 5. */
  callsPerMinute: number;
  /** Whether that minute starts with the clock's, or ends now. Default `sliding`. */
  pacingWindow: "fixed" | "sliding";
  /** The form of `Retry-After` on a 429. Default `none`. */
  retryAfter: "none" | "seconds" | "date";
  /** Default `json`. */
  rateLimitBody: "json" | "empty";
  /** Refuse New York's current day ("before end of day") and later ones. Default `true`. */
  refuseUnfinishedDays: boolean;
  /** Years of history that the plan includes; 0 = all. Default 0. */
  historyYears: number;
  /** What is said of days before them: 403, or nothing at all. Default `refused`. */
  historyEdge: "refused" | "clipped";
  /** How `results` looks without rows. Default `missing`. */
  emptyResults: "missing" | "empty" | "null";
  /** Which member of a 401 holds the text. Default `error`. */
  unauthorizedTextIn: "error" | "message";
  /** The status of a good answer. Default `OK`. */
  status: "OK" | "DELAYED";
  /** Which host `next_url` names: this one, or the provider's former one. Default `own`. */
  nextUrlHost: "own" | "another";
  /** The most rows of a page, whatever was asked for; 0 = as many as were. Default 0. */
  maxPageRows: number;
  /** Send each split twice, under two ids. Default `false`. */
  duplicateSplits: boolean;
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  callsPerMinute: 5,
  pacingWindow: "sliding",
  retryAfter: "none",
  rateLimitBody: "json",
  refuseUnfinishedDays: true,
  historyYears: 0,
  historyEdge: "refused",
  emptyResults: "missing",
  unauthorizedTextIn: "error",
  status: "OK",
  nextUrlHost: "own",
  maxPageRows: 0,
  duplicateSplits: false,
};

export interface Holiday {
  readonly date: string;
  readonly name: string;
  readonly status: "closed" | "early-close";
}

/** The facts that the calls answer from. */
export interface World {
  readonly bars: BarSource;
  readonly splits: readonly StandInSplit[];
  readonly dividends: readonly StandInDividend[];
  readonly assets: readonly StandInAsset[];
  readonly renames: readonly StandInRename[];
  readonly holidays: readonly Holiday[];
  readonly switches: Readonly<Switches>;
}

export interface Question {
  /** The named groups of the route's pattern, decoded. */
  readonly path: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** As it was asked, without its query. */
  readonly url: string;
  readonly now: Date;
  readonly requestId: string;
}

/** A string is sent as text, everything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly pattern: URLPattern;
  readonly answer: (question: Question, world: World) => Answer;
  /** What the fault `garbage_rows` puts before the call's rows. */
  readonly garbage: readonly unknown[];
}
