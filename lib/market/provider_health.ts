/**
 * What a provider's outcomes say of its health, as pure functions: when it is left alone, when it is probed, when it is well.
 *
 * @module
 */
import type { ProviderState } from "../store/provider_states.ts";
import type { Outcome, Provider } from "./provider.ts";

/** What keeps a call from going out. */
export type Barrier =
  | { readonly type: "bad_key"; readonly reason: string }
  | { readonly type: "unwell"; readonly untilMs: number; readonly reason: string };

/** What an outcome is recorded with. */
export interface Answer {
  readonly outcome: Outcome<unknown>;
  readonly keyDigest: Provider["keyDigest"];
  /** The call was let through to see whether the provider is well again. */
  readonly isProbe: boolean;
  readonly at: Date;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Whatever the question was, the provider has answered it: that there is nothing, or not yet, or no more. */
const ANSWERS = ["ok", "empty", "not_found", "not_yet", "too_old"] as const satisfies readonly Outcome<
  unknown
>["type"][];

const FAULTS_UNTIL_UNWELL = 5;
const FIRST_BACKOFF_MS = 60_000;
const MAX_BACKOFF_MS = 30 * 60_000;
/** Longer than a call takes: meanwhile nobody else probes. */
const PROBE_MS = 60_000;

export const PROVIDER_STANDINGS = ["not_asked_yet", "well", "failing", "unwell", "bad_key"] as const;

/** `failing`: the last answer was of no use; `unwell`: so were too many, and it is only probed. */
export type ProviderStanding = typeof PROVIDER_STANDINGS[number];

export function standingOf(state: ProviderState | undefined, keyDigest: Provider["keyDigest"]): ProviderStanding {
  if (state === undefined) return "not_asked_yet";
  if (state.refusedKey !== null) return state.refusedKey === keyDigest ? "bad_key" : "not_asked_yet";
  if (state.unwell !== null) return "unwell";
  return isAnswered(state) ? "well" : "failing";
}

export function barrierIn(
  state: ProviderState | undefined,
  keyDigest: Provider["keyDigest"],
  now: Date,
): Barrier | undefined {
  if (standingOf(state, keyDigest) === "bad_key") {
    return { type: "bad_key", reason: "the key was refused, and no call goes out before there is another" };
  }
  const unwell = state?.unwell ?? null;
  if (unwell === null || Date.parse(unwell.nextProbeAt) <= now.getTime()) return undefined;
  const reason = `unwell since ${unwell.since}: ${state?.reason}`;
  return { type: "unwell", untilMs: Date.parse(unwell.nextProbeAt), reason };
}

/** The state while a probe is under way. */
export const probed = (state: ProviderState, now: Date): ProviderState => withNextProbe(state, later(now, PROBE_MS));

/** The state from which one call may go out at once, whatever was wrong: if it still is, that comes to be known again. */
export const retryable = (state: ProviderState, now: Date): ProviderState =>
  withNextProbe({ ...state, refusedKey: null }, now.toISOString());

export function afterAnswer(before: ProviderState | undefined, answer: Answer): ProviderState {
  const { outcome, at, keyDigest = null } = answer;
  const calledAt = at.toISOString();
  const isFault = outcome.type === "passing_fault" || outcome.type === "malformed";
  const faultsInARow = isFault ? (before?.faultsInARow ?? 0) + 1 : 0;
  const state: ProviderState = {
    calledAt,
    outcome: outcome.type,
    reason: "reason" in outcome ? outcome.reason : null,
    answeredAt: before?.answeredAt ?? null,
    faultsInARow,
    unwell: isFault ? unwellAfter(before?.unwell ?? null, faultsInARow, answer) : null,
    // A fault says nothing of the key; every other answer does.
    refusedKey: isFault ? before?.refusedKey ?? null : outcome.type === "bad_key" ? keyDigest : null,
  };
  return isAnswered(state) ? { ...state, answeredAt: calledAt } : state;
}

function unwellAfter(
  unwell: ProviderState["unwell"],
  faultsInARow: number,
  { isProbe, at, random }: Answer,
): ProviderState["unwell"] {
  if (unwell === null && faultsInARow < FAULTS_UNTIL_UNWELL) return null;
  // What was under way when the provider was found unwell says nothing new.
  if (unwell !== null && !isProbe) return unwell;
  const failedProbes = unwell === null ? 0 : unwell.failedProbes + 1;
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** failedProbes, MAX_BACKOFF_MS);
  const nextProbeAt = later(at, Math.round(backoffMs * (1 + random() / 4)));
  return { since: unwell?.since ?? at.toISOString(), failedProbes, nextProbeAt };
}

const isAnswered = ({ outcome }: ProviderState): boolean => ANSWERS.some((answer) => answer === outcome);

const withNextProbe = (state: ProviderState, nextProbeAt: string): ProviderState =>
  state.unwell === null ? state : { ...state, unwell: { ...state.unwell, nextProbeAt } };

const later = (from: Date, delayMs: number): string => new Date(from.getTime() + delayMs).toISOString();
