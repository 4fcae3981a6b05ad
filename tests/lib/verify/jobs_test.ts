import { AT, patch, testCases } from "./harness.ts";

const KEY = ["jobs", "nothing:1"];
const JOB = '["jobs", "nothing:1"]';
const LEASE = { owner: "lost", expires_at: AT };

/** With its pointers by state, which stand under the moment at which the job was created. */
async function toState(kv: Deno.Kv, state: string, change: Record<string, unknown> = {}): Promise<void> {
  const atMs = Date.parse(AT);
  await patch(kv, KEY, { ...change, state });
  await kv.delete(["jobs_by_state", "queued", atMs, "nothing:1"]);
  await kv.delete(["jobs_by_name_and_state", "nothing", "queued", atMs, "nothing:1"]);
  await kv.set(["jobs_by_state", state, atMs, "nothing:1"], "nothing:1");
  await kv.set(["jobs_by_name_and_state", "nothing", state, atMs, "nothing:1"], "nothing:1");
}

testCases([
  {
    what: "a job that runs without a lease",
    corrupt: (kv) => toState(kv, "running"),
    faults: [`${JOB} runs, but nobody holds it`],
    changed: [JOB],
  },
  {
    what: "one that was to be cancelled",
    corrupt: (kv) => toState(kv, "running", { cancel_requested: true }),
    faults: [`${JOB} runs, but nobody holds it`],
    changed: [
      JOB,
      `["jobs_by_due", 1, ${Date.parse(AT)}, "nothing:1"]`,
      ...["queued", "cancelled"].flatMap((state) => [
        `["jobs_by_name_and_state", "nothing", "${state}", ${Date.parse(AT)}, "nothing:1"]`,
        `["jobs_by_state", "${state}", ${Date.parse(AT)}, "nothing:1"]`,
      ]),
    ].sort(),
  },
  {
    what: "a lease of a job that waits",
    corrupt: (kv) => patch(kv, KEY, { lease: LEASE }),
    faults: [`${JOB} is queued, but somebody holds it`],
    changed: [JOB],
  },
  {
    what: "the log of a job that is gone",
    corrupt: (kv) => kv.set(["job_logs", "nothing:2"], { v: 1, job_id: "nothing:2", runs: [] }),
    faults: ['["job_logs", "nothing:2"] is left from a job that is gone'],
  },
]);
