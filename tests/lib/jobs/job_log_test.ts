/** What is kept of a job's log: bounded line by line, run by run and as a whole, so that it always fits a value of KV. */
import assert from "node:assert/strict";
import {
  LOG_LINE_CHARS,
  MAX_LOG_CHARS,
  MAX_LOG_FIELDS_CHARS,
  MAX_LOG_LINES,
  MAX_LOG_MESSAGE_CHARS,
  MAX_LOGGED_RUNS,
} from "../../../lib/jobs/bounds.ts";
import type { Job } from "../../../lib/jobs/job.ts";
import { type JobLog, jobLogCollection, lineOf, stageLines } from "../../../lib/jobs/job_log.ts";
import type { Fields } from "../../../lib/log.ts";
import { withQueue } from "./harness.ts";

const AT = new Date("2021-11-06T12:00:00Z");

/** What is kept where each of so many runs says so many lines. */
async function logged(runs: number, linesOfRun: number, message: string, fields: Fields): Promise<JobLog> {
  const kept: JobLog[] = [];
  await withQueue(async ({ store }) => {
    for (let attempt = 1; attempt <= runs; attempt++) {
      const lines = Array.from({ length: linesOfRun }, () => lineOf(AT, "error", message, fields));
      const job = { id: "a".repeat(200), started_at: AT.toISOString(), attempts: attempt } as Job;
      const change = await stageLines(store, store.change(), job, lines);
      assert.notEqual(await change.commit(), undefined);
    }
    const log = await jobLogCollection(store).getFresh("a".repeat(200));
    if (log !== undefined) kept.push(log.value);
  });
  const [log] = kept;
  assert.ok(log);
  return log;
}

const charsIn = ({ runs }: JobLog): number =>
  runs.flatMap(({ lines }) => lines).reduce(
    (sum, { message, fields }) => sum + LOG_LINE_CHARS + message.length + JSON.stringify(fields).length,
    0,
  );

const LARGE: Readonly<Record<string, readonly [message: string, fields: Fields]>> = {
  "two bytes a character": ["消".repeat(1_000), { 息: "息".repeat(2_000) }],
  "numbers": ["消".repeat(1_000), { numbers: Array(170).fill(0.5) }],
  "many members": ["消".repeat(1_000), Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}`, {}]))],
  "empty members": ["消".repeat(1_000), { empty: Array(220).fill([]) }],
  "lines with nothing in them": ["", {}],
};

for (const [what, [message, fields]] of Object.entries(LARGE)) {
  Deno.test(`a full log fits a value of KV: ${what}`, async () => {
    const { runs } = await logged(MAX_LOGGED_RUNS + 2, MAX_LOG_LINES + 20, message, fields);
    assert.equal(runs.length, MAX_LOGGED_RUNS);
    assert.ok(charsIn({ job_id: "", runs }) <= MAX_LOG_CHARS);
    const [oldest, newest] = [runs[0], runs.at(-1)];
    assert.ok(oldest && newest);
    assert.equal(newest.attempt, MAX_LOGGED_RUNS + 2);
    for (const { lines, omitted } of runs) assert.equal(lines.length + omitted, MAX_LOG_LINES + 20);
    assert.ok(newest.lines.length > 10, "the newest lines are the ones that stay");
    assert.equal(oldest.lines.length, 0);
  });
}

Deno.test("a run's log is cut at its last lines, and says how many came before", async () => {
  const { runs: [run] } = await logged(1, MAX_LOG_LINES + 20, "short", {});
  assert.deepEqual([run?.lines.length, run?.omitted], [MAX_LOG_LINES, 20]);
});

Deno.test("a line is cut at its message's and its fields' length", () => {
  const { message, fields } = lineOf(AT, "info", "m".repeat(301), { first: "f", second: "s".repeat(1_000), third: 1 });
  assert.equal(message, `${"m".repeat(MAX_LOG_MESSAGE_CHARS - 1)}…`);
  const room = MAX_LOG_FIELDS_CHARS - "first".length - "f".length - "second".length;
  assert.deepEqual(fields, { first: "f", second: `${"s".repeat(room - 1)}…` });
});
