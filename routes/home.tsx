import type { SiteFiles } from "./site_files.ts";
import { pagePolicy } from "./security_headers.ts";
import { Frame, servePage } from "./site_page.tsx";
import type { PageRoute } from "./static_asset.ts";

const links = [
  { href: "/portfolios/1/sectors", text: "the demo portfolio, by sector" },
  { href: "/portfolios/2/report", text: "a report, for a reader: value, performance, risk" },
  { href: "/portfolios", text: "public portfolios" },
  { href: "/assets", text: "what can be held, with its newest price" },
  { href: "/market/status", text: "how fresh the prices are" },
  { href: "/admin", text: "the administration, for who has signed in as an administrator" },
  { href: "/openapi.json", text: "the API, as OpenAPI 3.1" },
  { href: "/livez", text: "is the process up" },
  { href: "/readyz", text: "can it answer" },
];

export const homeRoute = (files: SiteFiles): PageRoute => ({
  path: "/",
  handler: servePage(() => homePage(files), pagePolicy()),
});

async function homePage(files: SiteFiles) {
  return (
    <Frame
      title="Foliolens: portfolio analysis"
      description="What a portfolio is worth, and how it is spread over sectors."
      styles={[await files.href("site.css")]}
    >
      <main class="home">
        <h1>See through a portfolio.</h1>
        <p class="lead">
          Foliolens keeps portfolios and the market's daily prices, and answers over HTTP what a portfolio is worth and
          how it is spread over sectors. Every number says which day and which prices it comes from, and sectors always
          add up to the portfolio.
        </p>
        <p class="actions">
          <a class="button first" href="/docs">Explore the API</a>
          <a class="button" href="/portfolios/1/sectors">See the demo portfolio</a>
        </p>
        <h2>Start here</h2>
        <ul class="links">
          {links.map(({ href, text }) => (
            <li>
              <a href={href}>{href}</a>
              <span>{text}</span>
            </li>
          ))}
        </ul>
      </main>
    </Frame>
  );
}
