/**
 * Deno KV, with what each operation took told.
 *
 * @module
 */
import type { Listing } from "../store/reads.ts";

/** Runs an operation, and sees how long it took and whether it threw. */
export type Observe = <T>(operation: string, run: () => Promise<T>) => Promise<T>;

export interface KvObserver {
  readonly observe: Observe;
  readonly monotonicMs: () => number;
  /** A listing is read bit by bit while others work: the time that KV took is told when it ends. */
  readonly listed: (durationMs: number, isFailed: boolean) => void;
}

/** What the store uses of KV; all else is the same. */
export function observedKv(kv: Deno.Kv, observer: KvObserver): Deno.Kv {
  const { observe } = observer;
  const overrides: Partial<Record<keyof Deno.Kv, unknown>> = {
    get: (...args: Parameters<Deno.Kv["get"]>) => observe("get", () => kv.get(...args)),
    getMany: (...args: Parameters<Deno.Kv["getMany"]>) => observe("get_many", () => kv.getMany(...args)),
    list: (...args: Parameters<Deno.Kv["list"]>) => observedList(kv.list(...args), observer),
    atomic() {
      const operation = kv.atomic();
      const commit = operation.commit.bind(operation);
      operation.commit = () => observe("commit", commit);
      return operation;
    },
  };
  return new Proxy(kv, {
    get(target, name) {
      const own = overrides[name as keyof Deno.Kv] ?? Reflect.get(target, name, target);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

function observedList(entries: Listing, observer: KvObserver): Listing {
  let [durationMs, isTold] = [0, false];

  function tell(isFailed: boolean): void {
    if (!isTold) observer.listed(durationMs, isFailed);
    isTold = true;
  }

  const observed: Listing = {
    async next() {
      const startedMs = observer.monotonicMs();
      try {
        const step = await entries.next();
        durationMs += observer.monotonicMs() - startedMs;
        if (step.done) tell(false);
        return step;
      } catch (error) {
        tell(true);
        throw error;
      }
    },
    return() {
      tell(false);
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => observed,
  };
  return observed;
}
