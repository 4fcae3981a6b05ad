/**
 * The stylesheets and scripts of the pages, under addresses that change with them.
 *
 * @module
 */
import { Problem } from "../lib/problem.ts";
import { type PageRoute, serveAsset, type StaticAsset, staticAsset } from "./static_asset.ts";

interface Source {
  readonly type: string;
  readonly load: () => Promise<{ default: string | Uint8Array<ArrayBuffer> }>;
}

const css = "text/css; charset=utf-8";
const script = "text/javascript; charset=utf-8";

// Loaded at the first request for a page, so that 2 MB of explorer cost a start nothing.
const sources = {
  "site.css": { type: css, load: () => import("./site.css", { with: { type: "text" } }) },
  "admin.css": { type: css, load: () => import("./admin/admin.css", { with: { type: "text" } }) },
  "forms.css": { type: css, load: () => import("./admin/forms.css", { with: { type: "text" } }) },
  "data.css": { type: css, load: () => import("./admin/data.css", { with: { type: "text" } }) },
  "admin.js": { type: script, load: () => import("./admin/admin.js", { with: { type: "text" } }) },
  "report.css": { type: css, load: () => import("./report/report.css", { with: { type: "text" } }) },
  "explorer.css": { type: css, load: () => import("./explorer.css", { with: { type: "text" } }) },
  "explorer.js": { type: script, load: () => import("./explorer_client.js", { with: { type: "text" } }) },
  "swagger-ui.css": {
    type: css,
    load: () => import("swagger-ui-dist/swagger-ui.css", { with: { type: "bytes" } }),
  },
  "swagger-ui.js": {
    type: script,
    load: () => import("swagger-ui-dist/swagger-ui-bundle.js", { with: { type: "bytes" } }),
  },
} satisfies Record<string, Source>;

const keepForEver = { "cache-control": "public, max-age=31536000, immutable" };

export type SiteFileName = keyof typeof sources;

export interface SiteFiles {
  /** The address of this version of a file: it can be kept for ever. */
  readonly href: (name: SiteFileName) => Promise<string>;
  readonly route: PageRoute;
}

export function siteFiles(): SiteFiles {
  const loaded = new Map<SiteFileName, Promise<StaticAsset>>();

  function asset(name: SiteFileName): Promise<StaticAsset> {
    const source: Source = sources[name];
    const found = loaded.get(name) ?? source.load().then((file) => staticAsset(file.default, source.type));
    loaded.set(name, found);
    return found;
  }

  return {
    href: async (name) => `/static/${(await asset(name)).hash}/${name}`,
    route: {
      path: "/static/:hash/:name",
      handler: async (c) => {
        const { hash = "", name = "" } = c.req.param();
        const file = isName(name) ? await asset(name) : undefined;
        if (file?.hash !== hash) throw new Problem("not-found", `There is no file ${name} in version ${hash}`);
        return await serveAsset(c, file, keepForEver);
      },
    },
  };
}

const isName = (name: string): name is SiteFileName => Object.hasOwn(sources, name);
