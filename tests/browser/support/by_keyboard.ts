/**
 * An asset's life on the admin site by somebody who has no mouse: Tab, Enter and typing, and nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { open, type Site, withoutRefusals } from "./admin_site.ts";

/** More than any page has places to stop at. */
const MAX_TABS = 120;

/** What the focus is on, by the words that a screen reader would say, but for the mark of what is required. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  const label = at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent;
  return label.trim().replace(/\\*$/, "");
})()`;

/** Past what stands on every page, by the first thing that the keyboard comes to; who came by the content is there already. */
async function skipToTheContent(page: Page): Promise<void> {
  await page.keyboard.press("Tab");
  if (page.url().endsWith("#main")) return;
  assert.equal(await page.evaluate(FOCUSED), "Skip to the content");
  await page.keyboard.press("Enter");
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let tabs = 0; tabs < MAX_TABS; tabs++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(FOCUSED) === name) return;
  }
  throw new Error(`${name} is not reached with the keyboard on ${page.url()}`);
}

async function follow(page: Page, name: string): Promise<void> {
  await tabTo(page, name);
  const loaded = page.waitForEvent("load");
  await page.keyboard.press("Enter");
  await loaded;
  await skipToTheContent(page);
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

export async function livesByKeyboard(site: Site): Promise<void> {
  await using opened = await open(site);
  const { page, complaints } = opened;
  const said = () => page.getByRole("status").innerText();
  await page.goto("/admin");
  await follow(page, "Assets");
  await follow(page, "Add an asset");
  await type(page, "Symbol", "KEYS");
  await type(page, "Name", "By Keyboard Inc.");
  await follow(page, "Save");
  assert.equal(await said(), "KEYS was added");

  await type(page, "Symbol or name", "by keyb");
  await follow(page, "Find");
  await follow(page, "KEYS");
  await type(page, "Name", "Changed by Keyboard");
  await follow(page, "Save and continue");
  assert.equal(await said(), "KEYS was saved");
  assert.equal(await page.getByLabel("Name").inputValue(), "Changed by Keyboard");

  await follow(page, "Delete");
  await follow(page, "Delete");
  assert.equal(await said(), "KEYS was deleted");
  assert.deepEqual(withoutRefusals(complaints), []);
}
