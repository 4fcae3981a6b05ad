/** Of each kind: what is over goes at its time with all that points at it, and what is not yet over stays. */
import assert from "node:assert/strict";
import { openSignIn } from "../../../lib/identity/sign_in_transaction.ts";
import { DAY_MS } from "../../../lib/day.ts";
import { enqueueJob } from "../../../lib/jobs/enqueue.ts";
import { assertProblem, bodyOf, type Json } from "../../support/answers.ts";
import { addAssets, addCloses, addPortfolio } from "../../support/factories.ts";
import { person } from "../../support/people.ts";
import { analysisOf } from "../../support/price_series.ts";
import { startService, type TestService } from "../../support/service.ts";
import { faultsIn } from "../history/harness.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What a run of the job says that it has removed. */
async function cleanUp(service: TestService): Promise<Readonly<Record<string, number>>> {
  await service.admin("/jobs", { method: "POST", body: { name: "clean-up", args: {} } }).then((job) =>
    bodyOf(job, 202)
  );
  await service.worker.runDue();
  const { state, result } = await bodyOf<Json>(await service.admin("/jobs/clean-up:store"));
  assert.equal(state, "succeeded");
  assert.deepEqual(await faultsIn(service.services), []);
  return result as Record<string, number>;
}

const keysUnder = async (kv: Deno.Kv, ...firsts: string[]): Promise<string[]> => {
  const found = await Promise.all(firsts.map((first) => Array.fromAsync(kv.list({ prefix: [first] }))));
  return found.flat().map(({ key }) => key.join("/"));
};

Deno.test("sessions go once they open nothing: unused for a week and an hour, or of age", async () => {
  await using service = await startService();
  const { clock, services, kv } = service;
  const sessionsOf = () => keysUnder(kv, "sessions", "sessions_by_digest", "sessions_by_user");
  const unused = await person(service, "usr_unused");
  const used = await person(service, "usr_used");
  await clock.advance(6 * DAY_MS);
  await bodyOf(await used.ask("/me"));
  await services.uses.flush();
  await clock.advance(DAY_MS + HOUR_MS - 1);
  assert.equal((await cleanUp(service))["sessions"], 0);
  assert.equal((await sessionsOf()).length, 6);
  await clock.advance(1);
  assert.equal((await cleanUp(service))["sessions"], 1);
  await assertProblem(await unused.ask("/me"), "unauthorized");
  await bodyOf(await used.ask("/me"));
  assert.equal((await sessionsOf()).length, 3);
  // Used every six days from here on, and ended by its age of thirty days all the same.
  for (const days of [13, 19, 25]) {
    await clock.advance(Date.parse("2021-11-06T12:00:00Z") + days * DAY_MS - clock.now().getTime());
    await bodyOf(await used.ask("/me"));
    await services.uses.flush();
  }
  await clock.advance(5 * DAY_MS - 1);
  assert.equal((await cleanUp(service))["sessions"], 0);
  await clock.advance(1);
  assert.equal((await cleanUp(service))["sessions"], 1);
  assert.deepEqual([await sessionsOf(), await keysUnder(kv, "credential_uses")], [[], []]);
});

Deno.test("sign-ins that were never ended go after ten minutes", async () => {
  await using service = await startService();
  const { clock, services, kv } = service;
  await openSignIn(services, { provider: "oidc", returnTo: "/" });
  await clock.advance(10 * MINUTE_MS - 1);
  assert.equal((await cleanUp(service))["sign_ins"], 0);
  assert.equal((await keysUnder(kv, "sign_ins")).length, 1);
  await clock.advance(1);
  assert.equal((await cleanUp(service))["sign_ins"], 1);
  assert.deepEqual(await keysUnder(kv, "sign_ins"), []);
});

Deno.test("an answer to an Idempotency-Key is given again for a day, and then it is gone", async () => {
  await using service = await startService();
  const { clock, kv } = service;
  const post = () =>
    service.admin("/portfolios", {
      method: "POST",
      headers: { "idempotency-key": "one" },
      body: { name: "One", investments: [] },
    });
  const first = await bodyOf(await post(), 201);
  await clock.advance(DAY_MS - 1);
  assert.equal((await cleanUp(service))["idempotency"], 0);
  assert.deepEqual(await bodyOf(await post(), 201), first);
  await clock.advance(1);
  assert.equal((await cleanUp(service))["idempotency"], 1);
  assert.deepEqual(await keysUnder(kv, "idempotency"), []);
  // The same request is another one by now: its name is taken.
  await assertProblem(await post(), "conflict");
});

Deno.test("jobs that have ended go with their logs; what waits, and the newest of a schedule, stays however old", async () => {
  await using service = await startService({ env: { JOBS_KEPT_DAYS: "10" } });
  const { clock, kv } = service;
  await service.keepTime();
  await service.worker.runDue();
  const dueAt = new Date(clock.now().getTime() + 30 * DAY_MS);
  await enqueueJob(service.services, { name: "backfill", args: { from: "2020-01-01" }, dueAt });
  const staying = await keysUnder(kv, "jobs");
  assert.ok(staying.includes("jobs/clean-up:store") && staying.length > 1, staying.join());
  await bodyOf(await service.admin("/jobs", { method: "POST", body: { name: "verify", args: {} } }), 202);
  await service.worker.runDue();
  await kv.set(["job_logs", "verify:store"], { v: 1, job_id: "verify:store", runs: [] });
  await clock.advance(10 * DAY_MS);
  assert.equal((await cleanUp(service))["jobs"], 0);
  await clock.advance(1);
  assert.equal((await cleanUp(service))["jobs"], 1);
  assert.deepEqual(await keysUnder(kv, "jobs"), staying);
  assert.deepEqual((await keysUnder(kv, "job_logs")).filter((key) => key.includes("verify")), []);
});

for (const [days, share] of [["10", 1], ["0", 0]] as const) {
  Deno.test(`what administrators did is kept as long as is said (AUDIT_KEPT_DAYS=${days})`, async () => {
    await using service = await startService({ env: { AUDIT_KEPT_DAYS: days } });
    await addAssets(service, "AAPL");
    await bodyOf(await service.admin("/assets/AAPL", { method: "PATCH", body: { name: "Apple" } }));
    const old = await keysUnder(service.kv, "audit");
    await service.clock.advance(10 * DAY_MS);
    assert.equal((await cleanUp(service))["audit"], 0);
    await service.clock.advance(1);
    assert.equal((await cleanUp(service))["audit"], share * old.length);
    const left = await keysUnder(service.kv, "audit");
    assert.deepEqual(left.filter((key) => old.includes(key)), share === 1 ? [] : old);
    assert.ok(left.length > (1 - share) * old.length, "what is younger stays");
  });
}

Deno.test("what was known before corrections that are gone is not told: the question is refused, not answered wrongly", async () => {
  await using service = await startService({ env: { CORRECTIONS_KEPT_DAYS: "10" } });
  const { clock, kv } = service;
  await addAssets(service, "AA");
  await addPortfolio(service, { AA: "1" }, { visibility: "public" });
  const instants: string[] = [];
  for (const close of ["100", "200", "300"]) {
    await addCloses(service, "AA", { "2021-11-05": close, "2021-11-04": "10" });
    instants.push(clock.now().toISOString());
    await clock.advance(DAY_MS);
  }
  const valueAt = async (known_at = "") => {
    const { items } = await analysisOf<{ items: { market_value: string }[] }>(
      service,
      `valuations?from=2021-11-05&to=2021-11-05&known_at=${known_at}`,
    );
    return items.at(-1)?.market_value;
  };
  const refused = (path: string) =>
    service.request(`/portfolios/1/${path}${path.includes("?") ? "&" : "?"}known_at=${instants[0]}`)
      .then((answer) => assertProblem(answer, "validation-failed"));
  assert.deepEqual(await Promise.all(instants.map(valueAt)), ["100", "200", "300"]);

  // The first correction is ten days old; the second will be tomorrow.
  await clock.advance(8 * DAY_MS);
  assert.equal((await cleanUp(service))["corrections"], 0);
  assert.deepEqual(await Promise.all(instants.map(valueAt)), ["100", "200", "300"]);
  await clock.advance(1_000);
  assert.equal((await cleanUp(service))["corrections"], 1);
  assert.equal((await keysUnder(kv, "superseded")).length, 1);
  const paths = ["valuations", "performance", "risk", "risk/contributions", "risk/scenarios", "correlations", "report"];
  for (const path of [...paths, "sectors.svg", "value.svg"]) await refused(path);
  await assertProblem(await service.request(`/portfolios/1/risk?known_at=${instants[0]}`), "validation-failed", [{
    parameter: "known_at",
    detail: "must be 2021-11-07T12:00:01.000Z or later: of what was known before, corrections are no longer kept",
  }]);
  assert.deepEqual(await Promise.all(["2021-11-07T12:00:01.000Z", instants[2]].map(valueAt)), ["200", "300"]);
});
