import { type Problem, type ProblemKind, PROBLEMS } from "../lib/problem.ts";
import type { SiteFiles } from "./site_files.ts";
import { pagePolicy } from "./security_headers.ts";
import { Frame, servePage } from "./site_page.tsx";
import type { PageRoute } from "./static_asset.ts";

/** A page for each `type` that a problem can have (RFC 9457, 3.1.1), and one that lists them. */
export const problemPages = (files: SiteFiles): PageRoute[] => [
  page("/problems", () => listPage(files)),
  ...Object.entries(PROBLEMS).map(([type, kind]) => page(`/problems/${type}`, () => kindPage(files, type, kind))),
];

const page = (path: string, render: () => Promise<unknown>): PageRoute => ({
  path,
  handler: servePage(render, pagePolicy()),
});

async function listPage(files: SiteFiles) {
  return (
    <Frame
      title="Problems: Foliolens"
      description="What can go wrong, and what to do about it."
      styles={[await files.href("site.css")]}
    >
      <main class="home">
        <h1>Problems</h1>
        <p class="lead">
          Every error of the API is answered as problem details (RFC 9457). Its <code>type</code>{" "}
          leads to one of these pages.
        </p>
        <h2>Types</h2>
        <ul class="links">
          {Object.entries(PROBLEMS).map(([type, { status, title }]) => (
            <li>
              <a href={`/problems/${type}`}>{type}</a>
              <span>{`${status}: ${title}`}</span>
            </li>
          ))}
        </ul>
      </main>
    </Frame>
  );
}

async function kindPage(files: SiteFiles, type: string, { status, title, help }: ProblemKind) {
  return (
    <Frame title={`${title}: Foliolens`} description={help} styles={[await files.href("site.css")]}>
      <main class="home">
        <h1>{title}</h1>
        <p class="lead">{help}</p>
        <p>
          Status {status}, type <code>{`/problems/${type}`}</code>. <a href="/problems">All problems</a>
        </p>
      </main>
    </Frame>
  );
}

/** Where to go on from a problem. */
interface WayOn {
  readonly href: string;
  readonly text: string;
}

/** What went wrong, for somebody who sees a page and not an answer. */
export async function problemPage(
  files: SiteFiles,
  { type, detail }: Problem,
  requestId: string,
  ways: readonly WayOn[],
) {
  const { status, title } = PROBLEMS[type];
  return (
    <Frame title={`${title}: Foliolens`} description={title} styles={[await files.href("site.css")]}>
      <main class="home">
        <h1>{title}</h1>
        <p class="lead">{detail}.</p>
        <p class="actions">
          {ways.map(({ href, text }, i) => <a class={i === 0 ? "button first" : "button"} href={href}>{text}</a>)}
        </p>
        <p>
          Status {status}, request <code>{requestId}</code>.{" "}
          <a href={`/problems/${type}`}>More of this kind of problem</a>
        </p>
      </main>
    </Frame>
  );
}
