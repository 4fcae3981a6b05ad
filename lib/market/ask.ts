/**
 * Asking the provider from within a job: in its pace, on the record, and with each failure turned into the job's next step.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { Final, type JobRun, Postpone } from "../jobs/definition.ts";
import { holdUntil, takeSlot } from "../jobs/pacing.ts";
import type { Sleep } from "../jobs/sleep.ts";
import type { Log } from "../log.ts";
import type { ProviderState } from "../store/provider_states.ts";
import type { Call, Failure, Outcome, Provider } from "./provider.ts";
import { type Barrier, barrierIn } from "./provider_health.ts";
import { admitCall, providerState, recordAnswer } from "./provider_state.ts";

/** What a job needs that asks a provider. */
export interface MarketContext extends Context {
  /** Absent where none is configured. */
  readonly provider: Provider | undefined;
  readonly sleep: Sleep;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Pick<Log, "info" | "warn" | "error">;
}

export const NOT_CONFIGURED = "neither POLYGON_API_KEY nor BARS_DIR is set, so there is no provider to ask";

/** How long a day that is not over for the provider is left alone. */
const NOT_YET_MS = 30 * 60_000;
/** How long to wait where a provider says that it was too much, but not for how long. */
const RATE_LIMITED_MS = 60_000;

/** What a job asks the provider through. */
export interface Asking {
  readonly provider: Provider;
  /** Answers `undefined` where there was nothing; throws what the queue is to do about a failure. */
  ask<T>(question: Ask<T>): Promise<T | undefined>;
  /** As `ask`, but these failures are answered too. */
  askExpecting<T, F extends Failure["type"]>(question: Ask<T>, expected: readonly F[]): Promise<Expected<T, F>>;
  /** The outcome itself, on the record, for who knows what to do about it. Throws where no call may go out now. */
  outcomeOf<T>(question: Ask<T>): Promise<Outcome<T>>;
  /** Requests that went out so far. */
  readonly calls: () => number;
}

/** An answer, or one of the failures that were expected. */
export type Expected<T, F extends Failure["type"]> = Extract<Outcome<T>, { readonly type: "ok" | "empty" | F }>;

export type Ask<T> = (call: Call) => Promise<Outcome<T>>;

/** The run that asks, or whoever asks like one. */
export interface Asker extends Pick<JobRun<unknown>, "signal" | "note" | "priority"> {
  /** `NoSlotSoon` is thrown where the provider cannot be asked before. */
  readonly latestMs?: number;
}

/** Throws {@link Final} where no provider is configured. */
export function asking(ctx: MarketContext, { signal, note, priority, latestMs }: Asker): Asking {
  const { provider } = ctx;
  if (provider === undefined) throw new Final(NOT_CONFIGURED);
  const { name, callsPerMinute, keyDigest } = provider;
  let calls = 0;

  async function recorded<T>(question: Ask<T>): Promise<{ outcome: Outcome<T>; state: ProviderState }> {
    let isProbe = false;

    async function slot(): Promise<void> {
      // Whoever may not ask does not wait for a slot either.
      if (!isProbe) assertNothingBars(barrierIn(await providerState(ctx.store, name), keyDigest, ctx.now()));
      await takeSlot(ctx, { provider: name, callsPerMinute, priority, signal, latestMs });
      if (!isProbe) isProbe = await admitted(ctx, name, keyDigest);
      calls += 1;
    }

    const outcome = await question({ signal, slot });
    signal.throwIfAborted();
    const answer = { outcome, keyDigest, isProbe, at: ctx.now(), random: ctx.random };
    const { before, after } = await recordAnswer(ctx.store, name, answer);
    if (outcome.type === "rate_limited") await holdUntil(ctx, name, pauseEndMs(ctx, outcome));
    sayWhatChanged(ctx, name, before, after);
    ctx.log.info("The provider answered", {
      provider: name,
      outcome: outcome.type,
      ...("reason" in outcome && { reason: outcome.reason }),
    });
    note(`provider answered ${outcome.type}`, "reason" in outcome ? outcome.reason : undefined);
    return { outcome, state: after };
  }

  async function askExpecting<T, F extends Failure["type"]>(question: Ask<T>, expected: readonly F[]) {
    const { outcome, state } = await recorded(question);
    const isExpected = ["ok", "empty", ...expected].includes(outcome.type);
    return isExpected ? outcome as Expected<T, F> : giveUp(ctx, outcome as Failure, state);
  }

  async function ask<T>(question: Ask<T>): Promise<T | undefined> {
    const outcome = await askExpecting(question, []);
    return outcome.type === "ok" ? outcome.value : undefined;
  }

  const outcomeOf = async <T>(question: Ask<T>) => (await recorded(question)).outcome;

  return { provider, ask, askExpecting, outcomeOf, calls: () => calls };
}

/** Answers whether the call is the one that probes an unwell provider. */
async function admitted(ctx: MarketContext, provider: string, keyDigest: Provider["keyDigest"]): Promise<boolean> {
  const { barrier, isProbe } = await admitCall(ctx.store, provider, keyDigest, ctx.now());
  assertNothingBars(barrier);
  return isProbe;
}

function assertNothingBars(barrier: Barrier | undefined): void {
  if (barrier === undefined) return;
  const reason = `${barrier.type}: ${barrier.reason}`;
  throw barrier.type === "unwell" ? new Postpone(barrier.untilMs, reason) : new Final(reason);
}

const pauseEndMs = ({ now }: MarketContext, { retryAfterMs = RATE_LIMITED_MS }: { retryAfterMs: number | undefined }) =>
  now().getTime() + retryAfterMs;

/** An outage is nobody's failed attempt: from when it is known as one, jobs wait for its end. */
function giveUp(ctx: MarketContext, failure: Failure, { unwell }: ProviderState): never {
  const reason = `${failure.type}: ${failure.reason}`;
  switch (failure.type) {
    case "not_yet":
      throw new Postpone(ctx.now().getTime() + NOT_YET_MS, reason);
    case "rate_limited":
      throw new Postpone(pauseEndMs(ctx, failure), reason);
    case "passing_fault":
    case "malformed":
      throw unwell === null ? new Error(reason) : new Postpone(Date.parse(unwell.nextProbeAt), reason);
    case "too_old":
    case "not_entitled":
    case "not_found":
    case "bad_key":
    case "rejected":
      throw new Final(reason);
  }
}

function sayWhatChanged(
  { log }: MarketContext,
  provider: string,
  before: ProviderState | undefined,
  { outcome, reason, unwell, refusedKey }: ProviderState,
): void {
  if (outcome === "bad_key") {
    log.error("The provider refuses the key: nothing is asked of it until there is another one", { provider, reason });
  } else if (unwell !== null && unwell.since !== before?.unwell?.since) {
    log.warn("The provider is unwell", { provider, reason, nextProbeAt: unwell.nextProbeAt });
  } else if (before !== undefined && (before.unwell ?? before.refusedKey) !== null && (unwell ?? refusedKey) === null) {
    log.info("The provider answers again", { provider });
  }
}
