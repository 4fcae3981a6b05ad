/**
 * Jobs as several people ask for them, cancel them and try them again, side by side with a model of what may become of each:
 * nothing runs before its time, twice at once, or once more after it has ended, unless somebody asks for it.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { JobView } from "../../lib/jobs/job.ts";
import type { Call, Outcome, Provider, ProviderBar } from "../../lib/market/provider.ts";
import { verify } from "../../lib/verify/mod.ts";
import { bodyOf, type Json } from "../support/answers.ts";
import { type Ask, asking } from "../support/asking.ts";
import { person } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";
import { openTracked } from "../support/tracked_store.ts";
import { runs } from "./runs.ts";
import { step } from "./step.ts";

type State = JobView["state"];

/** What a run comes to by what the provider does with its question. */
const ENDS = {
  ok: ["succeeded"],
  empty: ["succeeded"],
  not_yet: ["queued"],
  too_old: ["dead"],
  passing_fault: ["failed"],
  hang: ["running"],
} as const satisfies Readonly<Record<string, readonly State[]>>;
type Way = keyof typeof ENDS;
const WAYS = Object.keys(ENDS) as Way[];

/** A provider that many faults in a row have made unwell is not asked, whatever it would say. */
const PUT_OFF = /^passing_fault: |^unwell: /;
const STATES: readonly State[] = ["queued", "running", "succeeded", "failed", "cancelled", "dead"];
const ENDED: readonly State[] = ["succeeded", "cancelled", "dead"];
const DATES = ["2021-11-03", "2021-11-04", "2021-11-05"];

interface Model {
  /** The jobs as they were seen last. */
  jobs: ReadonlyMap<string, JobView>;
  /** By date. */
  readonly ways: Map<string, Way>;
  /** The jobs that run and were asked to stop. */
  readonly stopping: Set<string>;
}

interface Real {
  readonly service: TestService;
  readonly as: Readonly<Record<Actor, Ask>>;
  /** Lets all questions that hang have their answer. */
  readonly answerAll: () => void;
}

type Actor = "stranger" | "ada" | "viewer" | "administrator";
const anyActor = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Actor>("stranger", "ada", "viewer") },
  { weight: 5, arbitrary: fc.constant<Actor>("administrator") },
);
const anyDate = fc.constantFrom(...DATES);

const jobOf = (date: string): string => `pull-market-day:${date}`;
const barred = (actor: Actor): number | undefined =>
  actor === "stranger" ? 401 : actor === "administrator" ? undefined : 403;

const HEARTBEAT_MS = 5_000;
/** A turn for the provider's pace. */
const TURN_MS = 20;

/** What may have become of a job that is due: it was run, or put off. */
function assertRun(after: JobView, way: Way, said: string): void {
  const isPutOff = after.state === "queued" && PUT_OFF.test(after.error ?? "");
  assert.ok(isPutOff || (ENDS[way] as readonly State[]).includes(after.state), said);
}

/** What may have become of each job since it was seen last. */
async function observe(model: Model, { service }: Real, { isAnswered = false, passedMs = 0 } = {}): Promise<void> {
  const nowMs = service.clock.now().getTime();
  const seen = await jobsSeen(service);
  assert.deepEqual([...seen.keys()].toSorted(), [...model.jobs.keys()].toSorted());
  for (const [id, after] of seen) {
    const before = model.jobs.get(id) ?? assert.fail();
    const way = model.ways.get(String(after.args["date"])) ?? "ok";
    const said = `${id}, the provider answers ${way}: ${JSON.stringify(before)} is ${JSON.stringify(after)}`;
    if (ENDED.includes(before.state)) assert.deepEqual(after, before, said);
    else if (before.state === "running") {
      const isStopping = model.stopping.has(id);
      const mayBe: State[] = [
        ...(isAnswered ? ["succeeded" as const] : passedMs < HEARTBEAT_MS || !isStopping ? ["running" as const] : []),
        ...(isStopping ? ["cancelled" as const] : []),
      ];
      assert.ok(mayBe.includes(after.state), said);
      assert.equal(after.attempts, before.attempts, said);
    } else if (Date.parse(before.due_at) > nowMs) assert.deepEqual(after, before, said);
    else assertRun(after, way, said);
    if (after.state !== "running") model.stopping.delete(id);
  }
  model.jobs = seen;
}

async function jobsSeen({ admin }: TestService): Promise<Map<string, JobView>> {
  const { items } = await bodyOf<{ items: JobView[] }>(await admin("/jobs?limit=200"));
  return new Map(items.map((job) => [job.id, job]));
}

/** Lets the worker do what is due by now. */
async function turned(model: Model, real: Real): Promise<void> {
  await real.service.clock.advance(TURN_MS);
  await observe(model, real);
}

const put = (model: Model, job: JobView): void => void (model.jobs = new Map([...model.jobs, [job.id, job]]));

const askFor = fc.record({ actor: anyActor, date: anyDate }).map(({ actor, date }) =>
  step<Model, Real>(`${actor} asks for ${date}`, async (model, real) => {
    const answer = await real.as[actor]("/jobs", { method: "POST", body: { name: "pull-market-day", args: { date } } });
    const wrong = barred(actor);
    assert.equal(answer.status, wrong ?? 202);
    if (wrong !== undefined) return await observe(model, real);
    const job = await bodyOf<JobView & Json>(answer, 202);
    const before = model.jobs.get(jobOf(date));
    assert.equal(answer.headers.get("location"), `/jobs/${jobOf(date)}`);
    if (before !== undefined && !ENDED.includes(before.state)) assert.deepEqual(job, before);
    else assert.deepEqual([job.state, job.attempts, job.result, job.error], ["queued", 0, null, null]);
    put(model, job);
    await turned(model, real);
  })
);

const retry = fc.record({ actor: anyActor, date: anyDate }).map(({ actor, date }) =>
  step<Model, Real>(`${actor} retries ${date}`, async (model, real) => {
    const before = model.jobs.get(jobOf(date));
    const answer = await real.as[actor](`/jobs/${jobOf(date)}/retry`, { method: "POST" });
    const isIdle = before !== undefined && ["failed", "dead", "cancelled"].includes(before.state);
    const expected = barred(actor) ?? (before === undefined ? 404 : isIdle ? 202 : 409);
    assert.equal(answer.status, expected, `${before?.state}: ${await answer.clone().text()}`);
    if (expected === 202) {
      const job = await bodyOf<JobView & Json>(answer, 202);
      assert.deepEqual([job.state, job.attempts, job.created_at], ["queued", 0, before?.created_at]);
      put(model, job);
    }
    await turned(model, real);
  })
);

const cancel = fc.record({ actor: anyActor, date: anyDate }).map(({ actor, date }) =>
  step<Model, Real>(`${actor} cancels ${date}`, async (model, real) => {
    const before = model.jobs.get(jobOf(date));
    const answer = await real.as[actor](`/jobs/${jobOf(date)}/cancel`, { method: "POST" });
    const isOver = before !== undefined && ENDED.includes(before.state);
    const expected = barred(actor) ?? (before === undefined ? 404 : isOver ? 409 : 202);
    assert.equal(answer.status, expected, `${before?.state}: ${await answer.clone().text()}`);
    if (expected === 202) {
      const job = await bodyOf<JobView & Json>(answer, 202);
      assert.equal(job.state, before?.state === "running" ? "running" : "cancelled");
      if (job.state === "running") model.stopping.add(job.id);
      put(model, job);
    }
    await turned(model, real);
  })
);

const way = fc.record({ date: anyDate, way: fc.constantFrom(...WAYS) }).map(({ date, way }) =>
  step<Model, Real>(`of ${date} the provider says ${way}`, (model) => {
    model.ways.set(date, way);
    return Promise.resolve();
  })
);

const answerAll = fc.constant(
  step<Model, Real>("what hangs is answered", async (model, real) => {
    real.answerAll();
    await real.service.clock.advance(TURN_MS);
    await observe(model, real, { isAnswered: true });
  }),
);

const pass = fc.constantFrom(HEARTBEAT_MS + TURN_MS, 60_000, 31 * 60_000).map((ms) =>
  step<Model, Real>(`${ms / 1_000} seconds pass`, async (model, real) => {
    // Stopped at whatever becomes due on the way, so that each change is seen.
    for (let leftMs = ms; leftMs > 0;) {
      const dues = [...model.jobs.values()].filter(({ state }) => state === "queued" || state === "failed")
        .map((job) => Date.parse(job.due_at) - real.service.clock.now().getTime()).filter((dueMs) => dueMs > 0);
      const passedMs = Math.min(leftMs, ...dues);
      await real.service.clock.advance(passedMs);
      await real.service.clock.advance(TURN_MS);
      await observe(model, real, { passedMs });
      leftMs -= passedMs;
    }
  })
);

const look = anyActor.map((actor) =>
  step<Model, Real>(`${actor} looks`, async ({ jobs }, { as }) => {
    for (const state of STATES) {
      const answer = await as[actor](`/jobs?state=${state}&name=pull-market-day&limit=200`);
      const expected = actor === "stranger" ? 401 : actor === "ada" ? 403 : 200;
      assert.equal(answer.status, expected);
      if (expected !== 200) continue;
      const { items } = await bodyOf<{ items: JobView[] }>(answer);
      const ofState = [...jobs.values()].filter((job) => job.state === state).map(({ id }) => id);
      assert.deepEqual(items.map(({ id }) => id).toSorted(), ofState.toSorted());
    }
  })
);

/** A provider that does what the model says, and is never asked twice at once for the same. */
function providerOf(ways: ReadonlyMap<string, Way>) {
  const hanging = new Set<() => void>();
  const asked = new Set<string>();

  async function outcome(date: string, { signal, slot }: Call): Promise<Outcome<readonly ProviderBar[]>> {
    await slot();
    const way = ways.get(date) ?? "ok";
    if (way === "hang") {
      await new Promise<void>((resolve) => {
        hanging.add(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      return { type: "ok", value: [] };
    }
    if (way === "ok") return { type: "ok", value: [] };
    return way === "empty" ? { type: "empty" } : { type: way, reason: "as the test says" };
  }

  const provider: Provider = {
    ...{ name: "test", timeZone: "America/New_York", callsPerMinute: 60_000 },
    async marketDay(_, date, call) {
      assert.ok(!asked.has(date), `${date} is asked for twice at once`);
      asked.add(date);
      return await outcome(date, call).finally(() => asked.delete(date));
    },
  };
  function answerAll(): void {
    for (const resolve of hanging) resolve();
    hanging.clear();
  }
  return { provider, answerAll };
}

async function start(): Promise<{ model: Model; real: Real }> {
  const model: Model = { jobs: new Map(), ways: new Map(), stopping: new Set() };
  const { provider, answerAll } = providerOf(model.ways);
  const service = await startService({ provider, open: openTracked });
  const as = {
    stranger: asking(service.request, {}),
    ada: (await person(service, "usr_ada")).ask,
    viewer: (await person(service, "usr_viewer", "viewer")).ask,
    administrator: (await person(service, "usr_root", "administrator")).ask,
  };
  service.worker.start();
  return { model, real: { service, as, answerAll } };
}

Deno.test("jobs under many hands are in no state that a model of them has not", async () => {
  const often = [askFor, askFor, askFor, retry, cancel, cancel, way, way, way, answerAll, pass, pass, look];
  await fc.assert(
    fc.asyncProperty(fc.commands(often, { maxCommands: 100, size: "max" }), async (commands) => {
      const { model, real } = await start();
      await using service = real.service;
      await fc.asyncModelRun(() => ({ model, real }), commands);
      real.answerAll();
      assert.deepEqual(await Array.fromAsync(verify(service.services)), []);
    }),
    runs(2),
  );
});
