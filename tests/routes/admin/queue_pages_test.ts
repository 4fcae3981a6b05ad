import assert from "node:assert/strict";
import { createPolygon } from "../../../lib/market/polygon.ts";
import { startProviderStandIn } from "../../support/provider_stand_in.ts";
import { startService, type TestService } from "../../support/service.ts";
import { noticeOf } from "./support.ts";

const NOW = "2021-11-06T12:00:00.000Z";

/** A service with a provider that knows no key but `apiKey`. */
async function withProvider(apiKey: string, test: (app: TestService) => Promise<void>): Promise<void> {
  await using standIn = startProviderStandIn({ now: () => new Date(NOW), bars: [] });
  const provider = createPolygon({ baseUrl: standIn.url, apiKey, callsPerMinute: 6_000, fetch });
  // That a key is refused is said in the log.
  await using app = await startService({ provider, now: NOW, mayLogErrors: true });
  await test(app);
}

const post = (app: TestService, path: string, values: Record<string, string> = {}): Promise<Response> =>
  app.admin(path, {
    method: "POST",
    body: String(new URLSearchParams(values)),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
const page = async (app: TestService, path: string): Promise<string> => await (await app.admin(path)).text();
const JOB = "/admin/jobs/pull-market-day%3A2021-11-05";

Deno.test("run now: a form made of what the job takes, its errors in place, and the job", () =>
  withProvider("stand-in-key", async (app) => {
    assert.match(await page(app, "/admin/run/pull-market-day"), /name="\/args\/date"/);
    const wrong = await post(app, "/admin/run/pull-market-day", { "/args/date": "2021-02-30" });
    assert.equal(wrong.status, 422);
    const html = await wrong.text();
    assert.match(html, /id="\/args\/date!">[^<]*a day of the calendar/);
    assert.match(html, /value="2021-02-30"/);

    const asked = await post(app, "/admin/run/pull-market-day", { "/args/date": "2021-11-05" });
    assert.equal(asked.status, 303);
    assert.equal(asked.headers.get("location")?.split("?")[0], JOB);
    assert.match(await page(app, JOB), /data-refresh-seconds="2".*class="state queued"/s);
    await app.worker.runDue();
    assert.match(await page(app, JOB), /class="state succeeded"/);
  }));

Deno.test("a dead job says why, and is tried again: by itself, and with all that are dead", () =>
  withProvider("a key that nobody knows", async (app) => {
    await post(app, "/admin/run/pull-market-day", { "/args/date": "2021-11-05" });
    await app.worker.runDue();
    const dead = await page(app, JOB);
    assert.match(dead, /class="state dead".*role="alert">[^<]*bad_key/s);
    assert.match(
      dead,
      /<strong>enqueued<\/strong> by an administrator, due <time datetime="2021-11-06T12:00:00.000Z">/,
    );
    assert.doesNotMatch(
      dead.replaceAll(/datetime="[^"]+"/g, ""),
      /\dT\d\d:\d\d/,
      "instants are shown as people read them",
    );
    assert.match(await page(app, "/admin/jobs"), /Retry all 1 dead/);

    const from = "?list=state%3Ddead";
    const list = await page(app, "/admin/jobs?state=dead&name=");
    for (const link of [`href="${JOB}${from}"`, `action="/admin/jobs/retry-dead${from}"`]) {
      assert.ok(list.includes(link), link);
    }
    const one = await page(app, `${JOB}${from}`);
    assert.match(one, /href="\/admin\/jobs\?state=dead">Jobs/);
    assert.ok(one.includes(`action="${JOB}/retry${from}"`));

    const all = await post(app, `/admin/jobs/retry-dead${from}`);
    assert.deepEqual([noticeOf(all), all.headers.get("location")], ["Retried: 1", "/admin/jobs?state=dead"]);
    assert.match(await page(app, JOB), /class="state queued"/);
    assert.equal((await post(app, `${JOB}/cancel${from}`)).headers.get("location"), `${JOB}${from}`);
    assert.match(await page(app, JOB), /class="state cancelled"/);
    assert.equal((await post(app, `${JOB}/retry`)).status, 303);
    assert.match(await page(app, JOB), /class="state queued"/);
    assert.equal((await post(app, `${JOB}/cancel`)).status, 303);
    const refused = await post(app, `${JOB}/cancel`);
    assert.match(noticeOf(refused) ?? "", /is cancelled/);
  }));

Deno.test("the list: by state and name, and the queue in numbers", () =>
  withProvider("stand-in-key", async (app) => {
    await post(app, "/admin/run/pull-market-day", { "/args/date": "2021-11-05" });
    const all = await page(app, "/admin/jobs");
    assert.match(all, /pull-market-day:2021-11-05/);
    assert.match(
      all,
      /<dt>Due<\/dt><dd class="figure">1<\/dd><dd class="quiet">since <time datetime="2021-11-06T12:00:00.000Z"/,
    );
    assert.match(await page(app, "/admin/jobs?state=dead"), /No job here/);
    assert.match(await page(app, "/admin/jobs?state=queued&name=pull-market-day"), /pull-market-day:2021-11-05/);
  }));

Deno.test("the timetable: paused, resumed and run", () =>
  withProvider("stand-in-key", async (app) => {
    assert.match(
      await page(app, "/admin/schedules"),
      /nightly-pull.*next at <time datetime="2021-11-07T08:00:00.000Z"/s,
    );
    assert.equal((await post(app, "/admin/schedules/nightly-pull/pause")).status, 303);
    assert.match(
      await page(app, "/admin/schedules"),
      /paused by usr_system since <time datetime="2021-11-06T12:00:00.000Z"/,
    );
    assert.equal((await post(app, "/admin/schedules/nightly-pull/resume")).status, 303);
    assert.equal((await post(app, "/admin/schedules/nightly-pull/run")).status, 303);
    assert.match(await page(app, "/admin/schedules"), /class="mark queued" href="\/admin\/jobs\/pull-market-day%3A/);
  }));

Deno.test("jobs, schedules and verbs that are not there: 404 and 405", () =>
  withProvider("stand-in-key", async (app) => {
    assert.equal((await app.admin("/admin/jobs/nothing%3A1")).status, 404);
    assert.equal((await app.admin("/admin/run/nothing")).status, 404);
    assert.equal((await app.admin("/admin/schedules/nightly-pull")).headers.get("location"), "/admin/schedules");
    assert.equal((await post(app, "/admin/run/nothing")).status, 404);
    assert.equal((await post(app, `${JOB}/explode`)).status, 405);
  }));
