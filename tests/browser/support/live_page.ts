/**
 * A page of work in progress that somebody is at while it follows the work: by a clock of the page that the test turns.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ask, groupedCall, open, type Site, untilQuiet, weekdaysAgo } from "./admin_site.ts";

const EVERY_MS = 2_000;

export async function staysWhereOneIs(site: Site): Promise<void> {
  const date = weekdaysAgo(67);
  await using opened = await open(site, { viewport: { width: 1280, height: 420 } });
  const { page, complaints } = opened;
  site.market.faults.add({ type: "hang" }, { path: groupedCall(date) });
  await page.clock.install();
  await page.goto(`/admin/market/days/stocks/${date}`);
  await page.getByRole("button", { name: "Pull this day" }).click();
  await page.waitForURL("**/admin/jobs/**");
  let looks = 0;
  page.on("request", (request) => looks += request.resourceType() === "fetch" ? 1 : 0);
  const lookAgain = async () => {
    const answered = page.waitForEvent("requestfinished");
    await page.clock.runFor(EVERY_MS);
    await answered;
  };

  const where = () => page.evaluate("[document.activeElement.textContent, scrollY]");
  const trail = page.getByRole("navigation", { name: "Where this is" }).getByRole("link", { name: "Jobs" });
  await trail.focus();
  await page.evaluate("scrollTo(0, 200)");
  const before = await where();
  assert.deepEqual(before, ["Jobs", 200]);
  await lookAgain();
  await page.locator(".state.running").waitFor();
  assert.deepEqual(await where(), before, "while it goes on");

  const path = `/jobs/pull-market-day:${date}`;
  await ask(site.url, `${path}/cancel`, { method: "POST" });
  await untilQuiet(site.url);
  await lookAgain();
  await page.locator(".state.cancelled").waitFor();
  assert.deepEqual(await where(), before, "when it has ended");
  const soFar = looks;
  await page.clock.runFor(60 * EVERY_MS);
  assert.equal(looks, soFar, "what has ended is not looked at again");
  assert.deepEqual(complaints, []);
}
