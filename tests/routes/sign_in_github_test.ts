import assert from "node:assert/strict";
import { bodyOf } from "../support/answers.ts";
import { GITHUB_CLIENT, type GithubStandIn, githubStandIn, type GithubUser } from "../support/github_stand_in.ts";
import { startService, type TestService } from "../support/service.ts";

const ADA: GithubUser = {
  ...{ id: 7, login: "ada", name: "Ada Lovelace" },
  emails: [
    { email: "old@example.com", primary: false, verified: true },
    { email: "ada@example.com", primary: true, verified: true },
  ],
};

const cookiesIn = (answer: Response): string =>
  answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");

const start = (github: GithubStandIn): Promise<TestService> =>
  startService({ fetch: github.fetch, env: { ...GITHUB_CLIENT, ADMIN_EMAILS: "ada@example.com" } });

async function begin(service: TestService): Promise<{ asked: URLSearchParams; cookie: string }> {
  const answer = await service.request("/auth/sign-in?provider=github");
  assert.equal(answer.status, 302);
  const { origin, pathname, searchParams } = new URL(answer.headers.get("location") ?? "");
  assert.equal(`${origin}${pathname}`, "https://github.com/login/oauth/authorize");
  return { asked: searchParams, cookie: cookiesIn(answer) };
}

async function signIn(service: TestService, code: string): Promise<Response> {
  const { asked, cookie } = await begin(service);
  const query = new URLSearchParams({ code, state: asked.get("state") ?? "" });
  return await service.request(`/auth/callback/github?${query}`, { headers: { cookie } });
}

const meOf = async (service: TestService, signedIn: Response) => {
  assert.equal(signedIn.status, 302, await signedIn.clone().text());
  return await bodyOf(await service.request("/me", { headers: { cookie: cookiesIn(signedIn) } }));
};

Deno.test("GitHub: with PKCE and state, and who came back by its API, with the primary address if it is verified", async () => {
  const github = githubStandIn();
  await using service = await start(github);
  const me = await meOf(service, await signIn(service, github.agree(ADA)));
  assert.deepEqual([me["email"], me["name"], me["role"]], ["ada@example.com", "Ada Lovelace", "administrator"]);
  const [{ body } = { body: new URLSearchParams() }, ...api] = github.asked;
  assert.match(body.get("code_verifier") ?? "", /^[\w-]{43}$/);
  assert.equal(body.get("redirect_uri"), "http://localhost:8000/auth/callback/github");
  assert.deepEqual(api.map(({ url }) => url), ["https://api.github.com/user", "https://api.github.com/user/emails"]);
});

Deno.test("GitHub: a user is the number, not the login, the name or an address", async () => {
  const github = githubStandIn();
  await using service = await start(github);
  const first = await meOf(service, await signIn(service, github.agree(ADA)));
  const renamed = await meOf(service, await signIn(service, github.agree({ ...ADA, login: "countess" })));
  const another = await meOf(service, await signIn(service, github.agree({ ...ADA, id: 8 })));
  assert.equal(renamed["id"], first["id"]);
  assert.notEqual(another["id"], first["id"]);
});

Deno.test("GitHub: an address that is not verified is none, and makes nobody an administrator", async () => {
  const github = githubStandIn();
  await using service = await start(github);
  const emails = [{ email: "ada@example.com", primary: true, verified: false }];
  const me = await meOf(service, await signIn(service, github.agree({ id: 9, login: "eve", name: null, emails })));
  assert.deepEqual([me["email"], me["name"], me["role"]], [null, "eve", "user"]);
});

Deno.test("GitHub out of order: 502 or 503 with a page, and nobody is signed in", async () => {
  const github = githubStandIn();
  await using service = await start(github);
  const failures: [status: number, answer: () => Response][] = [
    [502, () => new Response("<html>Unicorn!</html>", { status: 500 })],
    [502, () => Response.json({ access_token: "x" })],
    [502, () => Response.json([])],
    [503, () => {
      throw new TypeError("connection refused");
    }],
    [503, () => {
      throw new DOMException("Signal timed out.", "TimeoutError");
    }],
  ];
  for (const [status, answer] of failures) {
    github.failWith(answer);
    const failed = await signIn(service, github.agree(ADA));
    assert.equal(failed.status, status);
    assert.match(await failed.text(), /<h1>/);
    assert.deepEqual(failed.headers.getSetCookie(), []);
  }
  github.failWith(undefined);
  assert.equal((await signIn(service, "made-up")).status, 502);
});
