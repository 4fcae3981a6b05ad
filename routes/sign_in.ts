import { createRoute, type OpenAPIHono, type RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import { isFromOurPages } from "../lib/identity/cross_site.ts";
import { type KeySession, signInWithKey } from "../lib/identity/key_sign_in.ts";
import { beginSignIn, completeSignIn } from "../lib/identity/sign_in.ts";
import { PROVIDER_NAMES } from "../lib/identity/sign_in_provider.ts";
import { MAX_AGE_MS, signOut } from "../lib/identity/sessions.ts";
import { SIGN_IN_MS } from "../lib/identity/sign_in_transaction.ts";
import { assertReturnPath } from "../lib/identity/return_path.ts";
import { Problem, PROBLEMS } from "../lib/problem.ts";
import { requires } from "./access.ts";
import { made } from "./idempotency.ts";
import { noContent } from "./answer.ts";
import { cookiesFor } from "./cookies.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { orProblemPage, PAGE, pageProblems } from "./page_answers.ts";
import { problemFrom, problems } from "./problem_response.ts";
import { NoQuerySchema } from "./schemas.ts";
import { signInPage } from "./sign_in_pages.tsx";
import { type SiteFiles, siteFiles } from "./site_files.ts";
import { answerPage } from "./site_page.tsx";

const provider = { type: "string" as const, enum: [...PROVIDER_NAMES] as string[] };
const text = { type: "string" } as const;

const signIn = createRoute({
  method: "get",
  path: "/auth/sign-in",
  operationId: "signIn",
  summary: "Sign in with a browser",
  description:
    "Sends the browser to the provider, which sends it back to `/auth/callback/{provider}`. Without a provider, a page that offers them.",
  tags: ["Sign-in"],
  ...requires({ who: "anyone" }),
  parameters: [
    { name: "provider", in: "query", schema: provider, description: "Who vouches for the user" },
    { name: "return_to", in: "query", schema: text, description: "A path of this service; `/` without one" },
  ],
  responses: {
    200: PAGE,
    302: { description: "To the provider" },
    ...pageProblems("malformed-request", "not-found", "bad-gateway", "unavailable"),
  },
});

const FORM = "application/x-www-form-urlencoded";

const signInByKey = createRoute({
  method: "post",
  path: "/auth/sign-in",
  operationId: "signInWithKey",
  summary: "Sign in with an administrator's key",
  description:
    "From the page of `GET /auth/sign-in`: a key that has every scope is given for a session of 12 hours at most, which ends with the key.",
  tags: ["Sign-in"],
  ...requires({ who: "anyone" }, { limitBytes: 8_192, mediaTypes: [FORM] }),
  requestBody: {
    required: true,
    content: {
      [FORM]: {
        schema: {
          type: "object",
          required: ["key"],
          properties: { key: text, return_to: text },
          example: { key: "flk_...", return_to: "/admin" },
        },
      },
    },
  },
  responses: {
    303: { description: "To `return_to`, with the session's cookie" },
    ...pageProblems("malformed-request", "unauthorized", "forbidden", "unavailable"),
    ...problems("payload-too-large", "unsupported-media-type"),
  },
});

const callback = createRoute({
  method: "get",
  path: "/auth/callback/{provider}",
  operationId: "completeSignIn",
  summary: "Come back from the provider",
  description: "Where the provider sends the browser: with the session's cookie it goes on to `return_to`.",
  tags: ["Sign-in"],
  ...requires({ who: "anyone" }),
  parameters: [
    { name: "provider", in: "path", required: true, schema: provider },
    ...["code", "state", "iss", "error"].map((name) => ({ name, in: "query" as const, schema: text })),
  ],
  responses: {
    302: { description: "To where the sign-in was begun for, with the session's cookie" },
    ...pageProblems("malformed-request", "forbidden", "not-found", "conflict", "bad-gateway", "unavailable"),
  },
});

const signOutRoute = createRoute({
  method: "post",
  path: "/auth/sign-out",
  operationId: "signOut",
  summary: "Sign out",
  description: "The session by which it is asked ends, at once and everywhere. A key is none, and goes on.",
  tags: ["Account"],
  ...requires({ who: "signed_in" }),
  request: { query: NoQuerySchema },
  responses: {
    204: { description: "Signed out" },
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const handleSignIn = (files: SiteFiles): RouteHandler<typeof signIn, AppEnv> => (c) =>
  orProblemPage(c, files, async () => {
    const ctx = contextOf(c);
    const { provider: name, return_to: returnTo = "/" } = c.req.query();
    if (name === undefined) return await offer(c, files, returnTo);
    const { url, secret } = await beginSignIn(ctx, { provider: name, returnTo });
    const cookie = cookiesFor(ctx.publicUrl).signIn.write(secret, SIGN_IN_MS / 1_000);
    return redirect(c, url.href, [cookie]);
  });

async function offer(
  c: Context<AppEnv>,
  files: SiteFiles,
  returnTo: string,
  problem?: Problem,
): Promise<Response> {
  const { actor, signInProviders: providers, publicUrl } = contextOf(c);
  assertReturnPath(returnTo);
  const user = actor.type === "user" ? actor : undefined;
  const body = signInPage(files, { providers, returnTo, publicUrl, user, problem });
  const status = problem === undefined ? 200 : PROBLEMS[problem.type].status;
  return await answerPage(c, { status, policy: { "form-action": "'self'" }, body, headers: problem?.headers ?? {} });
}

const handleSignInByKey = (files: SiteFiles): RouteHandler<typeof signInByKey, AppEnv> => (c) =>
  orProblemPage(c, files, async () => {
    const form = new URLSearchParams(await c.req.text());
    const returnTo = form.get("return_to") ?? "/admin";
    assertReturnPath(returnTo);
    try {
      const { secret, maxAgeMs } = await exchange(c, form.get("key") ?? "");
      const { session } = cookiesFor(contextOf(c).publicUrl);
      return redirect(c, returnTo, [session.write(secret, Math.floor(maxAgeMs / 1_000))], 303);
    } catch (error) {
      const problem = problemFrom(error);
      if (problem.type !== "unauthorized" && problem.type !== "forbidden") throw error;
      return await offer(c, files, returnTo, problem);
    }
  });

/** A page elsewhere must not have a browser sign in as somebody else without knowing. */
async function exchange(c: Context<AppEnv>, key: string): Promise<KeySession> {
  const ctx = contextOf(c);
  const sentFrom = { secFetchSite: c.req.header("sec-fetch-site") ?? null, origin: c.req.header("origin") ?? null };
  if (!isFromOurPages(sentFrom, ctx.publicUrl)) {
    throw new Problem("forbidden", `Keys are taken from pages of ${ctx.publicUrl} only`);
  }
  const { origin } = new URL(ctx.publicUrl);
  const actor = await c.env.identify({ authorization: `Bearer ${key.trim()}`, session: null, origin });
  const session = cookiesFor(ctx.publicUrl).session.read(c.req.header("cookie") ?? null);
  return await signInWithKey(ctx, { actor, session, userAgent: c.req.header("user-agent") ?? "" });
}

const handleCallback = (files: SiteFiles): RouteHandler<typeof callback, AppEnv> => (c) =>
  orProblemPage(c, files, async () => {
    const ctx = contextOf(c);
    const cookies = cookiesFor(ctx.publicUrl);
    const sent = c.req.header("cookie") ?? null;
    const { session, returnTo } = await completeSignIn(ctx, {
      provider: c.req.param("provider") ?? "",
      parameters: new URL(c.req.url).searchParams,
      ...{ secret: cookies.signIn.read(sent), session: cookies.session.read(sent) },
      userAgent: c.req.header("user-agent") ?? "",
    });
    return redirect(c, returnTo, [cookies.session.write(session, MAX_AGE_MS / 1_000), cookies.signIn.clear()]);
  });

const handleSignOut: RouteHandler<typeof signOutRoute, AppEnv> = async (c) => {
  const ctx = contextOf(c);
  const cleared = { "set-cookie": cookiesFor(ctx.publicUrl).session.clear() };
  return await made<true, Response>(c, (settle) => signOut(ctx, settle), () => noContent(c, cleared));
};

function redirect(c: Context<AppEnv>, location: string, cookies: readonly string[], status = 302): Response {
  const own = { location, "cache-control": "no-store" };
  const headers = new Headers({ ...c.env.headers, ...own });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status, headers });
}

export function signInRoutes(app: OpenAPIHono<AppEnv>) {
  const files = siteFiles();
  app.openapi(signIn, handleSignIn(files)).openapi(signInByKey, handleSignInByKey(files)).openapi(
    callback,
    handleCallback(files),
  ).openapi(
    signOutRoute,
    handleSignOut,
  );
}
