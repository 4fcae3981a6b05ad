import assert from "node:assert/strict";
import { startService } from "../../support/service.ts";
import { noticeOf, postTo } from "./support.ts";

Deno.test("what was done is said once, by a cookie of the site's own; an address can have nothing said", async () => {
  await using app = await startService();
  const added = await postTo(app.admin, "/admin/add/assets", { "/symbol": "ONE", "/name": "One" });
  const [cookie = ""] = added.headers.getSetCookie();
  assert.match(cookie, /^foliolens-notice=ONE%20was%20added; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax$/);
  const next = () =>
    app.admin(added.headers.get("location") ?? "", { headers: { cookie: cookie.split(";")[0] ?? "" } });
  const shown = await next();
  assert.match(await shown.text(), /<p class="notice" role="status">ONE was added<\/p>/);
  assert.match(shown.headers.getSetCookie().join(), /^foliolens-notice=; Max-Age=0; /);
  const madeUp = await app.admin("/admin/assets?notice=Your%20key%20has%20expired");
  const text = await madeUp.text();
  assert.doesNotMatch(text, /has expired|class="notice"/);
  assert.deepEqual(madeUp.headers.getSetCookie(), []);
  const evil = await app.admin("/admin/assets", { headers: { cookie: "foliolens-notice=%3Cscript%3E" } });
  assert.match(await evil.text(), /<p class="notice" role="status">&lt;script&gt;<\/p>/);
});

Deno.test("a notice is as long as a cookie may be, whatever it is made of", async () => {
  await using app = await startService();
  const ids = Array.from({ length: 60 }, (_, i) => `\u{1F4B0}${"\u20AC".repeat(15)}${i}`);
  const answer = await postTo(app.admin, "/admin/actions/assets", { action: "delete", sure: "yes", id: ids });
  const [cookie = ""] = answer.headers.getSetCookie();
  assert.ok(cookie.length < 4_000, String(cookie.length));
  assert.match(noticeOf(answer) ?? "", /^Delete: 0 done, 60 refused; .*\u2026$/);
});
