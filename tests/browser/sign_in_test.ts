import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { CLIENT, startOidcProvider } from "../support/oidc_provider.ts";
import { openBrowser, openPage } from "./support/browser.ts";
import { freePort, startServer } from "./support/server.ts";
import { logIn } from "./support/sign_in.ts";

// The browser's own connections outlive a step, so the sanitizers cannot hold here.
Deno.test("signing in, in a browser", { sanitizeOps: false, sanitizeResources: false }, async (t) => {
  const port = freePort();
  await using provider = await startOidcProvider({ redirectUri: `http://127.0.0.1:${port}/auth/callback/oidc` });
  await using server = await startServer({ OIDC_ISSUER: provider.issuer, ...CLIENT }, port);
  await using browser = await openBrowser();
  const at = { url: server.url, issuer: provider.issuer };
  await t.step("sign in, make a key, use it, sign out", () => signsInAndOut(browser, at));
  await t.step("consent denied, and the page that says so", () => declines(browser, at));
  await t.step("a callback that is opened again", () => comesBackTwice(browser, at));
});

interface Addresses {
  readonly url: string;
  readonly issuer: string;
}

/** The provider's own pages, with the font that they ask for, are not ours to answer for. */
const ours = (complaints: readonly string[], { issuer }: Addresses): string[] =>
  complaints.filter((complaint) =>
    !complaint.includes(issuer) && !complaint.includes("fonts.googleapis.com") && !complaint.startsWith("console")
  );

/** Asks as a script of the page does: status and body. */
const ask = (page: Page, path: string, init: object = {}): Promise<{ status: number; body: Record<string, unknown> }> =>
  page.evaluate(
    `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then(async (answer) =>
      ({ status: answer.status, body: answer.status === 204 ? {} : await answer.json() }))`,
  );

async function signsInAndOut(browser: Browser, at: Addresses) {
  await using opened = await openPage(browser, at.url);
  const { page, complaints } = opened;
  await logIn(page, at.issuer, { returnTo: "/docs" });
  await page.locator("button[type=submit]").click();
  await page.waitForURL(`${at.url}/docs`);
  const [cookie] = (await page.context().cookies(at.url)).filter(({ name }) => name === "foliolens");
  assert.deepEqual([cookie?.httpOnly, cookie?.sameSite, cookie?.path], [true, "Lax", "/"]);
  assert.equal((await ask(page, "/me")).body["email"], "ada@example.com");
  const made = await ask(page, "/api-keys", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "site", scopes: ["portfolios:read"] }),
  });
  assert.equal(made.status, 201);
  const headers = { authorization: `Bearer ${made.body["key"]}` };
  assert.equal((await ask(page, "/portfolios", { headers })).status, 200);
  assert.equal((await ask(page, "/auth/sign-out", { method: "POST" })).status, 204);
  assert.equal((await ask(page, "/me")).status, 401);
  assert.deepEqual((await page.context().cookies(at.url)).filter(({ name }) => name === "foliolens"), []);
  assert.deepEqual(ours(complaints, at), []);
}

async function declines(browser: Browser, at: Addresses) {
  await using opened = await openPage(browser, at.url);
  const { page, complaints } = opened;
  await logIn(page, at.issuer);
  const answer = page.waitForResponse((response) => response.url().startsWith(`${at.url}/auth/callback`));
  await page.locator("a[href$='/abort']").click();
  assert.equal((await answer).status(), 403);
  await page.getByText("was declined").waitFor();
  assert.deepEqual(ours(complaints, at), []);
}

async function comesBackTwice(browser: Browser, at: Addresses) {
  await using opened = await openPage(browser, at.url);
  const { page, complaints } = opened;
  await logIn(page, at.issuer);
  const callback = page.waitForRequest((request) => request.url().startsWith(`${at.url}/auth/callback`));
  await page.locator("button[type=submit]").click();
  await page.waitForURL(`${at.url}/`);
  const again = await page.goto((await callback).url());
  assert.equal(again?.status(), 400);
  await page.getByRole("link", { name: "Sign in", exact: true }).waitFor();
  assert.deepEqual(ours(complaints, at), []);
}
