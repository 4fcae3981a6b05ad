/** What the pull does about each thing that a provider may answer, and how it goes on. */
import assert from "node:assert/strict";
import type { JobView } from "../../../lib/jobs/job.ts";
import type { Fault } from "../../support/provider_stand_in_faults.ts";
import { assertAgrees, bar, FRIDAY, type PullTest, startPull, THURSDAY } from "./pull_harness.ts";

const ID = `pull-market-day:${FRIDAY}`;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** For a call that hangs or drips, in earnest. Others may take longer than that once, and are then tried again. */
const SHORT_TIMEOUT_MS = 100;

/** A key that is refused is logged as an error. */
const start = (timeoutMs = 10_000): Promise<PullTest> =>
  startPull({
    timeoutMs,
    mayLogErrors: true,
    provider: { bars: [bar("AAA", THURSDAY, 2.4), bar("AAA", FRIDAY, 2.5)] },
    assets: ["AAA"],
  });

const status = (code: number, body?: unknown, headers?: Record<string, string>): Fault => ({
  ...{ type: "status", status: code },
  ...(body !== undefined && { body }),
  ...(headers && { headers }),
});
const refused = (message: string) => status(403, { status: "NOT_AUTHORIZED", request_id: "1", message });

interface Case {
  readonly says: string;
  readonly fault: Fault;
  readonly reason: RegExp;
  readonly timeoutMs?: number;
}

const FINAL: readonly Case[] = [
  {
    says: "401 with its text in `error`",
    fault: status(401, { status: "ERROR", request_id: "1", error: "Unknown API Key" }),
    reason: /^bad_key: HTTP 401: Unknown API Key$/,
  },
  {
    says: "401 with its text in `message`",
    fault: status(401, { status: "ERROR", request_id: "1", message: "Unknown API Key" }),
    reason: /^bad_key: HTTP 401: Unknown API Key$/,
  },
  {
    says: "403 because the day is too old for the plan",
    fault: refused("Your plan doesn't include this data timeframe. Please upgrade your plan."),
    reason: /^too_old: HTTP 403: Your plan doesn't include this data timeframe/,
  },
  {
    says: "403 because the plan does not include it",
    fault: refused("You are not entitled to this data. Please upgrade your plan."),
    reason: /^not_entitled: HTTP 403: You are not entitled to this data/,
  },
  {
    says: "404 of the API",
    fault: status(404, { status: "NOT_FOUND", request_id: "1", message: "Data not found." }),
    reason: /^not_found: HTTP 404: Data not found\.$/,
  },
  {
    says: "404 of a path that is not known",
    fault: status(404, "404 page not found"),
    reason: /^not_found: HTTP 404: 404 page not found$/,
  },
  {
    says: "400",
    fault: status(400, { status: "ERROR", request_id: "1", error: "Could not parse the time parameter: 'date'." }),
    reason: /^rejected: HTTP 400: Could not parse the time parameter/,
  },
];

const PASSING: readonly Case[] = [
  { says: "500 without a body", fault: status(500), reason: /^passing_fault: HTTP 500: no body$/ },
  { says: "an HTML page", fault: { type: "html" }, reason: /^passing_fault: HTTP 502: an HTML page$/ },
  { says: "an HTML page with status 200", fault: { type: "html", status: 200 }, reason: /^malformed: .*not JSON/ },
  { says: "half of the JSON", fault: { type: "truncated_json" }, reason: /^malformed: .*not JSON/ },
  { says: "an answer that breaks off", fault: { type: "broken_connection" }, reason: /^passing_fault: / },
  {
    says: "nothing at all",
    fault: { type: "hang" },
    reason: /^passing_fault: no complete answer within 100 ms$/,
    timeoutMs: SHORT_TIMEOUT_MS,
  },
  {
    says: "an answer drop by drop",
    fault: { type: "slow_drip", everyMs: 10 },
    reason: /^passing_fault: no complete answer within 100 ms$/,
    timeoutMs: SHORT_TIMEOUT_MS,
  },
  {
    says: "a redirect",
    fault: { type: "redirect", location: "http://elsewhere.invalid/" },
    reason: /^malformed: HTTP 302: a redirect to http:\/\/elsewhere\.invalid\//,
  },
  {
    says: "an answer that is far too long",
    fault: { type: "oversized_body", bytes: 9 * 1024 * 1024 },
    reason: /^malformed: the answer is longer than/,
  },
];

const TOO_MANY = { status: "ERROR", request_id: "1", error: "You've exceeded the maximum requests per minute" };

const WAITING: readonly (Case & { readonly forMs: number })[] = [
  {
    says: "403 before the end of the day",
    fault: refused("Attempted to request today's data before end of day. Please upgrade your plan."),
    reason: /^not_yet: HTTP 403: Attempted to request today's data before end of day/,
    forMs: 30 * MINUTE_MS,
  },
  {
    says: "429 with Retry-After",
    fault: status(429, TOO_MANY, { "retry-after": "100" }),
    reason: /^rate_limited: HTTP 429: You've exceeded the maximum requests per minute$/,
    forMs: 100 * SECOND_MS,
  },
  {
    says: "429 without Retry-After",
    fault: status(429, TOO_MANY),
    reason: /^rate_limited: HTTP 429: You've exceeded/,
    forMs: MINUTE_MS,
  },
  { says: "429 without a body", fault: status(429), reason: /^rate_limited: HTTP 429: no body$/, forMs: MINUTE_MS },
];

for (const { says, fault, reason, timeoutMs } of FINAL) {
  Deno.test(`${says}: the job is dead, asks no more, and succeeds when it is retried`, async () => {
    await using test = await start(timeoutMs);
    test.provider.faults.add(fault);
    const job = await pullWithoutEffect(test, reason);
    assert.equal(job.state, "dead");
    assert.notEqual(job.finished_at, null);
    await test.live(24 * HOUR_MS);
    assert.equal(test.provider.calls.length, 1);
    const retried = await test.admin(`/jobs/${ID}/retry`, { method: "POST" });
    assert.equal(retried.status, 202);
    await test.live(MINUTE_MS);
    await assertPulled(test, 1);
  });
}

for (const { says, fault, reason, timeoutMs } of PASSING) {
  Deno.test(`${says}: the job fails, and goes on by itself`, async () => {
    await using test = await start(timeoutMs);
    test.provider.faults.add(fault);
    const job = await pullWithoutEffect(test, reason);
    assert.deepEqual([job.state, job.attempts, job.finished_at], ["failed", 1, null]);
    assert.equal(Date.parse(job.due_at) - test.clock.now().getTime(), 5 * SECOND_MS);
    await test.live(HOUR_MS);
    await assertPulled(test, 1);
  });
}

for (const { says, fault, reason, forMs } of WAITING) {
  Deno.test(`${says}: the job is put off, which is no attempt, and goes on by itself`, async () => {
    await using test = await start();
    test.provider.faults.add(fault, { times: 2 });
    const job = await pullWithoutEffect(test, reason);
    assert.deepEqual([job.state, job.attempts, job.finished_at], ["queued", 0, null]);
    assert.equal(Date.parse(job.due_at) - test.clock.now().getTime(), forMs);
    await test.live(forMs - 1);
    assert.equal(test.provider.calls.length, 1);
    await test.live(1);
    assert.equal(test.provider.calls.length, 2);
    await test.live(forMs);
    const done = await assertPulled(test, 1);
    assert.equal(done.attempts, 1);
  });
}

for (const { says, fault, reason, timeoutMs } of [...FINAL, ...PASSING, ...WAITING]) {
  Deno.test(`${says}, of a day that is complete: the day stays as it is`, async () => {
    await using test = await start(timeoutMs);
    await pullUntilDone(test);
    test.provider.faults.add(fault);
    await pullWithoutEffect(test, reason);
    await pullUntilDone(test);
    await assertPulled(test, 0);
  });
}

Deno.test("a status of DELAYED is a success, and so are rows that come twice", async () => {
  await using test = await start();
  test.provider.switches.status = "DELAYED";
  test.provider.faults.add({ type: "duplicate_rows" });
  await test.pull(FRIDAY);
  await assertPulled(test, 1);
});

Deno.test("a session that is not over is asked for until it is", async () => {
  await using test = await startPull({
    provider: { bars: [bar("AAA", FRIDAY, 2.5)] },
    assets: ["AAA"],
    now: "2024-03-08T23:00:00.000Z",
  });
  assert.equal((await test.pull(FRIDAY)).state, "queued");
  await test.live(12 * HOUR_MS);
  const done = await assertPulled(test, 1);
  // Half an hour at a time, from six in the evening till after midnight.
  assert.equal(test.provider.calls.length, 13);
  assert.equal(done.finished_at, "2024-03-09T05:01:00.000Z");
});

Deno.test("an outage of six hours is outlasted", async () => {
  await using test = await start();
  test.provider.faults.add(status(503), { times: Infinity });
  await test.pull(FRIDAY);
  await test.live(6 * HOUR_MS);
  const { state, attempts } = await test.job(ID);
  assert.deepEqual([state, attempts], ["queued", 4]);
  test.provider.faults.clear();
  await test.live(HOUR_MS);
  await assertPulled(test, 1);
});

Deno.test("429 holds up every call, also one that had its slot already", async () => {
  await using test = await start();
  test.provider.faults.add(status(429, TOO_MANY, { "retry-after": "100" }));
  for (const date of [FRIDAY, THURSDAY]) {
    await test.admin("/jobs", { method: "POST", body: { name: "pull-market-day", args: { date } } });
  }
  await test.live(0);
  assert.equal(test.provider.calls.length, 1);
  const { provider } = await test.read("/market/status");
  const heldUntilMs = test.clock.now().getTime() + 100 * SECOND_MS;
  assert.equal(provider.next_slot_at, new Date(heldUntilMs).toISOString());
  await test.live(HOUR_MS);
  for (const { at } of test.provider.calls.slice(1)) assert.ok(at.getTime() >= heldUntilMs, at.toISOString());
  assert.deepEqual((await test.read("/market/days")).items.map(({ status }: { status: string }) => status), [
    "complete",
    "complete",
  ]);
});

Deno.test("the last pull of the status is the one that something happened to last", async () => {
  await using test = await start();
  await test.pull(THURSDAY);
  await test.pull(FRIDAY);
  test.provider.faults.add(status(401));
  await test.pull(THURSDAY);
  const { last_pull } = await test.read("/market/status");
  assert.deepEqual([last_pull.job_id, last_pull.state], [`pull-market-day:${THURSDAY}`, "dead"]);
});

/** What answers the question, though with nothing, says that the provider is well. */
const STATE_AFTER: Readonly<Record<string, string>> = {
  ...{ bad_key: "bad_key", not_found: "well", not_yet: "well", too_old: "well" },
};

/** A pull that changes nothing but what is said of it. */
async function pullWithoutEffect(test: PullTest, reason: RegExp): Promise<JobView> {
  const before = await test.stored();
  const job = await test.pull(FRIDAY);
  assert.match(job.error ?? "", reason);
  assert.deepEqual([job.id, job.result], [ID, null]);
  assert.deepEqual(await test.stored(), before);
  const { provider, last_pull } = await test.read("/market/status");
  assert.equal(job.error, `${provider.last_outcome}: ${provider.reason}`);
  assert.equal(provider.state, STATE_AFTER[provider.last_outcome] ?? "failing");
  assert.deepEqual([last_pull.job_id, last_pull.state, last_pull.error], [ID, job.state, job.error]);
  return job;
}

async function pullUntilDone(test: PullTest): Promise<void> {
  await test.pull(FRIDAY);
  await test.live(HOUR_MS);
  assert.equal((await test.job(ID)).state, "succeeded");
}

async function assertPulled(test: PullTest, written: number): Promise<JobView> {
  const job = await test.job(ID);
  assert.deepEqual([job.state, job.error], ["succeeded", null]);
  const { provider_calls, ...counts } = job.result as Record<string, unknown>;
  assert.deepEqual(counts, { written, unchanged: 1 - written, corrected: 0, quarantined: 0 });
  assert.equal(provider_calls, 1);
  const { items: [day] } = await test.read("/market/days");
  assert.deepEqual([day.date, day.status, day.rows, day.revision, day.reason], [FRIDAY, "complete", 1, 1, null]);
  const { provider, last_session, last_pull } = await test.read("/market/status");
  assert.deepEqual([provider.state, provider.reason, last_session], ["well", null, FRIDAY]);
  assert.deepEqual([last_pull.job_id, last_pull.state, last_pull.error], [ID, "succeeded", null]);
  await assertAgrees(test.services);
  return job;
}
