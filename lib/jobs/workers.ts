/**
 * The processes that run jobs, as far as they have been heard of lately.
 *
 * @module
 */
import { z } from "zod";
import { type Collection, collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";

const instant = z.iso.datetime();

const schema = z.object({
  /** The owner of the leases that it holds. */
  id: z.string(),
  version: z.string(),
  started_at: instant,
  seen_at: instant,
  /** How many jobs ran there then. */
  running: z.int().nonnegative(),
});

export type WorkerRecord = Readonly<z.infer<typeof schema>>;

/** A worker says that it is there at least this often. */
export const SIGN_OF_LIFE_MS = 60_000;
/** One that was not heard of for so long is gone. */
const GONE_AFTER_MS = 3 * SIGN_OF_LIFE_MS;

export const workerCollection = (store: Store): Collection<WorkerRecord, string> =>
  collection<WorkerRecord, string>(store, { name: "workers", schemaVersion: 1, schema, idOf: ({ id }) => id });

/** That a worker is there; those that are gone without a word are forgotten with the first sign of another. */
export async function showLife(store: Store, worker: WorkerRecord): Promise<void> {
  await workerCollection(store).update(worker.id, () => worker);
  for await (const other of workerCollection(store).each()) {
    if (isGone(other.value, worker.seen_at)) await workerCollection(store).remove(store.change(), other).commit();
  }
}

/** A worker that stops says so. */
export async function leave(store: Store, id: string): Promise<void> {
  const workers = workerCollection(store);
  const before = await workers.getFresh(id);
  if (before !== undefined) await workers.remove(store.change(), before).commit();
}

/** Those heard of lately, by their ids. */
export async function presentWorkers(store: Store, now: Date): Promise<WorkerRecord[]> {
  const all = await Array.fromAsync(workerCollection(store).each(), ({ value }) => value);
  return all.filter((worker) => !isGone(worker, now.toISOString()));
}

const isGone = ({ seen_at }: WorkerRecord, now: string): boolean =>
  Date.parse(seen_at) + GONE_AFTER_MS < Date.parse(now);
