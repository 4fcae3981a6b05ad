/**
 * Names that would be more than names: markup, text that turns around what follows it, no place to break a line at, marks upon marks.
 *
 * @module
 */
import assert from "node:assert/strict";
import { unpleasantness } from "./accessibility.ts";
import { ask, open, type Site } from "./admin_site.ts";

const NAMES = [
  `<script>alert(1)</script><img src=x onerror=alert(2)>"'&amp;`,
  "\u202Egnp.exe \u2067turned \u202Daround",
  "W".repeat(100),
  "\u{1F469}\u200D\u{1F469}\u200D\u{1F467} \u{1F3F3}\uFE0F\u200D\u{1F308} Z\u0337\u0322\u0328a\u0360l\u0489g\u0334o",
];

/** One of each kind for each name; answers the pages of the ones that are the hardest to lay out. */
async function addHostileNames(url: string): Promise<string[]> {
  const add = (path: string, body: unknown) => ask(url, path, { method: "POST", body: JSON.stringify(body) });
  const pages: string[] = [];
  for (const [i, name] of NAMES.entries()) {
    const symbol = `HOSTILE${i}`;
    await add("/assets", { symbol, name });
    await add("/api-keys", { name, scopes: ["portfolios:read"] });
    const { id } = await add("/portfolios", { name, investments: [{ asset: symbol, amount: "1" }] });
    if (name.startsWith("W")) pages.push(`/admin/portfolios/${id}`, `/admin/portfolios/${id}/delete`);
  }
  return pages;
}

export async function showsNamesAsText(site: Site): Promise<void> {
  await using opened = await open(site);
  const { page, complaints } = opened;
  const alerts: string[] = [];
  page.on("dialog", (dialog) => {
    alerts.push(dialog.message());
    return dialog.dismiss();
  });
  const faults: string[] = [];
  const hardest = await addHostileNames(site.url);
  for (const path of ["/admin/portfolios", "/admin/assets?q=HOSTILE", "/admin/user-api-keys"]) {
    await page.goto(path);
    const cells = await page.locator("td").allTextContents();
    for (const name of NAMES) assert.ok(cells.includes(name.normalize("NFC")), `${name} is not on ${path}`);
  }
  for (const [i, name] of NAMES.entries()) {
    await page.goto(`/admin/assets/HOSTILE${i}`);
    assert.equal(await page.getByLabel("Name").inputValue(), name.normalize("NFC"));
  }
  for (const path of hardest) {
    await page.goto(path);
    faults.push(...await unpleasantness(page));
  }
  assert.deepEqual([...faults, ...alerts, ...complaints], []);
}
