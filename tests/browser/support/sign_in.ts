import type { Page } from "playwright-core";

/** To the provider, as far as its question whether one agrees. */
export async function logIn(page: Page, issuer: string, { login = "ada", returnTo = "/" } = {}): Promise<void> {
  await page.goto(`/auth/sign-in?${new URLSearchParams({ return_to: returnTo })}`);
  await page.getByRole("link", { name: /^Sign in with/ }).click();
  await page.waitForURL(`${issuer}/**`);
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
}
