import assert from "node:assert/strict";
import { bar, FRIDAY, type PullTest, startPull, THURSDAY } from "../../lib/market/pull_harness.ts";
import { barsFromList } from "../../support/provider_stand_in_bars.ts";
import { addCloses } from "../../support/factories.ts";
import { quarantineCollection } from "../../../lib/store/quarantine.ts";
import { bodyOf, type Json } from "../../support/answers.ts";
import { noticeOf } from "./support.ts";

const WEDNESDAY = "2024-03-06";

/** Two assets; the row of one fails a check on Thursday, and nobody has asked for Friday. */
async function started(): Promise<PullTest> {
  const bars = barsFromList([
    ...[bar("A", WEDNESDAY, 10), bar("A", THURSDAY, 10), bar("B", WEDNESDAY, 20)],
    { ...bar("B", THURSDAY, 20), low: 30 },
    ...[bar("A", FRIDAY, 11), bar("B", FRIDAY, 21)],
  ]);
  const test = await startPull({ provider: { bars, switches: { callsPerMinute: 0 } }, assets: ["A", "B"] });
  for (const day of [WEDNESDAY, THURSDAY]) await test.pull(day);
  return test;
}

const page = async (test: PullTest, path: string): Promise<string> => {
  const answer = await test.admin(path);
  const html = await answer.text();
  assert.equal(answer.status, 200, html);
  return html;
};

const post = (test: PullTest, path: string, values: Record<string, string> = {}): Promise<Response> =>
  test.admin(path, {
    method: "POST",
    body: String(new URLSearchParams(values)),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });

const stateAt = (html: string, date: string): string | undefined =>
  new RegExp(`class="day (\\w+)" href="/admin/market/days/stocks/${date}"`).exec(html)?.[1];

Deno.test("GET /market/calendar: what became of each day", async () => {
  await using test = await started();
  await test.services.store.change().set(["holidays", "2024-03-05"], {
    ...{ v: 1, date: "2024-03-05", name: "A made-up day", status: "closed", source: "test" },
    recordedAt: "2024-03-01T00:00:00.000Z",
  }).commit();
  const { days } = await bodyOf<{ days: Json[] }>(
    await test.request("/market/calendar?from=2024-03-05&to=2024-03-09"),
  );
  assert.deepEqual(days, [
    { date: "2024-03-05", state: "holiday", revision: null, missing: 0, holiday: "A made-up day" },
    { date: WEDNESDAY, state: "complete", revision: 1, missing: 0, holiday: null },
    { date: THURSDAY, state: "gap", revision: 1, missing: 1, holiday: null },
    { date: FRIDAY, state: "gap", revision: null, missing: 2, holiday: null },
    { date: "2024-03-09", state: "to_come", revision: null, missing: 0, holiday: null },
  ]);
  for (const query of ["from=2024-03-05&to=2024-03-04", "from=2023-03-01&to=2024-03-05", "from=2024-03-05"]) {
    assert.equal((await test.request(`/market/calendar?${query}`)).status, 422, query);
  }
});

Deno.test("the market in numbers, and a month of days that lead to each", async () => {
  await using test = await started();
  const html = await page(test, "/admin/market?month=2024-03");
  assert.match(html, /<dt>Last session<\/dt><dd>2024-03-07, expected 2024-03-08/);
  assert.match(html, /Quarantine: 1 waiting/);
  assert.deepEqual([WEDNESDAY, THURSDAY, FRIDAY, "2024-03-10"].map((date) => stateAt(html, date)), [
    ...["complete", "gap", "gap", "to_come"],
  ]);
  assert.match(html, /<td><\/td><td><a class="day/, "a Friday is the first of March");
  assert.match(await page(test, "/admin/market?market=crypto&month=2024-02"), /<h2>2024-02, crypto/);
  assert.equal((await test.admin("/admin/market?market=tulips")).status, 422);
});

Deno.test("a day: its rows, what waits, and what the provider corrected", async () => {
  await using test = await started();
  const html = await page(test, `/admin/market/days/stocks/${THURSDAY}`);
  assert.match(html, /<dt>State<\/dt><dd>Gap/);
  assert.match(html, /<a href="\/admin\/market\/quarantine\/[^"]+">B<\/a>/);
  assert.match(html, /<a href="\/admin\/assets\/A">A<\/a>/);
  await addCloses(test, "A", { [WEDNESDAY]: "12" });
  assert.match(await page(test, `/admin/market/days/stocks/${WEDNESDAY}`), /close 10.*close 12/s);
  const notAskedFor = await page(test, `/admin/market/days/stocks/${FRIDAY}`);
  assert.match(notAskedFor, /<dt>Fetched<\/dt><dd>never/);
  assert.equal(notAskedFor.match(/<h2>[^<]+<\/h2><p class="quiet">None\.<\/p>/g)?.length, 3, notAskedFor);
  for (const path of ["tulips/2024-03-07", "stocks/2024-02-30", "stocks/soon"]) {
    assert.equal((await test.admin(`/admin/market/days/${path}`)).status, 404, path);
  }
});

Deno.test("what waits on a day is shown of the day's market alone", async () => {
  await using test = await started();
  const [waiting] = (await test.read(`/market/quarantine?date=${THURSDAY}`)).items;
  const entries = quarantineCollection(test.services.store);
  const before = await entries.getFresh(waiting.id);
  assert.ok(before);
  const ofCrypto = { ...before.value, market: "crypto" as const };
  assert.notEqual(await entries.replace(test.services.store.change(), before, ofCrypto).commit(), undefined);
  const here = `<a href="/admin/market/quarantine/${encodeURIComponent(waiting.id)}">`;
  assert.ok(!(await page(test, `/admin/market/days/stocks/${THURSDAY}`)).includes(here));
  assert.ok((await page(test, `/admin/market/days/crypto/${THURSDAY}`)).includes(here));
  assert.match(await page(test, "/admin/market/quarantine?market=stocks"), /Nothing here that fits/);
  assert.equal((await test.admin("/admin/market/quarantine?date=soon")).status, 422);
});

Deno.test("days after which no year can be said are no days", async () => {
  await using test = await started();
  assert.match(await page(test, "/admin/market?month=9999-12"), /<h2>2024-03, stocks/);
  assert.equal((await test.admin("/admin/market/days/stocks/9999-12-31")).status, 404);
  for (const list of ["calendar", "gaps"]) {
    const answer = await test.admin(`/market/${list}?from=9999-12-01&to=9999-12-31`);
    assert.equal(answer.status, 422, list);
  }
});

Deno.test("a day is asked for by a button; one in the future is refused in words", async () => {
  await using test = await started();
  const asked = await post(test, `/admin/market/days/stocks/${FRIDAY}/pull`);
  assert.match(asked.headers.get("location") ?? "", /^\/admin\/jobs\/pull-market-day%3A2024-03-08$/);
  await test.live(60_000);
  assert.match(await page(test, `/admin/market/days/stocks/${FRIDAY}`), /<dt>State<\/dt><dd>Complete/);
  const refused = await post(test, "/admin/market/days/stocks/2024-03-20/pull");
  assert.equal(refused.headers.get("location"), "/admin/market/days/stocks/2024-03-20");
  assert.match(noticeOf(refused) ?? "", /future/);
  assert.match((await post(test, "/admin/market/pull")).headers.get("location") ?? "", /pull-market-day/);
  assert.match((await post(test, "/admin/market/probe")).headers.get("location") ?? "", /probe-provider/);
});

Deno.test("quarantine: corrected values that fail a check are told in place, and good ones are stored", async () => {
  await using test = await started();
  const [, path = "", from = ""] = /<a href="(\/admin\/market\/quarantine\/[^"?]+)([^"]*)"/.exec(
    await page(test, "/admin/market/quarantine?kind=bar&asset=&state=waiting"),
  ) ?? [];
  assert.equal(from, "?list=kind%3Dbar%26state%3Dwaiting");
  assert.match(await page(test, path), /name="\/bar\/low"[^>]* value="30"/);
  const entry = await page(test, `${path}${from}`);
  for (const verb of ["accept", "reject", "correct"]) {
    assert.ok(entry.includes(`action="${path}/${verb}${from}"`), verb);
  }
  assert.match(entry, /href="\/admin\/market\/quarantine\?kind=bar&amp;state=waiting">Quarantine/);
  const values = { "/bar/open": "20", "/bar/high": "20", "/bar/low": "much", "/bar/close": "20" };
  const wrong = await post(test, `${path}/correct`, values);
  assert.equal(wrong.status, 422);
  const html = await wrong.text();
  assert.match(html, /id="\/bar\/low!"/);
  assert.match(html, /name="\/bar\/low"[^>]* value="much"/);
  const right = await post(test, `${path}/correct${from}`, { ...values, "/bar/low": "19" });
  assert.deepEqual([right.status, right.headers.get("location")], [303, `${path}${from}`]);
  assert.match(await page(test, path), /<dt>State<\/dt><dd>accepted.*As it was stored/s);
  const { items } = await test.read(`/assets/B/historic-values?from=${THURSDAY}`);
  assert.equal(items[0].low, "19");
  const late = await post(test, `${path}/reject${from}`);
  assert.equal(late.headers.get("location"), `${path}${from}`);
  assert.match(noticeOf(late) ?? "", /accepted/);
});

Deno.test("quarantine: what fails a check is not stored as it was sent, and can be rejected", async () => {
  await using test = await started();
  const list = await page(test, "/admin/market/quarantine");
  const [, path = ""] = /<a href="(\/admin\/market\/quarantine\/[^"?]+)"/.exec(list) ?? [];
  assert.equal((await post(test, `${path}/accept`)).status, 303);
  assert.match(await page(test, path), /<dt>State<\/dt><dd>waiting/);
  assert.equal((await post(test, `${path}/reject`)).status, 303);
  assert.match(await page(test, path), /<dt>State<\/dt><dd>rejected/);
  assert.equal((await test.admin("/admin/market/quarantine/nothing")).status, 404);
});

Deno.test("a backfill: its plan first, then the job", async () => {
  await using test = await started();
  const span = { "/from": WEDNESDAY, "/to": FRIDAY, "/asset": "" };
  const html = await page(test, `/admin/market/backfill?${new URLSearchParams({ ...span, plan: "1" })}`);
  assert.match(html, /The plan, 2024-03-06 to 2024-03-08.*<dt>Bars missing<\/dt><dd>2 of 6/s);
  const wrong = await test.admin(
    `/admin/market/backfill?${new URLSearchParams({ ...span, "/to": "soon", plan: "1" })}`,
  );
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /id="\/to!"/);
  const unknown = await test.admin(`/admin/market/backfill?${new URLSearchParams({ "/asset": "NONE", plan: "1" })}`);
  assert.equal(unknown.status, 404);
  assert.match(await unknown.text(), /role="alert">[^<]*NONE/);
  const nothing = `/admin/market/backfill?${new URLSearchParams({ "/from": WEDNESDAY, "/to": WEDNESDAY, plan: "1" })}`;
  assert.doesNotMatch(await page(test, nothing), /Fill it in/);
  const asked = await post(test, "/admin/market/backfill", span);
  assert.match(asked.headers.get("location") ?? "", /^\/admin\/jobs\/backfill%3Aall/);
});
