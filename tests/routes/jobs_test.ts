import assert from "node:assert/strict";
import { enqueueJob } from "../../lib/jobs/enqueue.ts";
import { assertProblem, assertRefused, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { startService, type TestService } from "../support/service.ts";

const FRIDAY = "pull-market-day:2021-11-05";

const post = (service: TestService, body: unknown) => service.admin("/jobs", { method: "POST", body });

const ask = async (service: TestService, date?: string): Promise<Json> =>
  await bodyOf(await post(service, { name: "pull-market-day", ...(date !== undefined && { args: { date } }) }), 202);

const idsIn = async (service: TestService, query: string): Promise<unknown[]> =>
  (await itemsOf(await service.admin(`/jobs${query}`))).map(({ id }) => id);

Deno.test("POST /jobs: 202 with where it can be followed and the job; its id names the session", async () => {
  await using service = await startService();
  const answer = await post(service, { name: "pull-market-day" });
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get("location"), `/jobs/${FRIDAY}`);
  const job = await bodyOf(answer, 202);
  const { args, timeline, ...rest } = job;
  assert.equal((args as Json)["date"], "2021-11-05");
  assert.deepEqual((timeline as Json[]).map(({ event }) => event), ["enqueued"]);
  const at = "2021-11-06T12:00:00.000Z";
  assert.deepEqual(rest, {
    ...{ id: FRIDAY, name: "pull-market-day", state: "queued", attempts: 0, due_at: at, created_at: at },
    ...{ started_at: null, finished_at: null, progress: null, result: null, error: null },
  });
  assert.deepEqual(await bodyOf(await service.admin(answer.headers.get("location") ?? "")), job);
});

Deno.test("POST /jobs: an argument that is no symbol is refused", async () => {
  await using service = await startService();
  const errors = [{ pointer: "/args/symbol", detail: "must be a symbol such as AAPL" }];
  for (const symbol of ["", "a b", "\ud800", "é", "x".repeat(21)]) {
    const asked = { name: "refresh-asset", args: { symbol } };
    await assertRefused(service, () => post(service, asked), "validation-failed", errors);
  }
});

Deno.test("POST /jobs: asked again while it waits, it is the same job", async () => {
  await using service = await startService();
  const first = await ask(service, "2021-11-05");
  await service.clock.advance(1_000);
  assert.deepEqual(await ask(service, "2021-11-05"), first);
  assert.deepEqual(await ask(service), first);
  assert.equal((await ask(service, "2021-11-04"))["id"], "pull-market-day:2021-11-04");
  assert.deepEqual(await idsIn(service, ""), ["pull-market-day:2021-11-04", FRIDAY]);
});

Deno.test("POST /jobs: one that has ended is run again under the same id", async () => {
  await using service = await startService();
  await ask(service, "2021-11-05");
  await service.worker.runDue();
  const dead = await bodyOf(await service.admin(`/jobs/${FRIDAY}`));
  assert.deepEqual([dead["state"], dead["attempts"]], ["dead", 1]);
  assert.match(String(dead["error"]), /neither POLYGON_API_KEY nor BARS_DIR is set/);
  await service.clock.advance(1_000);
  const again = await ask(service, "2021-11-05");
  assert.deepEqual([again["id"], again["state"], again["error"]], [FRIDAY, "queued", null]);
  assert.equal(again["created_at"], dead["created_at"]);
  assert.deepEqual(await idsIn(service, ""), [FRIDAY]);
});

const BAD: [body: unknown, pointer: string, detail?: RegExp][] = [
  [{}, "/name", /^is required$/],
  [{ name: "backup" }, "/name", /^There is no job "backup"; there are: .*pull-market-day/],
  [{ name: "__proto__" }, "/name", /^There is no job "__proto__"/],
  [{ name: "Pull-Market-Day" }, "/name", /^There is no job/],
  [{ name: "x".repeat(101) }, "/name"],
  [{ name: 7 }, "/name"],
  [{ name: "a\ud800" }, "/name"],
  [{ name: "pull-market-day", args: { date: "2021-02-29" } }, "/args/date", /must be a day of the calendar/],
  [{ name: "pull-market-day", args: { date: "today" } }, "/args/date", /must be a day of the calendar/],
  [{ name: "pull-market-day", args: { date: null } }, "/args/date"],
  [{ name: "pull-market-day", args: { date: "2021-11-07" } }, "/args/date", /must not be in the future/],
  [{ name: "pull-market-day", args: { day: "2021-11-05" } }, "/args/day", /"day" is not known here/],
  [{ name: "pull-market-day", args: [] }, "/args"],
  [{ name: "pull-market-day", args: null }, "/args"],
  [{ name: "pull-market-day", date: "2021-11-05" }, "/date", /^"date" is not known here$/],
];

Deno.test("POST /jobs: 422 with the pointer of an unknown job or argument, and nothing is stored", async () => {
  await using service = await startService();
  for (const [body, pointer, detail] of BAD) {
    const problem = await assertRefused(service, () => post(service, body), "validation-failed");
    const errors = problem["errors"] as Json[];
    assert.equal(errors[0]?.["pointer"], pointer, JSON.stringify(body));
    if (detail !== undefined) assert.match(String(errors[0]?.["detail"]), detail);
  }
});

Deno.test("GET /jobs: newest first, by state, by name and by both", async () => {
  await using service = await startService();
  for (const day of ["2021-11-03", "2021-11-04", "2021-11-05"]) {
    await ask(service, day);
    await service.clock.advance(1_000);
  }
  const [third, second, first] = [FRIDAY, "pull-market-day:2021-11-04", "pull-market-day:2021-11-03"];
  await bodyOf(await service.admin(`/jobs/${second}/cancel`, { method: "POST" }), 202);
  assert.deepEqual(await idsIn(service, ""), [third, second, first]);
  assert.deepEqual(await idsIn(service, "?state=queued"), [third, first]);
  assert.deepEqual(await idsIn(service, "?state=cancelled"), [second]);
  assert.deepEqual(await idsIn(service, "?name=pull-market-day"), [third, second, first]);
  assert.deepEqual(await idsIn(service, "?name=pull-market-day&state=queued"), [third, first]);
  assert.deepEqual(await idsIn(service, "?name=backup"), []);
  assert.deepEqual(await idsIn(service, "?name=%00%F0%9F%92%B0"), []);
  for (const query of ["state=done", "state=", `name=${"x".repeat(101)}`, "job=x", "state=queued&state=dead"]) {
    const [parameter] = query.split("=");
    const problem = await assertProblem(await service.admin(`/jobs?${query}`), "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map((error) => error["parameter"]), [parameter]);
  }
});

Deno.test("retry: 202 for what is dead or cancelled, due now; 409 for what waits", async () => {
  await using service = await startService();
  await ask(service, "2021-11-05");
  const retry = () => service.admin(`/jobs/${FRIDAY}/retry`, { method: "POST" });
  const waiting = await assertRefused(service, retry, "conflict");
  assert.equal(waiting["detail"], `Job ${FRIDAY} is queued; only one that is dead, failed or cancelled is retried`);
  await service.worker.runDue();
  await service.clock.advance(1_000);
  const retried = await bodyOf(await retry(), 202);
  assert.deepEqual([retried["state"], retried["attempts"], retried["due_at"]], [
    "queued",
    0,
    "2021-11-06T12:00:01.000Z",
  ]);
  await bodyOf(await service.admin(`/jobs/${FRIDAY}/cancel`, { method: "POST" }), 202);
  assert.equal((await bodyOf(await retry(), 202))["state"], "queued");
});

Deno.test("cancel: 202 for what waits, 409 for what has ended", async () => {
  await using service = await startService();
  await ask(service, "2021-11-05");
  const cancel = () => service.admin(`/jobs/${FRIDAY}/cancel`, { method: "POST" });
  const cancelled = await bodyOf(await cancel(), 202);
  assert.deepEqual([cancelled["state"], cancelled["finished_at"]], ["cancelled", "2021-11-06T12:00:00.000Z"]);
  const again = await assertRefused(service, cancel, "conflict");
  assert.equal(again["detail"], `Job ${FRIDAY} is cancelled; only one that waits or runs can be cancelled`);
});

Deno.test("404 for a job that is not there, whatever its id looks like", async () => {
  await using service = await startService();
  await ask(service, "2021-11-05");
  const ids = ["pull-market-day:2021-11-04", "x", "PULL-MARKET-DAY:2021-11-05", "x".repeat(200), "x".repeat(3_000)];
  for (const id of [...ids, "%00", "%F0%9F%92%B0", "%ff", "%", "a%2Fb", "é".repeat(201), "%ED%A0%80"]) {
    await assertProblem(await service.admin(`/jobs/${id}`), "not-found");
    for (const verb of ["retry", "cancel"]) {
      await assertRefused(service, () => service.admin(`/jobs/${id}/${verb}`, { method: "POST" }), "not-found");
    }
  }
});

Deno.test("a job's record is shown, and nothing of how it is kept", async () => {
  await using service = await startService();
  await enqueueJob(service.services, { name: "pull-market-day", args: { date: "2021-11-05" }, by: "a test" });
  const job = await bodyOf(await service.admin(`/jobs/${FRIDAY}`));
  assert.deepEqual(Object.keys(job), [
    ...["id", "name", "args", "state", "attempts", "due_at", "created_at", "started_at", "finished_at", "progress"],
    ...["result", "error", "timeline"],
  ]);
  assert.match(String((job["timeline"] as Json[])[0]?.["detail"]), /^by a test, due 2021-11-06T12:00:00.000Z$/);
});
