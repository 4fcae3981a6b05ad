import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { accessibilityFaults } from "./support/accessibility.ts";
import { type Appearance, openBrowser, openPage, screenshot } from "./support/browser.ts";
import { startServer } from "./support/server.ts";

/** The demo that has years of prices. */
const REPORT = "/portfolios/2/report";

// The browser's own connections outlive a step, so the sanitizers cannot hold here.
Deno.test("the report in a browser", { sanitizeOps: false, sanitizeResources: false }, async (t) => {
  await using server = await startServer();
  await using browser = await openBrowser();
  await t.step("on a light screen", () => looks(browser, server.url, "light"));
  await t.step("on a dark screen", () => looks(browser, server.url, "dark"));
  await t.step("on a telephone", () => fitsATelephone(browser, server.url));
  await t.step("on paper it is light, whatever the screen is", () => prints(browser, server.url));
  await t.step("its pictures on a page of another origin", () => areEmbedded(browser, server.url));
});

/** What a browser knows of an image; its types are not among Deno's. */
interface ShownImage {
  readonly currentSrc: string;
  readonly naturalWidth: number;
  readonly alt: string;
}

/** What each picture that is shown was loaded from; fails where one was not. */
async function picturesOf(page: Page): Promise<string[]> {
  const pictures = await page.locator(".picture img:visible").evaluateAll((images) =>
    (images as unknown as ShownImage[]).map(({ currentSrc, naturalWidth, alt }) => ({ currentSrc, naturalWidth, alt }))
  );
  for (const { currentSrc, naturalWidth, alt } of pictures) {
    assert.ok(naturalWidth > 0, `${currentSrc} was not shown`);
    assert.notEqual(alt, "");
  }
  return pictures.map(({ currentSrc }) => currentSrc);
}

async function opened(browser: Browser, url: string, appearance: Appearance) {
  const watched = await openPage(browser, url, appearance);
  await watched.page.goto(REPORT, { waitUntil: "networkidle" });
  return watched;
}

async function looks(browser: Browser, url: string, colorScheme: "light" | "dark") {
  await using watched = await opened(browser, url, { colorScheme, viewport: { width: 1080, height: 1500 } });
  const { page, complaints } = watched;
  assert.equal(await page.locator("h1").innerText(), "Demo: all sectors");
  const pictures = await picturesOf(page);
  assert.equal(pictures.length, 5);
  assert.ok(pictures.every((src) => src.includes(`theme=${colorScheme}`)), pictures.join());
  if (colorScheme === "light") await screenshot(page, "report");
  await page.getByRole("heading", { name: "What it risks" }).evaluate((heading) => heading.scrollIntoView());
  if (colorScheme === "dark") await screenshot(page, "report_risk");
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.deepEqual(complaints, []);
}

async function fitsATelephone(browser: Browser, url: string) {
  await using watched = await opened(browser, url, { viewport: { width: 390, height: 844 } });
  const { page, complaints } = watched;
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
  assert.ok((await picturesOf(page)).every((src) => src.includes("width=400")));
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.deepEqual(complaints, []);
}

async function prints(browser: Browser, url: string) {
  await using watched = await opened(browser, url, { colorScheme: "dark" });
  const { page, complaints } = watched;
  // A browser that prints waits for nothing more.
  await page.route("**/*", (route) => route.abort());
  await page.emulateMedia({ media: "print" });
  assert.equal(
    await page.evaluate("getComputedStyle(document.body).backgroundColor"),
    "rgb(255, 255, 255)",
  );
  assert.equal(await page.locator(".bar").isVisible(), false);
  const pictures = await picturesOf(page);
  assert.equal(pictures.length, 5);
  assert.ok(pictures.every((src) => src.includes("theme=light&") || src.endsWith("theme=light")), pictures.join());
  const pages = await page.pdf({ format: "A4" });
  assert.equal(new TextDecoder().decode(pages.subarray(0, 5)), "%PDF-");
  assert.deepEqual(complaints, []);
}

async function areEmbedded(browser: Browser, url: string) {
  const names = ["sectors.svg?form=treemap", "value.svg", "drawdown.svg", "returns.svg", "correlations.svg"];
  const images = names.map((name) => `<img src="${url}/portfolios/2/${name}" alt="">`).join("");
  await using elsewhere = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    // The strictest embedder: it takes nothing from others that does not say that it may.
    () =>
      new Response(images, {
        headers: { "content-type": "text/html", "cross-origin-embedder-policy": "require-corp" },
      }),
  );
  const page = await browser.newPage();
  await page.goto(`http://localhost:${elsewhere.addr.port}/`, { waitUntil: "networkidle" });
  const widths = await page.locator("img").evaluateAll((all) =>
    (all as unknown as ShownImage[]).map((image) => image.naturalWidth)
  );
  assert.deepEqual(widths, Array(names.length).fill(720));
  await page.close();
}
