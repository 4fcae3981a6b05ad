/**
 * The frame of the admin site's pages, and how they are answered: never kept by anybody, and with a policy that lets them load
 * nothing but our own stylesheet and send forms to nobody else.
 *
 * @module
 */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { AppEnv } from "../env.ts";
import { pageHeaders, pagePolicy } from "../security_headers.ts";
import { PROBLEMS, type ProblemType } from "../../lib/problem.ts";

/** What every page of a request shares. */
export interface Chrome {
  readonly stylesheets: readonly string[];
  readonly script: string;
  /** Sections of the site, with where each begins. */
  readonly sections: readonly { readonly href: string; readonly title: string }[];
  /** The path that was asked for. */
  readonly path: string;
  readonly who: string;
  /** Viewers are shown everything, and no form. */
  readonly mayWrite: boolean;
  /** Said first, of what has just happened. */
  readonly notice: string | undefined;
}

export interface PageProps {
  readonly chrome: Chrome;
  readonly title: string;
  readonly children: Child;
  /** From the first section to the page that this one belongs to. */
  readonly trail?: readonly { readonly href: string; readonly text: string }[];
  /** How often the script looks again, while something goes on; 0 where nothing does. */
  readonly refreshSeconds?: number;
}

const POLICY = pagePolicy({ "form-action": "'self'", "script-src": "'self'", "connect-src": "'self'" });

interface PageFacts {
  readonly status: number;
  readonly cookie: string | undefined;
}

export async function pageAnswer(c: Context<AppEnv>, page: unknown, { status, cookie }: PageFacts): Promise<Response> {
  const headers = {
    ...pageHeaders(c.env.headers),
    ...POLICY,
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    ...(cookie !== undefined && { "set-cookie": cookie }),
  };
  return new Response(`<!doctype html>${await page}\n`, { status, headers });
}

export const csvAnswer = (c: Context<AppEnv>, { csv, name }: { csv: string; name: string }): Response =>
  new Response(csv, {
    headers: {
      ...pageHeaders(c.env.headers),
      ...{ "content-type": "text/csv; charset=utf-8", "cache-control": "no-store" },
      "content-disposition": `attachment; filename="${name}"`,
    },
  });

/** A form that was taken is answered by another page, so that loading that one again sends nothing twice. */
export const seeOther = (c: Context<AppEnv>, location: string, cookie?: string): Response =>
  new Response(null, {
    status: 303,
    headers: { ...pageHeaders(c.env.headers), location, ...(cookie !== undefined && { "set-cookie": cookie }) },
  });

export const Page = ({ chrome, title, children, trail = [], refreshSeconds = 0 }: PageProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>{`${title}: Foliolens administration`}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
      {chrome.stylesheets.map((href) => <link rel="stylesheet" href={href} />)}
      <script src={chrome.script} defer></script>
    </head>
    <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="bar across">
        <a class="brand" href="/admin">
          <img src="/favicon.svg" alt="" width="24" height="24" />Foliolens <span class="quiet">administration</span>
        </a>
        <span class="quiet who">{chrome.who}</span>
        <form method="post" action="/admin/sign-out">
          <button type="submit" class="plain">Sign out</button>
        </form>
      </header>
      <div class="admin">
        <nav class="sections" aria-label="Sections">
          {chrome.sections.map(({ href, title }) => (
            <a
              href={href}
              aria-current={[chrome.path, trail[0]?.href].some((path) => isWithin(path, href)) ? "page" : undefined}
            >
              {title}
            </a>
          ))}
        </nav>
        <main id="main" data-refresh-seconds={refreshSeconds || undefined}>
          {trail.length > 0 && (
            <nav class="trail" aria-label="Where this is">
              {trail.map(({ href, text }) => <a href={href}>{text}</a>)}
            </nav>
          )}
          <h1>{title}</h1>
          {chrome.notice !== undefined && <p class="notice" role="status">{chrome.notice}</p>}
          {children}
        </main>
      </div>
    </body>
  </html>
);

const isWithin = (path: string | undefined, href: string): boolean =>
  path === href || path?.startsWith(`${href}/`) === true;

/** Why there is no page, in words. */
export const ProblemPage = ({ chrome, type, detail }: { chrome: Chrome; type: ProblemType; detail: string }) => (
  <Page chrome={chrome} title={PROBLEMS[type].title}>
    <p class="lead">{detail}</p>
    <p class="quiet">{PROBLEMS[type].help}</p>
  </Page>
);
