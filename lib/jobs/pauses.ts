/**
 * Schedules that somebody has paused: they ask for nothing until they are resumed, and then for the newest slot alone.
 *
 * @module
 */
import { z } from "zod";
import type { Change } from "../store/change.ts";
import { type Collection, collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";

const schema = z.object({ name: z.string(), paused_at: z.iso.datetime(), paused_by: z.string() });

export type SchedulePause = Readonly<z.infer<typeof schema>>;

export const pauseCollection = (store: Store): Collection<SchedulePause, string> =>
  collection<SchedulePause, string>(store, {
    name: "schedule_pauses",
    schemaVersion: 1,
    schema,
    idOf: ({ name }) => name,
  });

/** Stages the condition that a schedule is not paused; `undefined` for one that is. */
export async function watchPause(store: Store, name: string): Promise<((change: Change) => Change) | undefined> {
  const pause = await pauseCollection(store).getFresh(name);
  return pause === undefined ? (change) => change.check(["schedule_pauses", name], null) : undefined;
}

/** Commits a change: `undefined` where a check failed and nothing was written. */
type Commit = (change: Change) => Promise<unknown>;

/** Pausing what is paused leaves it as it was. */
export async function pauseSchedule(store: Store, pause: SchedulePause, commit: Commit): Promise<void> {
  const pauses = pauseCollection(store);
  while (await pauses.getFresh(pause.name) === undefined) {
    if (await commit(pauses.insert(store.change(), pause)) !== undefined) return;
  }
}

/** Resuming what is not paused changes nothing. */
export async function resumeSchedule(store: Store, name: string, commit: Commit): Promise<void> {
  const pauses = pauseCollection(store);
  for (let before = await pauses.getFresh(name); before !== undefined; before = await pauses.getFresh(name)) {
    if (await commit(pauses.remove(store.change(), before)) !== undefined) return;
  }
}
