/**
 * The whole sign-in with a certified OpenID provider, which is a process of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertProblem, bodyOf, dump, itemsOf } from "../support/answers.ts";
import { asking } from "../support/asking.ts";
import { CLIENT, type OidcProvider, startOidcProvider } from "../support/oidc_provider.ts";
import { startService, type TestService, type TestServiceOptions } from "../support/service.ts";
import { userAgent } from "../support/user_agent.ts";

const CALLBACK = "/auth/callback/oidc";
const START = { redirectUri: `http://localhost:8000${CALLBACK}` };

function startSigning({ issuer }: OidcProvider, env = {}, options: TestServiceOptions = {}): Promise<TestService> {
  // The provider's clock is the machine's.
  const now = new Date().toISOString();
  return startService({ now, fetch, env: { OIDC_ISSUER: issuer, ...CLIENT, ...env }, ...options });
}

interface Begun {
  readonly url: string;
  /** What the browser keeps of it. */
  readonly cookie: string;
}

async function begin(service: TestService, returnTo = "/docs", headers = {}): Promise<Begun> {
  const query = new URLSearchParams({ provider: "oidc", return_to: returnTo });
  const answer = await service.request(`/auth/sign-in?${query}`, { headers });
  assert.equal(answer.status, 302, await answer.text());
  return { url: answer.headers.get("location") ?? "", cookie: cookieIn(answer, "foliolens-sign-in") };
}

/** The cookie that an answer sets, as the browser sends it back. */
function cookieIn(answer: Response, name: string): string {
  const found = answer.headers.getSetCookie().find((cookie) => new RegExp(`^(__Host-)?${name}=`).test(cookie));
  assert.ok(found, `${name} is not set`);
  return found.split(";")[0] ?? "";
}

const comeBack = (service: TestService, { pathname, search }: URL, cookie: string) =>
  service.request(`${pathname}${search}`, { headers: { cookie, "user-agent": "Test browser" } });

async function signIn(service: TestService, issuer: string, login: string, session = ""): Promise<Response> {
  const { url, cookie } = await begin(service);
  return await comeBack(service, await userAgent(issuer).signIn(url, login), `${session}; ${cookie}`);
}

async function assertPage(answer: Response, status: number, text: RegExp): Promise<void> {
  const page = await answer.text();
  assert.equal(answer.status, status, page);
  assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.match(page, text);
  assert.ok(page.includes(answer.headers.get("x-request-id") ?? "?"));
  assert.deepEqual(answer.headers.getSetCookie().filter((cookie) => cookie.startsWith("foliolens=")), []);
}

const asBrowser = (service: TestService, cookie: string) =>
  asking(service.request, { cookie, "sec-fetch-site": "same-origin" });

Deno.test("sign-in: to the provider with PKCE, state and nonce, and back with a session that works until sign-out", async () => {
  await using provider = await startOidcProvider(START);
  await using service = await startSigning(provider);
  const begun = await begin(service, "/docs?x=1");
  const { origin, searchParams } = new URL(begun.url);
  assert.equal(origin, provider.issuer);
  const { state = "", nonce = "", code_challenge: challenge = "", ...asked } = Object.fromEntries(searchParams);
  assert.deepEqual(asked, {
    ...{
      client_id: "foliolens",
      response_type: "code",
      redirect_uri: START.redirectUri,
      code_challenge_method: "S256",
    },
    scope: "openid email profile",
  });
  for (const random of [state, nonce, challenge]) assert.match(random, /^[\w-]{43}$/);
  const answer = await comeBack(service, await userAgent(provider.issuer).signIn(begun.url, "ada"), begun.cookie);
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.get("location"), "/docs?x=1");
  const [session = "", cleared = ""] = answer.headers.getSetCookie();
  assert.match(session, /^foliolens=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.match(cleared, /^foliolens-sign-in=; Max-Age=0;/);
  const ask = asBrowser(service, cookieIn(answer, "foliolens"));
  const me = await bodyOf(await ask("/me"));
  assert.deepEqual([me["email"], me["name"], me["role"]], ["ada@example.com", "ada of Example", "user"]);
  assert.deepEqual((await itemsOf(await ask("/me/sessions"))).map((one) => one["user_agent"]), ["Test browser"]);
  const out = await ask("/auth/sign-out", { method: "POST" });
  assert.equal(out.status, 204);
  assert.match(out.headers.getSetCookie().join(), /^foliolens=; Max-Age=0;/);
  await assertProblem(await ask("/me"), "unauthorized");
});

Deno.test("the same subject is the same user, another one another, whatever their addresses", async () => {
  await using provider = await startOidcProvider(START);
  await using service = await startSigning(provider);
  const idOf = async (login: string) =>
    (await bodyOf(
      await asBrowser(service, cookieIn(await signIn(service, provider.issuer, login), "foliolens"))("/me"),
    ))["id"];
  const ada = await idOf("ada");
  assert.equal(await idOf("ada"), ada);
  assert.notEqual(await idOf("bob"), ada);
});

Deno.test("session fixation: a sign-in gives a new session, and ends the one that the browser brought along", async () => {
  await using provider = await startOidcProvider(START);
  await using service = await startSigning(provider);
  const planted = "foliolens=planted-by-somebody-else-0123456789-abcdefg";
  const first = cookieIn(await signIn(service, provider.issuer, "ada", planted), "foliolens");
  assert.notEqual(first, planted);
  await assertProblem(await asBrowser(service, planted)("/me"), "unauthorized");
  const second = cookieIn(await signIn(service, provider.issuer, "ada", first), "foliolens");
  assert.notEqual(second, first);
  await assertProblem(await asBrowser(service, first)("/me"), "unauthorized");
  assert.equal((await asBrowser(service, second)("/me")).status, 200);
});

Deno.test("on https the cookies are bound to the host and sent on https alone", async () => {
  await using provider = await startOidcProvider({ redirectUri: `https://folio.example${CALLBACK}` });
  await using service = await startSigning(provider, { PUBLIC_URL: "https://folio.example" });
  const answer = await signIn(service, provider.issuer, "ada");
  const [session = "", cleared = ""] = answer.headers.getSetCookie();
  assert.match(session, /^__Host-foliolens=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  assert.match(cleared, /^__Host-foliolens-sign-in=;/);
  const secret = session.split(/[=;]/)[1];
  const me = (name: string) => service.request("/me", { headers: { cookie: `${name}=${secret}` } });
  assert.equal((await me("__Host-foliolens")).status, 200);
  await assertProblem(await me("foliolens"), "unauthorized");
});

Deno.test("what goes wrong with a callback: a page with the status and the request id, and no session", async (t) => {
  await using provider = await startOidcProvider(START);
  await using service = await startSigning(provider);
  const { issuer } = provider;
  await t.step("consent denied: 403", async () => {
    const { url, cookie } = await begin(service);
    await assertPage(await comeBack(service, await userAgent(issuer).decline(url, "ada"), cookie), 403, /declined/);
  });
  await t.step("a callback that is sent again: 400", async () => {
    const { url, cookie } = await begin(service);
    const back = await userAgent(issuer).signIn(url, "ada");
    assert.equal((await comeBack(service, back, cookie)).status, 302);
    await assertPage(await comeBack(service, back, cookie), 400, /has ended already/);
  });
  await t.step("of two at once, one counts", async () => {
    const { url, cookie } = await begin(service);
    const back = await userAgent(issuer).signIn(url, "ada");
    const answers = await Promise.all([comeBack(service, back, cookie), comeBack(service, back, cookie)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [302, 400]);
  });
  await t.step("another state, none, or another browser: 400, and the sign-in goes on where it was begun", async () => {
    const { url, cookie } = await begin(service);
    const back = await userAgent(issuer).signIn(url, "ada");
    const changed = new URL(back);
    changed.searchParams.set("state", "A".repeat(43));
    const without = new URL(back);
    without.searchParams.delete("state");
    for (const wrong of [changed, without]) {
      await assertPage(await comeBack(service, wrong, cookie), 400, /in this browser/);
    }
    await assertPage(await comeBack(service, back, ""), 400, /in this browser/);
    await assertPage(await comeBack(service, back, (await begin(service)).cookie), 400, /in this browser/);
    assert.equal((await comeBack(service, back, cookie)).status, 302);
  });
  await t.step("another issuer's name beside the code (RFC 9207), or a code that is none: 502 and 400", async () => {
    const other = await begin(service);
    const mixedUp = await userAgent(issuer).signIn(other.url, "ada");
    mixedUp.searchParams.set("iss", "https://other.example");
    await assertPage(await comeBack(service, mixedUp, other.cookie), 502, /cannot be used/);
    const { url, cookie } = await begin(service);
    const back = await userAgent(issuer).signIn(url, "ada");
    back.searchParams.set("code", "made-up");
    await assertPage(await comeBack(service, back, cookie), 400, /does not know this sign-in/);
  });
  await t.step("expired: 400", async () => {
    const { url, cookie } = await begin(service);
    const back = await userAgent(issuer).signIn(url, "ada");
    await service.clock.advance(600_000);
    await assertPage(await comeBack(service, back, cookie), 400, /has expired/);
  });
  await t.step("another provider's callback: 404", async () => {
    await assertPage(await service.request("/auth/callback/github?code=x&state=y"), 404, /not configured/);
  });
});

Deno.test("a provider that is down: 503 with Retry-After; one that is none: 502", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using down = await startSigning({ issuer: `http://127.0.0.1:${port}` } as OidcProvider);
  const answer = await down.request("/auth/sign-in?provider=oidc");
  assert.equal(answer.headers.get("retry-after"), "30");
  await assertPage(answer, 503, /does not answer/);
  for (const said of ["<html>", "{}", '{"issuer":"https://other.example"}', "x".repeat(2 * 1024 * 1024)]) {
    const nonsense = () => Promise.resolve(new Response(said, { headers: { "content-type": "application/json" } }));
    await using odd = await startSigning({ issuer: "https://id.example" } as OidcProvider, {}, { fetch: nonsense });
    await assertPage(await odd.request("/auth/sign-in?provider=oidc"), 502, /cannot be used/);
  }
});

Deno.test("clock skew: a token of an hour is taken half a minute after its end, and not later", async () => {
  for (const [skewSeconds, status] of [[600, 302], [-600, 302], [-3_610, 302], [-3_700, 502]] as const) {
    await using provider = await startOidcProvider({ ...START, skewSeconds });
    await using service = await startSigning(provider);
    assert.equal((await signIn(service, provider.issuer, "ada")).status, status, `${skewSeconds} s`);
  }
});

Deno.test("ADMIN_EMAILS: administrators when they sign in, by a verified address alone, whatever its case", async () => {
  await using provider = await startOidcProvider(START);
  await using service = await startSigning(provider, { ADMIN_EMAILS: "Ada@Example.com, eve@example.com" });
  const roleOf = async (login: string) =>
    (await bodyOf(
      await asBrowser(service, cookieIn(await signIn(service, provider.issuer, login), "foliolens"))("/me"),
    ))["role"];
  assert.deepEqual([await roleOf("ada"), await roleOf("eve"), await roleOf("bob")], ["administrator", "user", "user"]);
  const entries = await itemsOf(await service.admin("/audit"));
  assert.deepEqual(entries.map(({ actor, action }) => [actor, action]), [["usr_system", "change role"]]);
});

Deno.test("no secret of the whole flow is in the store or in a line of the log", async () => {
  await using provider = await startOidcProvider(START);
  await using service = await startSigning(provider);
  const begun = await begin(service);
  const back = await userAgent(provider.issuer).signIn(begun.url, "ada");
  const { searchParams: sent } = new URL(begun.url);
  const midway = JSON.stringify((await dump(service.kv)).map(({ key, value }) => [key, value]));
  const answer = await comeBack(service, back, begun.cookie);
  const session = cookieIn(answer, "foliolens");
  const body = { name: "x", scopes: ["portfolios:read"] };
  const { key } = await bodyOf(await asBrowser(service, session)("/api-keys", { method: "POST", body }), 201);
  await service.request("/portfolios", { headers: { authorization: `Bearer ${key}` } });
  await comeBack(service, back, begun.cookie);
  await service.services.uses.flush();
  const secrets = [
    ...[sent.get("state"), sent.get("nonce"), back.searchParams.get("code"), key, CLIENT.OIDC_CLIENT_SECRET],
    ...[session, begun.cookie].map((cookie) => cookie.split("=")[1]),
  ].map((secret) => String(secret));
  const kept = `${midway}${JSON.stringify((await dump(service.kv)).map(({ key, value }) => [key, value]))}`;
  const said = JSON.stringify(service.logged);
  for (const secret of secrets) {
    assert.ok(secret.length > 30);
    assert.ok(!kept.includes(secret), "stored in clear");
    assert.ok(!said.includes(secret), "logged");
  }
});

/** The provider, but for what it says at one of its addresses. */
const saying =
  (path: string, said: (answer: Response) => Promise<Response> | Response): typeof fetch => async (url, init) => {
    const answer = await fetch(url, init);
    return String(url).endsWith(path) ? await said(answer) : answer;
  };

const withClaims = (token: string, claims: Record<string, unknown>): string => {
  const [header, payload = "", signature] = token.split(".");
  const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const changed = btoa(JSON.stringify({ ...JSON.parse(text), ...claims }));
  return [header, changed.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), signature].join(".");
};

Deno.test("an identity token that was changed under its signature, or signed by nobody who is known: 502, and no session", async () => {
  await using provider = await startOidcProvider(START);
  const forging = saying("/token", async (answer) => {
    const tokens = await answer.json();
    return Response.json({
      ...tokens,
      id_token: withClaims(tokens.id_token, { sub: "bob", email: "ada@example.com" }),
    });
  });
  const keyless = saying("/jwks", async (answer) => (await answer.body?.cancel(), Response.json({ keys: [] })));
  for (const fetch of [forging, keyless]) {
    await using service = await startSigning(provider, {}, { fetch });
    await assertPage(await signIn(service, provider.issuer, "ada"), 502, /cannot be used/);
    assert.deepEqual((await dump(service.kv)).filter(({ key }) => key[0] === "users"), []);
  }
});
