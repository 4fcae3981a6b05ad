/**
 * What an operator does on the admin site, click by click.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { ask, groupedCall, JUMPS, open, type Site, weekdaysAgo } from "./admin_site.ts";

async function pull(page: Page, date: string, end: "succeeded" | "dead"): Promise<void> {
  await page.goto(`/admin/market/days/stocks/${date}`);
  await page.getByRole("button", { name: "Pull this day" }).click();
  await page.waitForURL("**/admin/jobs/**");
  await page.locator(`.state.${end}`).waitFor();
}

export async function retriesAllDead(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  const dates = [weekdaysAgo(75), weekdaysAgo(82)];
  for (const date of dates) {
    site.market.faults.add({ type: "status", status: 401 }, { path: groupedCall(date) });
    await pull(page, date, "dead");
  }
  await page.goto("/admin/jobs");
  await page.getByRole("button", { name: "Retry all 2 dead" }).click();
  await page.getByRole("status").filter({ hasText: "Retried: 2" }).waitFor();
  for (const date of dates) {
    await page.goto(`/admin/jobs/pull-market-day%3A${date}`);
    await page.locator(".state.succeeded").waitFor();
  }
  await page.goto("/admin/jobs");
  assert.equal(await page.getByRole("button", { name: /^Retry all/ }).count(), 0);
  assert.deepEqual(complaints, []);
}

export async function decides(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  const { date, symbols: [accepted = "", rejected = ""] } = JUMPS;
  // The price that the jump is one from.
  await pull(page, weekdaysAgo(96), "succeeded");
  await pull(page, date, "succeeded");
  for (
    const [symbol, button, state] of [[accepted, /^Accept as/, "accepted"], [rejected, "Reject", "rejected"]] as const
  ) {
    await page.goto("/admin/market/quarantine?state=waiting");
    await page.getByRole("link", { name: `${date} ${symbol}` }).click();
    await page.getByRole("button", { name: button }).click();
    await page.getByRole("status").filter({ hasText: state }).waitFor();
    assert.equal(await page.getByRole("button", { name: button }).count(), 0, "what is decided stands");
  }
  const { items } = await ask(site.url, `/historic-values?date=${date}`);
  const stored = items.map(({ asset }: { asset: string }) => asset);
  assert.deepEqual([accepted, rejected].map((symbol) => stored.includes(symbol)), [true, false]);
  assert.deepEqual(complaints, []);
}

export async function fillsIn(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  await page.goto("/admin/market/backfill");
  await page.getByLabel("From", { exact: true }).fill(weekdaysAgo(120));
  await page.getByLabel("To", { exact: true }).fill(weekdaysAgo(113));
  await page.getByRole("button", { name: "Show the plan" }).click();
  await page.getByText("Bars missing").waitFor();
  await page.getByRole("button", { name: "Fill it in" }).click();
  await page.waitForURL("**/admin/jobs/backfill**");
  await page.getByRole("progressbar", { name: "Progress" }).waitFor();
  await page.locator(".state.succeeded").waitFor();
  const bar = page.getByRole("progressbar");
  assert.equal(await bar.getAttribute("value"), await bar.getAttribute("max"));
  assert.deepEqual(complaints, []);
}

export async function pausesTheTimetable(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  await page.goto("/admin/schedules");
  await page.getByRole("button", { name: "Pause" }).first().click();
  await page.getByText(/: paused by/).waitFor();
  const paused = async () =>
    (await ask(site.url, "/schedules")).items.filter((one: { paused: unknown }) => one.paused).length;
  assert.equal(await paused(), 1);
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText(/: paused by/).waitFor({ state: "detached" });
  assert.equal(await paused(), 0);
  assert.deepEqual(complaints, []);
}

export async function ticksSeveral(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  for (const symbol of ["TICKA", "TICKB"]) {
    await ask(site.url, "/assets", {
      method: "POST",
      body: JSON.stringify({ symbol, name: "Ticked", status: "inactive" }),
    });
  }
  await page.goto("/admin/assets?q=TICK");
  const tick = async (action: string) => {
    for (const symbol of ["TICKA", "TICKB"]) await page.getByRole("checkbox", { name: `Tick ${symbol}` }).check();
    await page.getByLabel("With the ticked").selectOption(action);
    await page.getByRole("button", { name: "Go" }).click();
  };
  await tick("Delete");
  assert.match(await page.getByRole("main").innerText(), /TICKA.*TICKB/s);
  await page.getByRole("link", { name: "Keep them" }).click();
  await page.getByRole("link", { name: "TICKA" }).waitFor();
  await tick("Delete");
  await page.getByRole("button", { name: "Delete all 2" }).click();
  await page.getByRole("status").filter({ hasText: "2 done" }).waitFor();
  for (const symbol of ["TICKA", "TICKB"]) assert.equal(await page.getByRole("link", { name: symbol }).count(), 0);
  assert.deepEqual(complaints, []);
}
