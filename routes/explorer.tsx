import type { SiteFiles } from "./site_files.ts";
import { pagePolicy } from "./security_headers.ts";
import { Frame, servePage } from "./site_page.tsx";
import type { PageRoute } from "./static_asset.ts";

const policy = pagePolicy({
  "script-src": "'self'",
  "connect-src": "'self'",
  // The arrows in Swagger UI's stylesheet are data: images.
  "img-src": "'self' data:",
});

export const explorerRoute = (files: SiteFiles): PageRoute => ({
  path: "/docs",
  handler: servePage(() => explorerPage(files), policy),
});

async function explorerPage(files: SiteFiles) {
  const [vendorStyle, siteStyle, style, vendorScript, script] = await Promise.all([
    files.href("swagger-ui.css"),
    files.href("site.css"),
    files.href("explorer.css"),
    files.href("swagger-ui.js"),
    files.href("explorer.js"),
  ]);
  return (
    <Frame
      title="Foliolens API explorer"
      description="Every operation of the Foliolens API, to read and to try."
      styles={[vendorStyle, siteStyle, style]}
      scripts={[vendorScript, script]}
    >
      <main id="explorer" class="explorer">
        <p class="note">
          The explorer needs JavaScript. The same is in <a href="/openapi.json">openapi.json</a>.
        </p>
      </main>
    </Frame>
  );
}
