import axe from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core calls serious or critical, in words; in the light and, as far as colours go, in the dark. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await violationsOf(page, { runOnly: ["color-contrast"] });
  await page.emulateMedia({ colorScheme: "light" });
  const light = await violationsOf(page, {});
  return [...dark, ...light].filter(({ impact }) => impact === "serious" || impact === "critical").map((
    { id, nodes },
  ) => `${page.url()}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html} (${failureSummary})`).join("; ")}`);
}

async function violationsOf(page: Page, options: object): Promise<Violation[]> {
  const asked = JSON.stringify({ preload: false, resultTypes: ["violations"], ...options });
  return (await page.evaluate<{ violations: Violation[] }>(`axe.run(document, ${asked})`)).violations;
}

/** Those, light and dark, and a page that is wider than a telephone. */
export async function unpleasantness(page: Page): Promise<string[]> {
  const faults = await accessibilityFaults(page);
  const size = page.viewportSize() ?? { width: 1280, height: 900 };
  await page.setViewportSize({ width: 390, height: 844 });
  const width = Number(await page.evaluate("document.documentElement.scrollWidth"));
  await page.setViewportSize(size);
  return width > 390 ? [...faults, `${page.url()} is ${width} wide on a telephone`] : faults;
}
