/**
 * GitHub's part of a sign-in, as a `fetch`: who has agreed there, by the code that GitHub gives out.
 *
 * @module
 */

export interface GithubUser {
  readonly id: number;
  readonly login: string;
  readonly name?: string | null;
  readonly emails: readonly { email: string; primary: boolean; verified: boolean }[];
}

export interface GithubStandIn {
  readonly fetch: typeof fetch;
  /** What has been asked, the newest last. */
  readonly asked: { url: string; body: URLSearchParams }[];
  /** Agrees as somebody, and answers the code that the browser brings back. */
  agree(user: GithubUser): string;
  /** Answers this instead, from now on. */
  failWith(answer: (() => Response) | undefined): void;
}

export const GITHUB_CLIENT = { GITHUB_CLIENT_ID: "github-client", GITHUB_CLIENT_SECRET: "secret-of-the-github-client" };

export function githubStandIn(): GithubStandIn {
  const byCode = new Map<string, GithubUser>();
  const byToken = new Map<string, GithubUser>();
  const asked: GithubStandIn["asked"] = [];
  let failure: (() => Response) | undefined;

  function token(body: URLSearchParams): Response {
    const user = byCode.get(body.get("code") ?? "");
    byCode.delete(body.get("code") ?? "");
    const isKnown = body.get("client_id") === GITHUB_CLIENT.GITHUB_CLIENT_ID &&
      body.get("client_secret") === GITHUB_CLIENT.GITHUB_CLIENT_SECRET;
    // GitHub says what is wrong with 200.
    if (user === undefined || !isKnown) return Response.json({ error: "bad_verification_code" });
    const accessToken = `gho_token-of-${user.login}-0123456789`;
    byToken.set(accessToken, user);
    return Response.json({ access_token: accessToken, token_type: "bearer", scope: "read:user,user:email" });
  }

  function api(path: string, authorization: string | null): Response {
    const user = byToken.get(authorization?.replace("Bearer ", "") ?? "");
    if (user === undefined) return Response.json({ message: "Bad credentials" }, { status: 401 });
    const { emails, ...facts } = user;
    return Response.json(path === "/user" ? { ...facts, type: "User" } : emails);
  }

  return {
    asked,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { origin, pathname } = new URL(request.url);
      const body = new URLSearchParams(await request.text());
      asked.push({ url: `${origin}${pathname}`, body });
      if (failure !== undefined) return failure();
      if (`${origin}${pathname}` === "https://github.com/login/oauth/access_token") return token(body);
      if (origin === "https://api.github.com") return api(pathname, request.headers.get("authorization"));
      return new Response(null, { status: 404 });
    },
    agree(user) {
      const code = `code-of-${user.login}-${byCode.size}`;
      byCode.set(code, user);
      return code;
    },
    failWith: (answer) => failure = answer,
  };
}
