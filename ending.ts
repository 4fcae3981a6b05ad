/**
 * How a process ends that is asked to: what is under way is answered, jobs are given back, what is left to be written is written.
 *
 * @module
 */
import type { Sleep } from "./lib/jobs/sleep.ts";
import type { Worker } from "./lib/jobs/worker.ts";
import type { Log } from "./lib/log.ts";

/** A client that never finishes must not keep the process from ending. */
const MAX_STOP_MS = 5_000;

export interface EndingOptions {
  readonly crons: Pick<AbortController, "abort">;
  /** Ends when nothing is being uploaded, and nothing will be. */
  readonly drain: () => Promise<void>;
  readonly serving: { shutdown(): Promise<void> };
  readonly uses: { flush(): Promise<void> };
  readonly worker: Pick<Worker, "stop">;
  readonly store: { close(): void };
  readonly sleep: Sleep;
  readonly log: Pick<Log, "info">;
  readonly exit: (status: number) => never;
}

export function endingBy(given: EndingOptions): (signal: string) => Promise<never> {
  const { crons, drain, serving, uses, worker, store, sleep, log, exit } = given;
  return async (signal) => {
    log.info("The process is asked to end", { signal });
    crons.abort();
    const ended = Promise.all([drain().then(serving.shutdown).then(uses.flush), worker.stop()]);
    await Promise.race([ended, sleep(MAX_STOP_MS)]);
    store.close();
    return exit(0);
  };
}
