import assert from "node:assert/strict";
import { isFromOurPages } from "../../../lib/identity/cross_site.ts";

const OURS = "https://folio.example";

const SENT: [secFetchSite: string | null, origin: string | null, isOurs: boolean][] = [
  ["same-origin", null, true],
  ["same-origin", OURS, true],
  ["same-site", null, false],
  ["same-site", OURS, false],
  ["cross-site", null, false],
  ["cross-site", OURS, false],
  ["none", null, false],
  ["none", OURS, false],
  ["", OURS, false],
  ["same-origin, cross-site", OURS, false],
  ["Same-Origin", null, false],
  [null, null, false],
  [null, OURS, true],
  [null, "null", false],
  [null, "", false],
  [null, "http://folio.example", false],
  [null, "https://folio.example:8443", false],
  [null, "https://evil.folio.example", false],
  [null, "https://folio.example.evil.test", false],
  [null, `${OURS}, https://evil.test`, false],
  [null, `${OURS}/`, false],
];

Deno.test("Sec-Fetch-Site decides where it is sent, else Origin", () => {
  for (const [secFetchSite, origin, isOurs] of SENT) {
    assert.equal(isFromOurPages({ secFetchSite, origin }, OURS), isOurs, `${secFetchSite} ${origin}`);
  }
});

Deno.test("of a public address with a path, the origin counts", () => {
  const sent = { secFetchSite: null, origin: "https://folio.example" };
  assert.ok(isFromOurPages(sent, "https://folio.example/base"));
  assert.ok(isFromOurPages(sent, "https://folio.example:443"));
  assert.ok(!isFromOurPages(sent, "https://folio.example:8443"));
});
