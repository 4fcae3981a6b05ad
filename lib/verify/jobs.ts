/**
 * A job holds a lease while it runs, and at no other time; what was logged belongs to a job.
 *
 * @module
 */
import { type Job, jobCollection } from "../jobs/job.ts";
import { chunks } from "../store/chunks.ts";
import type { Check, Fault, Run } from "./check.ts";

const CHUNK = 100;

export const jobs: Check = {
  covers: [],
  async *faults(run) {
    yield* wrongLeases(run);
    yield* logsOfNoJob(run);
  },
};

async function* wrongLeases({ ctx: { store } }: Run): AsyncGenerator<Fault> {
  const { schema } = jobCollection(store).options;
  for await (const { key, value } of store.list({ prefix: ["jobs"] }, { batchSize: CHUNK })) {
    const read = schema.safeParse(value);
    // One that cannot be read is reported where all entities are.
    if (!read.success || hasLeaseAsItShould(read.data)) continue;
    const what = read.data.lease === null
      ? "runs, but nobody holds it"
      : `is ${read.data.state}, but somebody holds it`;
    yield { kind: "wrong_lease", key, what };
  }
}

export const hasLeaseAsItShould = ({ state, lease }: Pick<Job, "state" | "lease">): boolean =>
  (state === "running") === (lease !== null);

async function* logsOfNoJob({ ctx: { store } }: Run): AsyncGenerator<Fault> {
  for await (const chunk of chunks(store.list({ prefix: ["job_logs"] }, { batchSize: CHUNK }), CHUNK)) {
    const found = await store.getMany(chunk.map(({ key }) => ["jobs", key[1] ?? ""]));
    for (const [i, { key }] of chunk.entries()) {
      if (found[i]?.versionstamp !== null) continue;
      // Read again, in one snapshot: the job may have gone meanwhile, and its log with it.
      const [log, job] = await store.getMany([key, ["jobs", key[1] ?? ""]]);
      const isLeft = log?.versionstamp && !job?.versionstamp;
      if (isLeft) yield { kind: "log_of_no_job", key, what: "is left from a job that is gone" };
    }
  }
}
