import assert from "node:assert/strict";
import { offerSetUp } from "../../lib/identity/set_up.ts";
import { assertProblem, bodyOf, dump, itemsOf } from "../support/answers.ts";
import { GITHUB_CLIENT, githubStandIn } from "../support/github_stand_in.ts";
import { person } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";

const signing = () => startService({ fetch: githubStandIn().fetch, env: GITHUB_CLIENT });

async function pageOf(answer: Response, status = 200): Promise<string> {
  const page = await answer.text();
  assert.equal(answer.status, status, page);
  assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'; .*frame-ancestors 'none'/);
  return page;
}

Deno.test("GET /auth/sign-in: a page that offers who is configured, or says that nobody is", async () => {
  await using service = await signing();
  const page = await pageOf(await service.request("/auth/sign-in?return_to=/docs"));
  assert.ok(page.includes("http://localhost:8000/auth/sign-in?provider=github&amp;return_to=%2Fdocs"));
  assert.ok(!page.includes("provider=oidc"));
  const ada = await person(service, "usr_ada");
  assert.match(await pageOf(await ada.ask("/auth/sign-in")), /signed in as <code>usr_ada/);
  await using without = await startService();
  assert.match(await pageOf(await without.request("/auth/sign-in")), /Nobody is configured/);
  await pageOf(await without.request("/auth/sign-in?provider=github"), 404);
  await pageOf(await service.request("/auth/sign-in?provider=__proto__"), 404);
});

const ELSEWHERE = [
  ...[
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "evil.example",
    "",
  ],
  ...[
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "/%0d%0a".replaceAll("%0d%0a", "\r\n"),
  ],
  ...["/docs\r\nset-cookie: foliolens=planted", "/\u2028", "/é", `/${"a".repeat(2_000)}`],
];

Deno.test("open redirect and header injection: a return path that leads elsewhere is refused before anything is begun", async () => {
  await using service = await signing();
  const before = await dump(service.kv);
  for (const returnTo of ELSEWHERE) {
    for (const provider of [{}, { provider: "github" }]) {
      const query = new URLSearchParams({ ...provider, return_to: returnTo });
      const answer = await service.request(`/auth/sign-in?${query}`);
      assert.equal(answer.headers.get("location"), null);
      assert.deepEqual(answer.headers.getSetCookie(), []);
      await pageOf(answer, 400);
    }
  }
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("what is said on a page is text, whatever it looks like", async () => {
  await using service = await signing();
  const script = "<script>alert(1)</script>";
  const query = new URLSearchParams({ return_to: `/${script.replaceAll("\\", "")}` });
  assert.ok(!(await pageOf(await service.request(`/auth/sign-in?${query}`))).includes("<script>alert"));
});

Deno.test("POST /auth/sign-out: 401 for a stranger; a key goes on", async () => {
  await using service = await startService();
  await assertProblem(await service.request("/auth/sign-out", { method: "POST" }), "unauthorized");
  assert.equal((await service.admin("/auth/sign-out", { method: "POST" })).status, 204);
  assert.equal((await service.admin("/me")).status, 200);
});

const use = (service: TestService, token: string, headers = {}) =>
  service.request("/auth/set-up", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams({ token }).toString(),
  });

const offered = async ({ services }: TestService) => await offerSetUp(services, { adminApiKey: undefined }) ?? "";

Deno.test("set-up: without any sign-in, a first administrator with a key that is shown once; the link works once", async () => {
  await using service = await startService();
  const token = await offered(service);
  assert.ok(!JSON.stringify((await dump(service.kv)).map(({ value }) => value)).includes(token));
  const open = (secret: string) => service.request(`/auth/set-up?token=${secret}`);
  const before = await dump(service.kv);
  await pageOf(await open("wrong"), 403);
  const answer = await open(token);
  assert.match(answer.headers.get("content-security-policy") ?? "", /form-action 'self'/);
  assert.match(await pageOf(answer), /<form method="post" action="\/auth\/set-up">/);
  await pageOf(await use(service, "wrong"), 403);
  assert.deepEqual(await dump(service.kv), before);
  const [one, other] = await Promise.all([use(service, token), use(service, token)]);
  const pages = [one, other].toSorted((a, b) => a.status - b.status);
  assert.ok([403, 503].includes(pages[1]?.status ?? 0));
  const [, key] = /<code id="key">(flk_[\w-]{43})</.exec(await pageOf(pages[0] ?? new Response())) ?? [];
  const headers = { authorization: `Bearer ${key}` };
  const me = await bodyOf(await service.request("/me", { headers }));
  assert.deepEqual([me["role"], me["email"]], ["administrator", null]);
  const [entry] = await itemsOf(await service.request("/audit", { headers }));
  assert.deepEqual([entry?.["action"], entry?.["owner"]], ["set up", me["id"]]);
  await pageOf(await use(service, token), 403);
  assert.equal(await offerSetUp(service.services, { adminApiKey: undefined }), undefined);
});

Deno.test("set-up: where one can sign in, whoever has; nobody else, and not after a day", async () => {
  await using service = await signing();
  const token = await offered(service);
  await pageOf(await service.request(`/auth/set-up?token=${token}`), 401);
  await pageOf(await use(service, token), 401);
  const ada = await person(service, "usr_ada");
  const own = { cookie: ada.cookie, "sec-fetch-site": "same-origin" };
  assert.match(await pageOf(await service.request(`/auth/set-up?token=${token}`, { headers: own })), /usr_ada/);
  await service.clock.advance(86_400_000);
  await pageOf(await use(service, token, own), 403);
  await pageOf(await use(service, await offered(service), own));
  assert.equal((await bodyOf(await ada.ask("/me")))["role"], "administrator");
});

Deno.test("set-up: no link where there is a configured key, and earlier links end", async () => {
  await using service = await startService();
  const [first, second] = [await offered(service), await offered(service)];
  await pageOf(await use(service, first), 403);
  assert.equal(await offerSetUp(service.services, { adminApiKey: "configured" }), undefined);
  await pageOf(await use(service, second), 403);
});
