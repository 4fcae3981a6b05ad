import assert from "node:assert/strict";
import { openBrowser, openPage } from "./support/browser.ts";

const page = `<!doctype html><html lang="en"><title>Faulty</title><link rel="icon" href="data:,">
<p style="color: red">Faulty</p><script>document.title = "ran"</script><script src="/faulty.js"></script>`;
const script = `console.error("complained"); fetch("http://127.0.0.2:9/").catch(() => {}); throw new Error("thrown");`;

function faultySite(): Deno.HttpServer<Deno.NetAddr> {
  const policy = { "content-security-policy": "default-src 'self'; img-src data:" };
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const isScript = new URL(request.url).pathname === "/faulty.js";
    const headers = { "content-type": isScript ? "text/javascript" : "text/html; charset=utf-8", ...policy };
    return new Response(isScript ? script : page, { headers });
  });
}

// The browser's own connections outlive a step, so the sanitizers cannot hold here.
Deno.test("a watched page tells of every fault", { sanitizeOps: false, sanitizeResources: false }, async () => {
  await using server = faultySite();
  await using browser = await openBrowser();
  await using opened = await openPage(browser, `http://127.0.0.1:${server.addr.port}`);
  await opened.page.goto("/", { waitUntil: "networkidle" });
  const told = opened.complaints.join("\n");
  for (
    const fault of [
      "style-src-attr",
      "script-src-elem",
      "connect-src",
      "console error: complained",
      "exception: thrown",
    ]
  ) {
    assert.ok(told.includes(fault), `${fault} is not in:\n${told}`);
  }
});
