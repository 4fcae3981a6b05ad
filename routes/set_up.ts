import { createRoute, type OpenAPIHono, type RouteHandler } from "@hono/zod-openapi";
import { readSetUp, type SetUpContext, useSetUp } from "../lib/identity/set_up.ts";
import { unauthorized } from "../lib/identity/actor.ts";
import { requires } from "./access.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { orProblemPage, PAGE, pageProblems } from "./page_answers.ts";
import { problems } from "./problem_response.ts";
import { setUpDonePage, setUpPage } from "./sign_in_pages.tsx";
import { type SiteFiles, siteFiles } from "./site_files.ts";
import { answerPage } from "./site_page.tsx";

const FORM = "application/x-www-form-urlencoded";
const token = { type: "string", description: "Of the link that the start prints" } as const;

const open = createRoute({
  method: "get",
  path: "/auth/set-up",
  operationId: "openSetUp",
  summary: "Open the set-up link",
  description: "A page that asks whether to make the first administrator. The link is printed while there is none.",
  tags: ["Sign-in"],
  ...requires({ who: "anyone" }),
  parameters: [{ name: "token", in: "query", schema: token }],
  responses: { 200: PAGE, ...pageProblems("unauthorized", "forbidden") },
});

const use = createRoute({
  method: "post",
  path: "/auth/set-up",
  operationId: "useSetUp",
  summary: "Make the first administrator",
  description:
    "Of whoever has signed in or, where no sign-in is configured, a new user with an API key. Whoever has the link may; it works once.",
  tags: ["Sign-in"],
  ...requires({ who: "anyone" }, { limitBytes: 4_096, mediaTypes: [FORM] }),
  requestBody: {
    required: true,
    content: {
      [FORM]: { schema: { type: "object", required: ["token"], properties: { token }, example: { token: "..." } } },
    },
  },
  responses: {
    200: PAGE,
    ...pageProblems("unauthorized", "forbidden", "unavailable"),
    ...problems("malformed-request", "payload-too-large", "unsupported-media-type"),
  },
});

const policy = { "form-action": "'self'" };

const handleOpen = (files: SiteFiles): RouteHandler<typeof open, AppEnv> => (c) =>
  orProblemPage(c, files, async () => {
    const ctx = contextOf(c);
    const { token: secret = "" } = c.req.query();
    await readSetUp(ctx, secret);
    assertSignedInWherePossible(ctx);
    const who = ctx.actor.type === "user" ? ctx.actor.id : undefined;
    return await answerPage(c, { status: 200, policy, body: setUpPage(files, secret, who) });
  });

const handleUse = (files: SiteFiles): RouteHandler<typeof use, AppEnv> => (c) =>
  orProblemPage(c, files, async () => {
    const form = new URLSearchParams(await c.req.text());
    const made = await useSetUp(contextOf(c), form.get("token") ?? "");
    return await answerPage(c, { status: 200, body: setUpDonePage(files, made) });
  });

function assertSignedInWherePossible({ actor, signInProviders }: SetUpContext): void {
  if (actor.type === "user" || signInProviders.size === 0) return;
  throw unauthorized("Sign in first, then open the link again");
}

export function setUpRoutes(app: OpenAPIHono<AppEnv>) {
  const files = siteFiles();
  app.openapi(open, handleOpen(files)).openapi(use, handleUse(files));
}
