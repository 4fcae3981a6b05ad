import assert from "node:assert/strict";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { startService, type TestService } from "../support/service.ts";
import { createPolygon } from "../../lib/market/polygon.ts";

/** A service with a provider, so that its schedules run. */
async function withProvider(test: (app: TestService) => Promise<void>): Promise<void> {
  await using standIn = startProviderStandIn({ now: () => new Date("2021-11-06T12:00:00Z"), bars: [] });
  const { url: baseUrl, apiKey } = standIn;
  const provider = createPolygon({ baseUrl, apiKey, callsPerMinute: 6_000, fetch });
  await using app = await startService({ provider });
  await test(app);
}

// deno-lint-ignore no-explicit-any -- what the API answers is what these tests look at
const read = async (app: TestService, path: string): Promise<any> => await (await app.admin(path)).json();
const post = (app: TestService, path: string) => app.admin(path, { method: "POST" });

Deno.test("GET /schedules: each with its next time", () =>
  withProvider(async (app) => {
    const { items } = await read(app, "/schedules");
    const [pull] = items;
    assert.deepEqual([pull.name, pull.job, pull.at, pull.paused], ["nightly-pull", "pull-market-day", "03:00", null]);
    // The clocks go back in the night of that Sunday.
    assert.equal(pull.next_due_at, "2021-11-07T08:00:00.000Z");
  }));

Deno.test("a paused schedule asks for nothing; resumed, for the newest slot", () =>
  withProvider(async (app) => {
    assert.equal((await post(app, "/schedules/nightly-pull/pause")).status, 200);
    const again = await post(app, "/schedules/nightly-pull/pause");
    assert.deepEqual((await again.json()).paused, { at: "2021-11-06T12:00:00.000Z", by: "usr_system" });
    await app.keepTime();
    assert.deepEqual((await read(app, "/jobs?name=pull-market-day")).items, []);

    const resumed = await post(app, "/schedules/nightly-pull/resume");
    assert.equal((await resumed.json()).paused, null);
    await app.keepTime();
    const { items } = await read(app, "/jobs?name=pull-market-day");
    assert.deepEqual(items.map(({ id }: { id: string }) => id), ["pull-market-day:2021-11-05"]);
  }));

Deno.test("run now: the job, also of a schedule that is paused", () =>
  withProvider(async (app) => {
    await post(app, "/schedules/nightly-pull/pause");
    const answer = await post(app, "/schedules/nightly-pull/run");
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get("location"), "/jobs/pull-market-day:2021-11-05");
    assert.equal((await answer.json()).state, "queued");
  }));

Deno.test("a schedule that is not there: 404 that names those that are", () =>
  withProvider(async (app) => {
    for (const verb of ["pause", "resume", "run"]) {
      const answer = await post(app, `/schedules/nothing/${verb}`);
      assert.equal(answer.status, 404);
      assert.match((await answer.json()).detail, /no schedule "nothing"; there are: nightly-pull/);
    }
  }));

Deno.test("GET /queue: what waits and since when, what has ended", () =>
  withProvider(async (app) => {
    const empty = await read(app, "/queue");
    assert.deepEqual([empty.due, empty.oldest_due_at, empty.workers], [0, null, []]);
    await post(app, "/schedules/nightly-pull/run");
    const waiting = await read(app, "/queue");
    assert.deepEqual([waiting.due, waiting.oldest_due_at, waiting.by_state.queued], [
      1,
      "2021-11-06T12:00:00.000Z",
      1,
    ]);
    await app.worker.runDue();
    const done = await read(app, "/queue");
    assert.deepEqual([done.due, done.by_state.queued, done.by_state.succeeded, done.last_hour.succeeded], [0, 0, 1, 1]);
  }));
