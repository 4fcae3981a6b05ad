import assert from "node:assert/strict";
import { PROBLEMS } from "../../lib/problem.ts";
import { assertProblem } from "../support/answers.ts";
import { startService } from "../support/service.ts";

const namedFiles = (html: string) =>
  [...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, path]) => path ?? "");

Deno.test("/ and /docs: 200, HTML under a policy without unsafe- or other origins", async () => {
  await using app = await startService();
  for (const path of ["/", "/docs"]) {
    const answer = await app.request(path);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(answer.headers.get("x-request-id") ?? "", /^request-/);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe-|https?:|\*/);
    const html = await answer.text();
    assert.match(html, /^<!doctype html><html lang="en">/);
    assert.doesNotMatch(html, /<style|<script>|style="|https?:\/\//);
  }
});

Deno.test("/static: 200 for every file that the pages name, to keep for ever", async () => {
  await using app = await startService();
  for (const path of ["/", "/docs"]) {
    const files = namedFiles(await (await app.request(path)).text());
    assert.ok(files.length > 0, path);
    for (const file of files) {
      const answer = await app.request(file);
      assert.equal(answer.status, 200, file);
      assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
      assert.match(
        answer.headers.get("content-type") ?? "",
        file.endsWith(".css") ? /^text\/css/ : /^text\/javascript/,
      );
      assert.ok((await answer.bytes()).length > 100);
    }
  }
});

Deno.test("/static: compressed for whoever accepts it, and the same file", async () => {
  await using app = await startService();
  const [file = ""] = namedFiles(await (await app.request("/docs")).text());
  const plain = await app.request(file, { headers: { "accept-encoding": "br, gzip;q=0" } });
  assert.equal(plain.headers.get("content-encoding"), null);
  const packed = await app.request(file, { headers: { "accept-encoding": "br, gzip;q=0.8" } });
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.equal(packed.headers.get("vary"), "accept-encoding");
  const unpacked = new Response(packed.body?.pipeThrough(new DecompressionStream("gzip")));
  assert.deepEqual(await unpacked.bytes(), await plain.bytes());
});

Deno.test("/static: 404 for another version, an unknown file and a name from the prototype", async () => {
  await using app = await startService();
  const [file = ""] = namedFiles(await (await app.request("/")).text());
  const hash = file.split("/")[2];
  for (const path of ["/static/0000000000000000/site.css", `/static/${hash}/site.js`, `/static/${hash}/constructor`]) {
    const answer = await app.request(path);
    assert.equal(answer.status, 404, path);
    assert.equal((await answer.json()).instance, path);
  }
});

Deno.test("/docs: 304 for the version that the browser has", async () => {
  await using app = await startService();
  const first = await app.request("/docs");
  await first.body?.cancel();
  const second = await app.request("/docs", { headers: { "if-none-match": first.headers.get("etag") ?? "" } });
  assert.equal(second.status, 304);
  assert.equal(await second.text(), "");
});

Deno.test("/favicon.svg and /favicon.ico: 200, the same drawing", async () => {
  await using app = await startService();
  const [svg, ico] = await Promise.all(["/favicon.svg", "/favicon.ico"].map((path) => app.request(path)));
  assert.equal(svg?.status, 200);
  assert.equal(svg?.headers.get("content-type"), "image/svg+xml");
  assert.equal(await svg?.text(), await ico?.text());
});

Deno.test("/problems/{type}: 200 for every type that a problem can have, with what to do about it", async () => {
  await using app = await startService();
  const list = await (await app.request("/problems")).text();
  for (const [type, { title }] of Object.entries(PROBLEMS)) {
    const answer = await app.request(`/problems/${type}`);
    assert.equal(answer.status, 200, type);
    assert.match(await answer.text(), new RegExp(`<h1>${title}</h1>`));
    assert.ok(list.includes(`href="/problems/${type}"`), type);
  }
  assert.equal((await app.request("/problems/unknown")).status, 404);
});

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const PREFER_PAGES = [BROWSER, "text/html", "TEXT/*, application/*;q=0.9", "text/html, application/problem+json"];
const PREFER_PROBLEMS = [
  ...["*/*", "application/json, text/plain, */*", "application/problem+json, text/html", "image/avif"],
  ...["application/json, text/html;q=0.9", "text/html;q=0.5, */*", "text/html;q=0", "text/html;q=0, */*;q=0", ""],
];

Deno.test("an address where nothing is: 404, a page for whoever prefers one and a problem for all others", async () => {
  await using app = await startService();
  for (const path of ["/nope", "/report/999999", "/problems/nope", "/portfolios/1/nope/<script>"]) {
    for (const accept of PREFER_PAGES) {
      const answer = await app.request(path, { headers: { accept } });
      assert.equal(answer.status, 404, accept);
      assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8", accept);
      assert.equal(answer.headers.get("vary"), "Accept");
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.match(
        answer.headers.get("content-security-policy") ?? "",
        /^default-src 'none'; .*frame-ancestors 'none'/,
      );
      const html = await answer.text();
      assert.match(html, /^<!doctype html>.*<h1>The resource does not exist<\/h1>.*<a class="button first" href="\/">/);
      assert.ok(html.includes(answer.headers.get("x-request-id") ?? "none") && !html.includes("<script>"));
    }
    for (const accept of PREFER_PROBLEMS) {
      const answer = await app.request(path, { headers: { accept } });
      assert.equal(answer.headers.get("vary"), "Accept", accept);
      assert.equal((await assertProblem(answer, "not-found"))["detail"], "There is nothing under this path");
    }
  }
  const head = await app.request("/nope", { method: "HEAD", headers: { accept: BROWSER } });
  assert.deepEqual([head.status, head.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
});

Deno.test("an operation of the API answers a browser as it answers everybody", async () => {
  await using app = await startService();
  const asked = [["GET", "/portfolios/999"], ["GET", "/portfolios/999/report"], ["GET", "/assets/NOPE"]] as const;
  for (const [method, path] of [...asked, ["GET", "/portfolios/nope"], ["GET", "/users/nobody/"]] as const) {
    const shown = async (headers: HeadersInit) => {
      const answer = await app.admin(path, { method, headers });
      const headersOf = { ...Object.fromEntries(answer.headers), "x-request-id": "", "ratelimit": "" };
      return [answer.status, headersOf, (await answer.text()).replaceAll(/request-\d+/g, "")];
    };
    assert.deepEqual(await shown({ accept: BROWSER }), await shown({}), path);
  }
  const refused = await app.request("/livez", { method: "PUT", headers: { accept: BROWSER } });
  await assertProblem(refused, "method-not-allowed");
});
