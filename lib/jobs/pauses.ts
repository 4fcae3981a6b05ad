/**
 * Schedules that somebody has paused: they ask for nothing until they are resumed, and then for the newest slot alone.
 *
 * @module
 */
import { z } from "zod";
import { type Collection, collection } from "../store/collection.ts";
import { alone, type Settle } from "../store/settle.ts";
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

/** Pausing what is paused leaves it as it was. */
export async function pauseSchedule(store: Store, pause: SchedulePause, settle: Settle<true> = alone): Promise<void> {
  const pauses = pauseCollection(store);
  while (await pauses.getFresh(pause.name) === undefined) {
    if (await settle(pauses.insert(store.change(), pause), () => true)) return;
  }
}

/** Resuming what is not paused changes nothing. */
export async function resumeSchedule(store: Store, name: string, settle: Settle<true> = alone): Promise<void> {
  const pauses = pauseCollection(store);
  for (let before = await pauses.getFresh(name); before !== undefined; before = await pauses.getFresh(name)) {
    if (await settle(pauses.remove(store.change(), before), () => true)) return;
  }
}
