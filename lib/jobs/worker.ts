/**
 * The part of a process that runs jobs: takes what is due, as many at once as it may, and sleeps until more is due.
 *
 * @module
 */
import type { JobDefinition } from "./definition.ts";
import { claimJob, execute, type ExecutionOptions } from "./execution.ts";
import { dueKey, nameOf, PRIORITIES, type Priority } from "./job.ts";
import { leave, showLife, SIGN_OF_LIFE_MS } from "./workers.ts";

export interface WorkerOptions<C> extends Omit<ExecutionOptions<C>, "stopping"> {
  /** Jobs of other names are left to other processes. */
  readonly jobs: readonly JobDefinition<C>[];
  /** How many jobs run at once; 4 where nothing is said. */
  readonly concurrency?: number;
  /** Of the program. */
  readonly version: string;
}

export interface Worker {
  /** Runs what is due, and what becomes due meanwhile, until nothing is or the signal aborts. Rejects where KV does. */
  runDue(signal?: AbortSignal): Promise<void>;
  /** Goes on running what becomes due, until {@link Worker.stop}. */
  start(): void;
  /** Something may have become due. */
  wake(): void;
  /**
   * Tells handlers to stop, gives their jobs back to be run at once elsewhere, and takes no more. A handler that does not
   * stop in time keeps its lease, which lapses, so that nobody else starts while it may still be at work.
   */
  stop(): Promise<void>;
}

const DEFAULT_CONCURRENCY = 4;
const SCAN_BATCH = 16;
/** How long a worker may take to see what another process has enqueued. */
const MAX_SLEEP_MS = SIGN_OF_LIFE_MS;
/** A process that is told to end has little longer. */
const MAX_STOP_MS = 3_000;
const KV_BACKOFF_MS = 1_000;

export function createWorker<C>(options: WorkerOptions<C>): Worker {
  const { store, owner, version, now, sleep, random, log, concurrency = DEFAULT_CONCURRENCY } = options;
  const definitions = new Map(options.jobs.map((definition) => [definition.name, definition]));
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const execution = { ...options, stopping: stopping.signal };
  let woken = new AbortController();
  let lastFill: Promise<unknown> = Promise.resolve();
  let loop: Promise<void> | undefined;
  let seenMs = -Infinity;
  let ended = 0;

  const wake = () => woken.abort();

  /** Takes what is due, in order. Answers when the next job is due, if there is still room for it. */
  async function takeDue(): Promise<number | undefined> {
    const failures: unknown[] = [];
    const nextMs = await scan(failures);
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} jobs could not be claimed`);
    return nextMs;
  }

  /** The more urgent first. Answers when the next job of any priority is due. */
  async function scan(failures: unknown[]): Promise<number | undefined> {
    let soonestMs = Infinity;
    for (const priority of PRIORITIES) {
      const nextMs = await scanPriority(priority, failures);
      // Room that has come free meanwhile is for the most urgent again, so the next scan begins with those.
      if (nextMs === "no room") break;
      soonestMs = Math.min(soonestMs, nextMs);
    }
    return Number.isFinite(soonestMs) ? soonestMs : undefined;
  }

  /** A job that cannot be claimed must not hold up those behind it. */
  async function scanPriority(priority: Priority, failures: unknown[]): Promise<number | "no room"> {
    const prefix = dueKey(priority);
    // Work that takes hours leaves room for what cannot wait.
    const room = priority === "background" ? Math.max(1, concurrency - 1) : concurrency;
    for await (const { key } of store.forgiving().list({ prefix }, { batchSize: SCAN_BATCH })) {
      const [dueMs, id] = key.slice(prefix.length) as [number, string];
      const definition = definitions.get(nameOf(id));
      // A job that runs here is ours, even where its lease has lapsed unnoticed: it must never run here twice.
      if (definition === undefined || running.has(id)) continue;
      if (stopping.signal.aborted || running.size >= room) return "no room";
      if (dueMs > now().getTime()) return dueMs;
      const claim = await claimJob(execution, definition, id).catch((error) => void failures.push(error));
      if (claim === undefined) continue;
      running.set(id, execute(execution, definition, claim).finally(() => left(id)).then(wake));
    }
    return Infinity;
  }

  function left(id: string): void {
    running.delete(id);
    ended += 1;
  }

  /** One scan after another: two at once would take more than there is room for. */
  function fill(): Promise<number | undefined> {
    const scan = lastFill.then(takeDue);
    lastFill = scan.catch(() => {});
    return scan;
  }

  async function runDue(signal?: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
    while (!signal?.aborted) {
      const before = ended;
      await fill();
      // What has ended during the scan may have left something due behind it.
      if (ended !== before) continue;
      if (running.size === 0) return;
      await Promise.race([...running.values(), aborted]);
    }
  }

  async function showSigns(startedAt: Date): Promise<void> {
    const at = now();
    if (at.getTime() - seenMs < SIGN_OF_LIFE_MS / 2) return;
    seenMs = at.getTime();
    const [started_at, seen_at] = [startedAt.toISOString(), at.toISOString()];
    await showLife(store, { id: owner, version, started_at, seen_at, running: running.size });
  }

  async function keepRunning(): Promise<void> {
    const startedAt = now();
    let failures = 0;
    while (!stopping.signal.aborted) {
      // Renewed before the scan, so that a wake-up during it is not lost.
      woken = new AbortController();
      let delayMs = MAX_SLEEP_MS;
      try {
        const nextMs = await fill();
        await showSigns(startedAt);
        if (nextMs !== undefined) delayMs = Math.min(delayMs, Math.max(0, nextMs - now().getTime()));
        failures = 0;
      } catch (error) {
        log.error("The queue could not be read", { error });
        delayMs = Math.min(delayMs, KV_BACKOFF_MS * 2 ** failures * (1 + random()));
        failures += 1;
      }
      if (!stopping.signal.aborted) await sleep(delayMs, woken.signal);
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    wake();
    const waited = new AbortController();
    const stopped = (async () => {
      await loop;
      await lastFill;
      await Promise.all(running.values());
      if (seenMs > -Infinity) await leave(store, owner).catch(() => {});
      waited.abort();
    })();
    await Promise.race([stopped, sleep(MAX_STOP_MS, waited.signal)]);
    for (const id of running.keys()) log.warn("A job did not stop in time; its lease lapses", { job: id });
  }

  return {
    runDue,
    start() {
      loop ??= keepRunning();
    },
    wake,
    stop,
  };
}
