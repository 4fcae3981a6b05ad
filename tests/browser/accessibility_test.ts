import assert from "node:assert/strict";
import { accessibilityFaults } from "./support/accessibility.ts";
import { openBrowser } from "./support/browser.ts";

const page = (body: string) =>
  `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>${body}</main></html>`;

// The browser's own connections outlive a step, so the sanitizers cannot hold here.
Deno.test("faults of accessibility are found", { sanitizeOps: false, sanitizeResources: false }, async () => {
  await using browser = await openBrowser();
  const opened = await browser.newPage();
  await opened.setContent(page(`<p style="color: #ccc">Pale</p><input>`));
  const ids = (await accessibilityFaults(opened)).map((fault) => fault.split(": ")[1]);
  assert.deepEqual(ids, ["color-contrast", "color-contrast", "label"], "pale in the dark, too");
  await opened.setContent(page("<p>Plain</p>"));
  assert.deepEqual(await accessibilityFaults(opened), []);
});
