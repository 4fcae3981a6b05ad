/**
 * A clock that only moves when a test says so. What the code under test waits for in earnest (KV) is tracked, so that the
 * clock can let it come to rest before it moves on: no test has to guess how long that takes.
 *
 * @module
 */
import { type Sleep, sleepBy, type Timers } from "../../lib/jobs/sleep.ts";

export interface FakeClock extends Timers<number> {
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** Moves on, stopping at each time on the way at which timers fire until what they started has come to rest. */
  advance(ms: number): Promise<void>;
  /** Moves on at once: timers that would have fired on the way fire at the end of it, as after a sleep of the machine. */
  skip(ms: number): Promise<void>;
  /** Moves on to when the next timers fire and lets what they start come to rest; false where there are none. */
  step(): Promise<boolean>;
  /** Lets everything under way come to rest, without moving. */
  settle(): Promise<void>;
  /** Moves on, timer by timer, until the promise is settled; throws if it waits for something else than time. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Work that is not of this clock's making, to be waited for. */
  track<T>(work: Promise<T>): Promise<T>;
  /** How many timers are set. */
  timers(): number;
}

interface Timer {
  readonly id: number;
  readonly atMs: number;
  readonly run: () => void;
}

const MAX_STEPS = 100_000;

export function fakeClock(start = "2026-11-20T08:00:00.000Z"): FakeClock {
  const timers = new Map<number, Timer>();
  const underWay = new Set<Promise<unknown>>();
  let nowMs = Date.parse(start);
  let lastId = 0;

  function setTimer(run: () => void, delayMs: number): number {
    const id = ++lastId;
    timers.set(id, { id, atMs: nowMs + Math.max(0, delayMs), run });
    return id;
  }

  function clearTimer(id: number): void {
    timers.delete(id);
  }

  function nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers.values()) if (next === undefined || timer.atMs < next.atMs) next = timer;
    return next;
  }

  async function settle(): Promise<void> {
    do {
      await Promise.allSettled(underWay);
      await turn();
    } while (underWay.size > 0);
  }

  /** All that are due at one time, so that what they start goes on side by side. */
  async function fire({ atMs }: Timer): Promise<void> {
    nowMs = Math.max(nowMs, atMs);
    for (const timer of [...timers.values()].filter((timer) => timer.atMs <= nowMs)) {
      if (timers.delete(timer.id)) timer.run();
    }
    await settle();
  }

  async function step(): Promise<boolean> {
    await settle();
    const timer = nextTimer();
    if (timer !== undefined) await fire(timer);
    return timer !== undefined;
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    await settle();
    for (let timer = nextTimer(); timer !== undefined && timer.atMs <= untilMs; timer = nextTimer()) await fire(timer);
    nowMs = untilMs;
  }

  async function skip(ms: number): Promise<void> {
    await settle();
    nowMs += ms;
    await advance(0);
  }

  async function until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = () => void (isSettled = true);
    promise.then(settled, settled);
    await settle();
    for (let steps = 0; !isSettled; steps++) {
      if (!await step()) throw new Error("What the test waits for does not wait for the clock");
      if (steps > MAX_STEPS) throw new Error(`What the test waits for has not come after ${MAX_STEPS} timers`);
    }
    return promise;
  }

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    const done = () => void underWay.delete(work);
    work.then(done, done);
    return work;
  }

  return {
    now: () => new Date(nowMs),
    setTimeout: setTimer,
    clearTimeout: clearTimer,
    sleep: sleepBy({ setTimeout: setTimer, clearTimeout: clearTimer }),
    advance,
    skip,
    step,
    settle,
    until,
    track,
    timers: () => timers.size,
  };
}

/** Lets everything run that waits for nothing but its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
