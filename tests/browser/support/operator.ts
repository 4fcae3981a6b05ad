/**
 * What an operator does on the admin site, click by click.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  ask,
  groupedCall,
  JUMPS,
  NEWCOMER,
  open,
  type Site,
  untilQuiet,
  weekdaysAgo,
  withoutRefusals,
} from "./admin_site.ts";
import type { WatchedPage } from "./browser.ts";

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
  const [from, to] = [weekdaysAgo(120), weekdaysAgo(113)];
  await hasNewcomer(site.url);
  await page.goto("/admin/market/backfill");
  await page.getByLabel("From", { exact: true }).fill(from);
  await page.getByLabel("To", { exact: true }).fill(to);
  await page.getByRole("button", { name: "Show the plan" }).click();
  await page.getByText(/^[1-9]\d* of \d+$/).waitFor();
  await page.getByRole("button", { name: "Fill it in" }).click();
  await page.waitForURL("**/admin/jobs/backfill**");
  await page.getByRole("progressbar", { name: "Progress" }).waitFor();
  await page.locator(".state.succeeded").waitFor();
  const bar = page.getByRole("progressbar");
  assert.equal(await bar.getAttribute("value"), await bar.getAttribute("max"));
  const { items } = await ask(site.url, `/assets/${NEWCOMER}/historic-values?from=${from}&to=${to}`);
  assert.ok(items.length > 0);
  assert.deepEqual(complaints, []);
}

/** An asset that was inactive at first, so that no backfill was asked for with it. */
async function hasNewcomer(url: string): Promise<void> {
  const asset = { symbol: NEWCOMER, name: "Newcomer", status: "inactive" };
  await ask(url, "/assets", { method: "POST", body: JSON.stringify(asset) });
  await untilQuiet(url);
  await ask(url, `/assets/${NEWCOMER}`, { method: "PATCH", body: JSON.stringify({ status: "active" }) });
}

/** Two browsers on one asset: who saves second is told, and whatever either of them changed is kept. */
export async function editAtOnce(site: Site) {
  const symbol = "SHARED";
  await ask(site.url, "/assets", {
    method: "POST",
    body: JSON.stringify({ symbol, name: "At first", kind: "stock", status: "inactive" }),
  });
  // What the provider says of it is taken over, which makes another version of it.
  await untilQuiet(site.url);
  await using hers = await open(site);
  await using his = await open(site);
  for (const { page } of [hers, his]) await page.goto(`/admin/assets/${symbol}`);
  const named = async ({ page }: WatchedPage, name: string) => {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Save and continue" }).first().click();
  };
  const stored = async () => {
    const { name, kind } = await ask(site.url, `/assets/${symbol}`);
    return [name, kind];
  };

  await hers.page.getByLabel("Kind").selectOption("fund");
  await named(hers, "Hers");
  await hers.page.getByRole("status").filter({ hasText: "was saved" }).waitFor();
  await named(his, "His");
  const told = his.page.getByRole("alert").filter({ hasText: "Somebody else has changed this" });
  await told.waitFor();
  assert.match(await told.innerText(), /Name\s+Hers/);
  assert.deepEqual(await stored(), ["Hers", "fund"], "nothing was saved");
  assert.equal(await his.page.getByLabel("Name").inputValue(), "His", "what he typed is kept");
  assert.equal(await his.page.getByLabel("Kind").inputValue(), "fund", "so is what she changed");

  await his.page.getByRole("button", { name: "Save and continue" }).first().click();
  await his.page.getByRole("status").filter({ hasText: "was saved" }).waitFor();
  assert.deepEqual(await stored(), ["His", "fund"], "he saved over it, knowing");

  await named(hers, "Hers again");
  await hers.page.getByRole("link", { name: /^Drop what you typed/ }).click();
  assert.equal(await hers.page.getByLabel("Name").inputValue(), "His", "or takes what is there");
  assert.deepEqual(withoutRefusals([...hers.complaints, ...his.complaints]), []);
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
