import assert from "node:assert/strict";
import { dump, itemsOf } from "../support/answers.ts";
import { asking } from "../support/asking.ts";
import { makeKey, person } from "../support/people.ts";
import { ADMIN_KEY, startService, type TestService } from "../support/service.ts";

const SCOPES = ["portfolios:read", "portfolios:write", "analysis:read", "admin"] as const;
const OURS = { "sec-fetch-site": "same-origin" };

const signIn = (service: TestService, key: string, values = {}, headers: Record<string, string> = OURS) =>
  service.request("/auth/sign-in", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: String(new URLSearchParams({ key, return_to: "/admin/assets", ...values })),
  });

/** Asks as the browser that was given the cookie. */
function browserOf(service: TestService, answer: Response) {
  const [cookie = ""] = answer.headers.getSetCookie();
  return asking(service.request, { ...OURS, cookie: cookie.split(";")[0] ?? "" });
}

Deno.test("the configured key opens the administration in a browser, and signing out closes it", async () => {
  await using service = await startService();
  const page = await (await service.request("/auth/sign-in?return_to=/admin/assets")).text();
  assert.match(
    page,
    /<form method="post" action="\/auth\/sign-in".*name="return_to" value="\/admin\/assets".*type="password"/s,
  );
  const answer = await signIn(service, ` ${ADMIN_KEY} `);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), "/admin/assets");
  assert.match(answer.headers.get("set-cookie") ?? "", /^foliolens=.*Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax/);
  const ask = browserOf(service, answer);
  assert.match(await (await ask("/admin/assets")).text(), /usr_system/);
  assert.ok(!JSON.stringify((await dump(service.kv)).map(({ value }) => value)).includes(ADMIN_KEY));

  const out = await ask("/admin/sign-out", { method: "POST" });
  assert.deepEqual([out.status, out.headers.get("location")], [303, "/"]);
  assert.match(out.headers.get("set-cookie") ?? "", /^foliolens=; Max-Age=0/);
  assert.equal((await ask("/admin/assets")).headers.get("location"), "/auth/sign-in?return_to=%2Fadmin%2Fassets");
});

Deno.test("a session by a key ends with the key, and after half a day", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada", "administrator");
  const [one, other] = [await makeKey(ada, [...SCOPES]), await makeKey(ada, [...SCOPES])];
  const [first, second] = [await signIn(service, one.key), await signIn(service, other.key)];
  const [revoked, aged] = [browserOf(service, first), browserOf(service, second)];
  assert.equal((await revoked("/users")).status, 200);
  await ada.ask(`/api-keys/${one.id}`, { method: "DELETE" });
  assert.equal((await revoked("/users")).status, 401);
  assert.equal((await itemsOf(await ada.ask("/me/sessions"))).length, 2);
  await service.clock.advance(12 * 3_600_000 - 1);
  assert.equal((await aged("/users")).status, 200);
  await service.clock.advance(1);
  assert.equal((await aged("/users")).status, 401);
});

Deno.test("a key that expires sooner ends the session sooner", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada", "administrator");
  const { key } = await makeKey(ada, [...SCOPES], { expires_at: "2021-11-06T12:01:00Z" });
  const answer = await signIn(service, key);
  assert.match(answer.headers.get("set-cookie") ?? "", /Max-Age=60;/);
  const ask = browserOf(service, answer);
  assert.equal((await ask("/users")).status, 200);
  await service.clock.advance(60_000);
  assert.equal((await ask("/users")).status, 401);
});

Deno.test("keys that are unknown, may less, or come from elsewhere: the page says so, and nothing is opened", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada", "administrator");
  const bob = await person(service, "usr_bob");
  const elsewhere = { allowed_origins: ["https://a.example"] };
  const less = await makeKey(ada, SCOPES.filter((scope) => scope !== "portfolios:write"));
  const plain = await makeKey(bob, ["portfolios:read", "portfolios:write", "analysis:read"]);
  const bound = await makeKey(ada, [...SCOPES], elsewhere);
  const before = await dump(service.kv);
  const refused: [Response, number, RegExp][] = [
    [await signIn(service, "flk_unknown"), 401, /The key is not known/],
    [await signIn(service, ""), 401, /not of the form/],
    [await signIn(service, less.key), 403, /every scope/],
    [await signIn(service, plain.key), 403, /every scope/],
    [await signIn(service, bound.key), 403, /may not be used from/],
    [await signIn(service, ADMIN_KEY, {}, { "sec-fetch-site": "cross-site" }), 403, /from pages of/],
    [await signIn(service, ADMIN_KEY, {}, {}), 403, /from pages of/],
    [await signIn(service, ADMIN_KEY, { return_to: "//evil.example" }), 400, /path of this service/],
  ];
  for (const [answer, status, text] of refused) {
    assert.equal(answer.status, status);
    assert.deepEqual(answer.headers.getSetCookie(), []);
    const page = await answer.text();
    assert.match(page, text);
    assert.doesNotMatch(page, /flk_/);
  }
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("the browser's session so far ends, and a plain user's page has a way out", async () => {
  await using service = await startService();
  const bob = await person(service, "usr_bob");
  const page = await bob.ask("/admin/assets");
  assert.equal(page.status, 403);
  assert.match(await page.text(), /action="\/admin\/sign-out"/);
  const ada = await person(service, "usr_ada", "administrator");
  const { key } = await makeKey(ada, [...SCOPES]);
  await signIn(service, key, {}, { ...OURS, cookie: bob.cookie });
  assert.equal((await bob.ask("/me")).status, 401);
  const sessions = await itemsOf(await service.admin("/user-sessions"));
  assert.deepEqual(sessions.map(({ user }) => user), ["usr_ada", "usr_ada"]);
});

Deno.test("whoever tries keys waits, as with any sign-in", async () => {
  await using service = await startService({ env: { RATE_LIMIT_PER_MINUTE: "600" } });
  const statuses = new Set<number>();
  for (let i = 0; i < 40; i++) statuses.add((await signIn(service, `flk_guess${i}`)).status);
  assert.deepEqual([...statuses], [401, 429]);
});
