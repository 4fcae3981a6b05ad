import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { CLIENT, startOidcProvider } from "../support/oidc_provider.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { accessibilityFaults, unpleasantness } from "./support/accessibility.ts";
import {
  ADMIN_KEY,
  ask,
  groupedCall,
  madeUpBars,
  open,
  type Site,
  type StorageState,
  untilQuiet,
  weekdaysAgo,
  withoutRefusals,
} from "./support/admin_site.ts";
import { livesByKeyboard } from "./support/by_keyboard.ts";
import { type Appearance, openBrowser, openPage, screenshot } from "./support/browser.ts";
import { showsNamesAsText } from "./support/hostile_names.ts";
import { staysWhereOneIs } from "./support/live_page.ts";
import { decides, editAtOnce, fillsIn, pausesTheTimetable, retriesAllDead, ticksSeveral } from "./support/operator.ts";
import { everyPage, PAGES, sendForm, SENT } from "./support/pages.ts";
import { freePort, startServer } from "./support/server.ts";
import { logIn } from "./support/sign_in.ts";
import { keepsWhatWasTyped } from "./support/unsaved_typing.ts";

// The browser's own connections outlive a step, so the sanitizers cannot hold here.
Deno.test("the admin site in a browser", { sanitizeOps: false, sanitizeResources: false }, async (t) => {
  const port = freePort();
  const now = () => new Date();
  await using oidc = await startOidcProvider({ redirectUri: `http://127.0.0.1:${port}/auth/callback/oidc` });
  await using market = startProviderStandIn({ now, bars: madeUpBars, switches: { callsPerMinute: 0 } });
  await using server = await startServer({
    ...{ OIDC_ISSUER: oidc.issuer, ...CLIENT, ADMIN_EMAILS: "ada@example.com", ADMIN_API_KEY: ADMIN_KEY },
    ...{ POLYGON_BASE_URL: market.url, POLYGON_API_KEY: market.apiKey, POLYGON_CALLS_PER_MINUTE: "6000" },
    ...{ RATE_LIMIT_PER_MINUTE: "0" },
  }, port);
  await using browser = await openBrowser();
  await untilQuiet(server.url);
  const ada = await session(browser, server.url, oidc.issuer, "ada");
  const site = { browser, url: server.url, market, ada };
  await t.step("a stranger is sent to sign in", () => sendsAStranger(site));
  await t.step("an asset: created, found, changed, deleted", () => livesAnAsset(site, {}));
  await t.step("the same without JavaScript", () => livesAnAsset(site, { javaScriptEnabled: false }));
  await t.step("the same by keyboard alone", () => livesByKeyboard(site));
  await t.step("a wrong value shows its error in place, and the rest stays", () => mistypes(site));
  await t.step("two people edit one asset: the second is told, and nothing is lost", () => editAtOnce(site));
  await t.step("saving one form does not lose what was typed into another unawares", () => keepsWhatWasTyped(site));
  await t.step("a day is pulled, and the page follows it to its end", () => watchesAPull(site));
  await t.step("a page that follows a job leaves one where one is, to its end", () => staysWhereOneIs(site));
  await t.step("a dead job is tried again", () => retriesADeadJob(site));
  await t.step("all dead jobs are tried again at once", () => retriesAllDead(site));
  await t.step("rows in quarantine: one is accepted, one rejected", () => decides(site));
  await t.step("a backfill is started from its plan, and followed", () => fillsIn(site));
  await t.step("the timetable is paused and resumed", () => pausesTheTimetable(site));
  await t.step("several are ticked, and changed at once", () => ticksSeveral(site));
  await t.step("the verifier is run, and finds no fault", () => verifies(site));
  await t.step("a viewer sees everything, no button, and 403", () => viewerLooks(site, oidc.issuer));
  await t.step(
    "every page, light and dark: no serious fault of accessibility, and none too wide for a telephone",
    () => arePleasant(site),
  );
  await t.step("the main pages as pictures", () => takesPictures(site));
  await t.step("names are text, whatever they look like", () => showsNamesAsText(site));
});

async function session(browser: Browser, url: string, issuer: string, login: string): Promise<StorageState> {
  await using opened = await openPage(browser, url);
  await logIn(opened.page, issuer, { login });
  await opened.page.locator("button[type=submit]").click();
  await opened.page.waitForURL(`${url}/`);
  return await opened.page.context().storageState();
}

async function sendsAStranger({ browser, url }: Site) {
  await using opened = await openPage(browser, url);
  const { page, complaints } = opened;
  const wanted = "/admin/jobs?state=succeeded";
  await page.goto(wanted);
  assert.equal(new URL(page.url()).pathname, "/auth/sign-in");
  assert.equal(new URL(page.url()).searchParams.get("return_to"), wanted);
  await page.getByRole("link", { name: /^Sign in with/ }).waitFor();
  await page.getByRole("textbox", { name: "Key" }).fill("not the key of any administrator");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole("textbox", { name: "Key" }).fill(ADMIN_KEY);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}${wanted}`);
  assert.deepEqual(withoutRefusals(complaints), []);
}

async function livesAnAsset(site: Site, appearance: Appearance) {
  await using opened = await open(site, appearance);
  const { page, complaints } = opened;
  await page.goto("/admin/assets");
  await page.getByRole("link", { name: "Add" }).click();
  await page.getByLabel("Symbol").fill("NEW");
  await page.getByLabel("Name").fill("Newly Made Inc.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "NEW was added" }).waitFor();

  await page.getByRole("searchbox").fill("newly");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("link", { name: "NEW", exact: true }).click();
  await page.getByLabel("Name").fill("Renamed Inc.");
  await page.getByRole("button", { name: "Save and continue" }).first().click();
  await page.getByRole("status").filter({ hasText: "saved" }).waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "Renamed Inc.");

  await page.getByRole("link", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("status").filter({ hasText: "NEW was deleted" }).waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "newly", "the list as it was asked for");
  assert.equal((await page.goto("/admin/assets/NEW"))?.status(), 404);
  assert.deepEqual(withoutRefusals(complaints), []);
}

async function mistypes(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  await page.goto("/admin/add/assets");
  await page.getByLabel("Symbol").fill("N W");
  await page.getByLabel("Name").fill("Typed with care");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const symbol = page.getByLabel("Symbol");
  assert.equal(await symbol.getAttribute("aria-invalid"), "true");
  const error = await symbol.getAttribute("aria-describedby");
  assert.match(await page.locator(`[id="${error}"]`).innerText(), /must be 1 to 20 letters/);
  assert.deepEqual([await symbol.inputValue(), await page.getByLabel("Name").inputValue()], ["N W", "Typed with care"]);
  assert.deepEqual(withoutRefusals(complaints), []);
}

async function watchesAPull(site: Site) {
  const date = weekdaysAgo(60);
  await using opened = await open(site);
  const { page, complaints } = opened;
  site.market.faults.add({ type: "slow_drip", everyMs: 5 }, { path: groupedCall(date) });
  await page.goto(`/admin/market/days/stocks/${date}`);
  await page.getByRole("button", { name: "Pull this day" }).click();
  await page.waitForURL("**/admin/jobs/**");
  const address = page.url();
  let loads = 0;
  page.on("load", () => loads += 1);
  await page.locator(".state.running, .state.queued").waitFor();
  await page.locator(".state.succeeded").waitFor();
  assert.deepEqual([page.url(), loads], [address, 0], "followed without loading the page again");
  await page.goto(`/admin/market/days/stocks/${date}`);
  await page.getByText("AAPL").first().waitFor();
  assert.deepEqual(complaints, []);
}

async function retriesADeadJob(site: Site) {
  const date = weekdaysAgo(70);
  await using opened = await open(site);
  const { page, complaints } = opened;
  site.market.faults.add({ type: "status", status: 401 }, { path: groupedCall(date) });
  await page.goto("/admin/run/pull-market-day");
  await page.getByLabel("Date").fill(date);
  await page.getByRole("button", { name: "Run now" }).click();
  await page.locator(".state.dead").waitFor();
  await page.getByRole("alert").waitFor();
  await page.goto("/admin/jobs?state=dead");
  await page.getByRole("link", { name: `pull-market-day:${date}` }).click();
  await page.getByRole("button", { name: "Retry" }).click();
  await page.locator(".state.succeeded").waitFor();
  assert.deepEqual(complaints, []);
}

async function verifies(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  await page.goto("/admin/verifier");
  await page.getByRole("button", { name: "Run it now" }).click();
  await page.getByText("No fault.", { exact: true }).waitFor();
  await page.goto("/admin/inspector");
  await page.getByRole("link", { name: "api_keys_by_digest" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "series", exact: true }).click();
  await page.getByText("Uint8Array").first().waitFor({ state: "attached" });
  assert.deepEqual(complaints, []);
}

async function viewerLooks(site: Site, issuer: string) {
  const vic = await session(site.browser, site.url, issuer, "vic");
  await using opened = await open(site, { storageState: vic });
  const { page, complaints } = opened;
  assert.equal((await page.goto("/admin/assets"))?.status(), 403);
  const { id } = await page.evaluate<{ id: string }>(`fetch("/me").then((answer) => answer.json())`);
  await ask(site.url, `/users/${id}`, { method: "PATCH", body: JSON.stringify({ role: "viewer" }) });
  for (const path of PAGES) {
    assert.equal((await page.goto(path))?.status(), 200, path);
    const buttons = await page.locator("main button:enabled").allInnerTexts();
    assert.deepEqual(buttons.filter((text) => !READING.includes(text)), [], path);
  }
  const refused = await page.evaluate(`fetch("/admin/market/pull", { method: "POST" }).then(({ status }) => status)`);
  assert.equal(refused, 403);
  assert.deepEqual(withoutRefusals(complaints), []);
}

/** Buttons that change nothing. */
const READING = ["Find", "Look", "Show the plan"];

async function arePleasant(site: Site) {
  await using opened = await open(site);
  const { page, complaints } = opened;
  const faults: string[] = [];
  for (const path of await everyPage(site.url)) {
    assert.equal((await page.goto(path))?.status(), 200, path);
    faults.push(...await unpleasantness(page));
  }
  for (const sent of SENT) {
    await sendForm(page, sent);
    faults.push(...await unpleasantness(page));
  }
  assert.deepEqual(faults, []);
  assert.deepEqual(withoutRefusals(complaints), []);
}

const PICTURES: Readonly<Record<string, string>> = {
  "admin-assets": "/admin/assets",
  "admin-portfolio": "/admin/portfolios/1",
  "admin-jobs": "/admin/jobs",
  "admin-timetable": "/admin/schedules",
  "admin-inspector": "/admin/inspector?prefix=%5B%22portfolios%22%5D",
  "admin-market": "/admin/market",
};

async function takesPictures(site: Site) {
  await using opened = await open(site, { viewport: { width: 1100, height: 860 } });
  for (const [name, path] of Object.entries(PICTURES)) {
    assert.equal((await opened.page.goto(path, { waitUntil: "networkidle" }))?.status(), 200);
    await screenshot(opened.page, name);
  }
  await opened.page.setViewportSize({ width: 390, height: 844 });
  await opened.page.goto("/admin/market");
  await opened.page.locator(".calendar").evaluate((calendar) => calendar.scrollIntoView({ block: "end" }));
  await screenshot(opened.page, "admin-telephone");
  assert.deepEqual(opened.complaints, []);
}
