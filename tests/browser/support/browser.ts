import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}

export interface WatchedPage extends AsyncDisposable {
  page: Page;
  /** What the page did that a page of ours may not do; empty where all is well. */
  complaints: string[];
}

export type Appearance = NonNullable<Parameters<Browser["newPage"]>[0]>;

/** Opens a page that keeps every policy violation, console error, exception, failed request and request elsewhere. */
export async function openPage(browser: Browser, origin: string, appearance: Appearance = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...appearance, baseURL: origin });
  const page = await context.newPage();
  const complaints: string[] = [];

  await page.exposeFunction("reportViolation", (text: string) => complaints.push(`policy violation: ${text}`));
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (event) =>
      reportViolation(event.violatedDirective + " " + event.blockedURI + " in " + event.sourceFile));`,
  );
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // Cut off by the test's own going elsewhere.
    if (reason !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${reason}`);
  });
  page.on("request", (request) => {
    const { origin: target, protocol } = new URL(request.url());
    if (target !== origin && protocol !== "data:") complaints.push(`request elsewhere: ${request.url()}`);
  });
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Writes `docs/images/NAME.png` where FOLIOLENS_SCREENSHOTS is set, and nothing otherwise. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (Deno.env.get("FOLIOLENS_SCREENSHOTS")) await page.screenshot({ path: `docs/images/${name}.png` });
}
