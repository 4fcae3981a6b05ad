import assert from "node:assert/strict";
import { createPolygon } from "../../lib/market/polygon.ts";
import { verify } from "../../lib/verify/mod.ts";
import { assertProblem, itemsOf, type Json } from "../support/answers.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { startService } from "../support/service.ts";

const NOW = "2021-11-06T12:00:00.000Z";
const JOB = "/jobs/pull-market-day%3A2021-11-05";

Deno.test("a job's log: what its run said of the provider, in the API and on its page, and never a key", async () => {
  await using standIn = startProviderStandIn({ now: () => new Date(NOW), bars: [] });
  const provider = createPolygon({ baseUrl: standIn.url, apiKey: "nobody-knows-me", callsPerMinute: 6_000, fetch });
  await using app = await startService({ provider, now: NOW, mayLogErrors: true });
  await app.admin("/jobs", { method: "POST", body: { name: "pull-market-day", args: { date: "2021-11-05" } } });
  assert.deepEqual(await itemsOf(await app.admin(`${JOB}/log`)), []);
  await app.worker.runDue();
  const text = await (await app.admin(`${JOB}/log`)).text();
  const [run] = JSON.parse(text).items as Json[];
  assert.deepEqual([run?.["attempt"], run?.["started_at"], run?.["omitted"]], [1, NOW, 0]);
  const lines = run?.["lines"] as Json[];
  assert.deepEqual(lines.map(({ level }) => level), ["error", "info", "warn"]);
  assert.match(String(lines[0]?.["message"]), /refuses the key/);
  assert.doesNotMatch(text, /nobody-knows-me/);
  const page = await (await app.admin(`/admin${JOB}`)).text();
  assert.match(page, /<h2>Log<\/h2>.*class="level error">error<\/span> The provider refuses the key/s);
  assert.deepEqual(await Array.fromAsync(verify(app.services)), []);
});

Deno.test("the log of a job that is not there: 404", async () => {
  await using app = await startService();
  await assertProblem(await app.admin("/jobs/nothing%3A1/log"), "not-found");
});
