/**
 * Two forms on one page: saving one is not the end of what was typed into the other, unless one says so.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ask, open, type Site } from "./admin_site.ts";

export async function keepsWhatWasTyped(site: Site): Promise<void> {
  await ask(site.url, "/assets", { method: "POST", body: JSON.stringify({ symbol: "TYPED", name: "Typed" }) });
  await using opened = await open(site);
  const { page, complaints } = opened;
  const asked: string[] = [];
  let isToLeave = false;
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    return isToLeave ? dialog.accept() : dialog.dismiss();
  });
  const facts = page.getByRole("form", { name: "Facts" });
  const [name, symbol] = [
    facts.getByLabel("Name"),
    page.getByRole("form", { name: "Another symbol" }).getByLabel("Symbol"),
  ];
  const save = facts.getByRole("button", { name: "Save and continue" });
  const stored = async () => (await ask(site.url, "/assets/TYPED")).name;
  await page.goto("/admin/assets/TYPED");
  await symbol.fill("OTHER");
  await name.fill("Retyped");
  const question = page.waitForEvent("dialog");
  await save.click({ noWaitAfter: true });
  await question;
  assert.deepEqual(asked, ["beforeunload"]);
  assert.deepEqual([await symbol.inputValue(), await name.inputValue(), await stored()], ["OTHER", "Retyped", "Typed"]);

  isToLeave = true;
  await save.click();
  await page.getByRole("status").filter({ hasText: "TYPED was saved" }).waitFor();
  assert.deepEqual([asked.length, await stored()], [2, "Retyped"]);

  await name.fill("Saved alone");
  await save.click();
  await page.getByRole("status").filter({ hasText: "TYPED was saved" }).waitFor();
  assert.deepEqual(
    [asked.length, await name.inputValue()],
    [2, "Saved alone"],
    "nobody is asked where nothing is lost",
  );
  assert.deepEqual(complaints, []);
}
