/**
 * A server that goes on. Deno's ends where a connection cannot be accepted, as it does when the process has no file descriptor
 * left: the process would live on, and refuse everybody for good.
 *
 * @module
 */
import type { Sleep } from "../lib/jobs/sleep.ts";
import type { Log } from "../lib/log.ts";

/** What there is to know of a server. */
export interface Listening {
  /** Rejects where it has ended by itself. */
  readonly finished: Promise<void>;
  shutdown(): Promise<void>;
}

export interface LastingOptions<L extends Listening> {
  readonly first: L;
  /** Where the first one did. */
  readonly listenAgain: () => L;
  readonly sleep: Sleep;
  readonly log: Pick<Log, "error" | "info">;
}

const AGAIN_MS = 1_000;

export function lasting<L extends Listening>(
  { first, listenAgain, sleep, log }: LastingOptions<L>,
): Pick<Listening, "shutdown"> {
  const stopping = new AbortController();
  let server: L | undefined = first;
  const ended = goOn();

  async function goOn(): Promise<void> {
    while (server !== undefined) {
      const error = await server.finished.then(() => undefined, (reason) => reason);
      if (error === undefined) return;
      log.error("No more connections could be accepted", { error });
      server = await again();
    }
  }

  async function again(): Promise<L | undefined> {
    for (;;) {
      await sleep(AGAIN_MS, stopping.signal);
      if (stopping.signal.aborted) return undefined;
      try {
        const next = listenAgain();
        log.info("Connections are accepted again");
        return next;
      } catch (error) {
        log.error("The port could not be listened on", { error });
      }
    }
  }

  return {
    async shutdown() {
      stopping.abort();
      await server?.shutdown();
      await ended;
    },
  };
}
