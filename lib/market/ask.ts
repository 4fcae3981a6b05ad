/**
 * Asking the provider from within a job: in its pace, on the record, and with each failure turned into the job's next step.
 *
 * @module
 */
import { Final, type JobRun, Postpone } from "../jobs/definition.ts";
import { holdUntil, takeSlot } from "../jobs/pacing.ts";
import type { Sleep } from "../jobs/sleep.ts";
import type { Context } from "../context.ts";
import type { Call, Failure, Outcome, Provider } from "./provider.ts";
import { recordOutcome } from "./provider_state.ts";

/** What a job needs that asks a provider. */
export interface MarketContext extends Context {
  /** Absent where none is configured. */
  readonly provider: Provider | undefined;
  readonly sleep: Sleep;
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
  ask<T>(question: (call: Call) => Promise<Outcome<T>>): Promise<T | undefined>;
  /** The outcome itself, on the record, for who knows what to do about it. */
  outcomeOf<T>(question: (call: Call) => Promise<Outcome<T>>): Promise<Outcome<T>>;
  /** Requests that went out so far. */
  readonly calls: () => number;
}

/** The run that asks, or whoever asks like one. */
export interface Asker extends Pick<JobRun<unknown>, "signal" | "note" | "priority"> {
  /** `NoSlotSoon` is thrown where the provider cannot be asked before. */
  readonly latestMs?: number;
}

/** Throws {@link Final} where no provider is configured. */
export function asking(ctx: MarketContext, { signal, note, priority, latestMs }: Asker): Asking {
  const { provider } = ctx;
  if (provider === undefined) throw new Final(NOT_CONFIGURED);
  const { name, callsPerMinute } = provider;
  let calls = 0;

  async function slot(): Promise<void> {
    await takeSlot(ctx, { provider: name, callsPerMinute, priority, signal, latestMs });
    calls += 1;
  }

  async function outcomeOf<T>(question: (call: Call) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await question({ signal, slot });
    signal.throwIfAborted();
    await recordOutcome(ctx.store, name, outcome, ctx.now());
    if (outcome.type === "rate_limited") await holdUntil(ctx, name, pauseEndMs(ctx, outcome));
    note(`provider answered ${outcome.type}`, "reason" in outcome ? outcome.reason : undefined);
    return outcome;
  }

  async function ask<T>(question: (call: Call) => Promise<Outcome<T>>): Promise<T | undefined> {
    const outcome = await outcomeOf(question);
    if (outcome.type === "ok") return outcome.value;
    if (outcome.type === "empty") return undefined;
    return giveUp(ctx, outcome);
  }

  return { provider, ask, outcomeOf, calls: () => calls };
}

const pauseEndMs = ({ now }: MarketContext, { retryAfterMs = RATE_LIMITED_MS }: { retryAfterMs: number | undefined }) =>
  now().getTime() + retryAfterMs;

function giveUp(ctx: MarketContext, failure: Failure): never {
  const reason = `${failure.type}: ${failure.reason}`;
  switch (failure.type) {
    case "not_yet":
      throw new Postpone(ctx.now().getTime() + NOT_YET_MS, reason);
    case "rate_limited":
      throw new Postpone(pauseEndMs(ctx, failure), reason);
    case "passing_fault":
    case "malformed":
      throw new Error(reason);
    case "too_old":
    case "not_entitled":
    case "not_found":
    case "bad_key":
    case "rejected":
      throw new Final(reason);
  }
}
