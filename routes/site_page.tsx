/**
 * What the pages have in common: their frame, their policy, and how they are served.
 *
 * @module
 */
import type { Context, Handler } from "hono";
import type { Child } from "hono/jsx";
import type { AppEnv } from "./env.ts";
import { pageHeaders, pagePolicy } from "./security_headers.ts";
import { serveAsset, type StaticAsset, staticAsset } from "./static_asset.ts";

/** Serves a page that is the same for everyone: rendered at the first request for it, then kept. */
export function servePage(render: () => Promise<unknown>, policy: Record<string, string>): Handler<AppEnv> {
  let page: Promise<StaticAsset> | undefined;
  const html = async () => staticAsset(`<!doctype html>${await render()}\n`, "text/html; charset=utf-8");
  return async (c) => serveAsset(c, await (page ??= html()), { ...policy, "cache-control": "no-cache" });
}

/** A page that is made for who asks, and kept by nobody. */
export async function answerPage(c: Context<AppEnv>, page: Page): Promise<Response> {
  const html = `<!doctype html>${await page.body}\n`;
  const own = { ...pageHeaders(c.env.headers), ...pagePolicy(page.policy), "cache-control": "no-store" };
  return new Response(html, {
    status: page.status,
    headers: { ...own, ...page.headers, "content-type": "text/html; charset=utf-8" },
  });
}

export interface Page {
  readonly status: number;
  readonly body: unknown;
  /** What it may do beyond what every page may. */
  readonly policy?: Record<string, string>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface FrameProps {
  readonly title: string;
  readonly description: string;
  readonly styles: readonly string[];
  readonly scripts?: readonly string[];
  readonly children: Child;
}

export function Frame({ title, description, styles, scripts = [], children }: FrameProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content={description} />
        <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
        {styles.map(stylesheet)}
        {scripts.map(script)}
      </head>
      <body>
        <header class="bar">
          <a class="brand" href="/">
            <img src="/favicon.svg" alt="" width="24" height="24" />Foliolens
          </a>
          <nav class="bar-links" aria-label="Site">
            <a href="/docs">API explorer</a>
            <a href="/openapi.json">openapi.json</a>
          </nav>
        </header>
        {children}
      </body>
    </html>
  );
}

const stylesheet = (href: string) => <link rel="stylesheet" href={href} />;
const script = (src: string) => <script src={src} defer></script>;
