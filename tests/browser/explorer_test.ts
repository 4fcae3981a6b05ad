import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { accessibilityFaults } from "./support/accessibility.ts";
import { openBrowser, openPage, screenshot } from "./support/browser.ts";
import { startServer } from "./support/server.ts";

// The browser's own connections outlive a step, so the sanitizers cannot hold here.
Deno.test("the pages in a browser", { sanitizeOps: false, sanitizeResources: false }, async (t) => {
  await using server = await startServer();
  await using browser = await openBrowser();
  await t.step("the explorer tries an operation and shows its answer", () => triesAnOperation(browser, server.url));
  await t.step("what the explorer fills in is answered", () => takesWhatItFillsIn(browser, server.url));
  await t.step("the explorer opens at a link to an operation", () => opensAtAnOperation(browser, server.url));
  await t.step("the explorer forgets a key with the page", () => forgetsAKey(browser, server.url));
  await t.step("the explorer is dark where the reader's screen is", () => followsTheScreen(browser, server.url));
  await t.step("the first page leads to what answers", () => leadsToWhatAnswers(browser, server.url));
  await t.step(
    "the set-up link makes an administrator, who signs in with the key",
    async () => setsUp(browser, server.url, await server.printed(/http\S+\/auth\/set-up\?token=\S+(?= )/)),
  );
  await t.step("both pages fit a telephone", () => fitATelephone(browser, server.url));
});

const sectors = '.opblock-get:has([data-path^="/portfolios/"][data-path$="/sectors"])';

async function triesAnOperation(browser: Browser, url: string) {
  await using opened = await openPage(browser, url, { viewport: { width: 1280, height: 1330 } });
  const { page, complaints } = opened;
  await page.goto("/docs");
  await page.locator(`${sectors} .opblock-summary-control`).click();
  await page.locator(`${sectors} tr[data-param-in="path"] input`).fill("1");
  await page.locator(`${sectors} .execute`).click();
  const answer = page.locator(`${sectors} .live-responses-table .response`).first();
  await answer.getByText("247767.2").first().waitFor();
  assert.match(await answer.locator(".response-col_status").innerText(), /^200/);
  await page.locator(sectors).evaluate((operation) => operation.scrollIntoView());
  await screenshot(page, "explorer");
  assert.deepEqual(complaints, []);
}

async function takesWhatItFillsIn(browser: Browser, url: string) {
  await using opened = await openPage(browser, url);
  const { page, complaints } = opened;
  await page.goto("/docs");
  for (const id of ["Portfolios-listPortfolios", "Analysis-readRisk", "Market_data-readMarketDay"]) {
    const operation = page.locator(`#operations-${id}`);
    await operation.locator(".opblock-summary-control").click();
    await operation.locator(".execute").click();
    assert.match(await operation.locator(".live-responses-table .response-col_status").nth(1).innerText(), /^200/, id);
  }
  assert.deepEqual(complaints, []);
}

async function opensAtAnOperation(browser: Browser, url: string) {
  await using opened = await openPage(browser, url);
  const { page, complaints } = opened;
  await page.goto("/docs");
  await page.locator(`${sectors} .opblock-summary-control`).click();
  await page.waitForURL(/\/docs#\/.+\/.+/);
  await page.reload();
  await page.locator(`${sectors} .execute`).waitFor();
  assert.deepEqual(complaints, []);
}

async function forgetsAKey(browser: Browser, url: string) {
  await using opened = await openPage(browser, url);
  const { page, complaints } = opened;
  await page.goto("/docs");
  await page.locator(".btn.authorize").first().click();
  await page.locator(".auth-container input").first().fill("not-a-key");
  await page.locator(".auth-container .btn.authorize").first().click();
  await page.locator(".btn-done").first().click();
  assert.equal(await page.evaluate("localStorage.length + sessionStorage.length"), 0);
  assert.deepEqual(complaints, []);
}

async function followsTheScreen(browser: Browser, url: string) {
  await using opened = await openPage(browser, url, { colorScheme: "dark" });
  const { page, complaints } = opened;
  await page.goto("/docs");
  await page.locator(sectors).waitFor();
  assert.equal(await page.locator("html.dark-mode").count(), 1);
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("html:not(.dark-mode)").waitFor();
  assert.deepEqual(complaints, []);
}

async function leadsToWhatAnswers(browser: Browser, url: string) {
  await using opened = await openPage(browser, url);
  const { page, complaints } = opened;
  await page.goto("/");
  await screenshot(page, "home");
  const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  for (const expected of ["/docs", "/openapi.json", "/portfolios/1/sectors", "/livez", "/readyz"]) {
    assert.ok(links.includes(expected), `${expected} is not linked`);
  }
  for (const link of new Set(links)) {
    const answer = await page.goto(link);
    assert.equal(answer?.status(), 200, link);
  }
  assert.deepEqual(complaints, []);
}

async function setsUp(browser: Browser, url: string, link: string) {
  await using opened = await openPage(browser, url);
  const { page, complaints } = opened;
  await page.goto(link);
  const faults = await accessibilityFaults(page);
  await page.getByRole("button", { name: "Set up" }).click();
  const key = await page.locator("#key").innerText();
  faults.push(...await accessibilityFaults(page));
  await page.getByRole("link", { name: "Sign in with the key" }).click();
  await page.getByRole("textbox", { name: "Key" }).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/admin/portfolios`);
  assert.deepEqual(faults, []);
  assert.deepEqual(complaints, []);
  assert.equal((await page.goto(link))?.status(), 403, "it works once");
}

async function fitATelephone(browser: Browser, url: string) {
  await using opened = await openPage(browser, url, { viewport: { width: 390, height: 844 } });
  const { page, complaints } = opened;
  for (const path of ["/", "/docs"]) {
    await page.goto(path);
    if (path === "/docs") await page.locator(`${sectors} .opblock-summary-control`).click();
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= 390, `${path} is too wide`);
  }
  assert.deepEqual(complaints, []);
}
