/**
 * What a person meets in a browser.
 *
 * @module
 */
import { explorerRoute } from "./explorer.tsx";
import { homeRoute } from "./home.tsx";
import favicon from "./site_favicon.svg" with { type: "text" };
import { problemPages } from "./problem_pages.tsx";
import type { SiteFiles } from "./site_files.ts";
import { type PageRoute, serveAsset, staticAsset } from "./static_asset.ts";

/** `/`, `/docs`, the pages that problems lead to, and what they all load. */
export function siteRoutes(files: SiteFiles): PageRoute[] {
  return [homeRoute(files), explorerRoute(files), ...problemPages(files), files.route, ...faviconRoutes()];
}

function faviconRoutes(): PageRoute[] {
  const icon = staticAsset(favicon, "image/svg+xml");
  const own = { "cache-control": "public, max-age=86400" };
  // Browsers ask for the .ico by themselves where an answer, JSON for one, names no icon.
  return ["/favicon.svg", "/favicon.ico"].map((path) => ({
    path,
    handler: (c) => serveAsset(c, icon, own),
  }));
}
