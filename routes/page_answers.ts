/**
 * Answers to a person with a browser: pages, also where something went wrong.
 *
 * @module
 */
import type { Context } from "hono";
import { Problem, PROBLEMS, type ProblemType } from "../lib/problem.ts";
import { prefers } from "./accept.ts";
import type { AppEnv } from "./env.ts";
import { problemPage } from "./problem_pages.tsx";
import { problemFrom, problemResponse, ProblemSchema } from "./problem_response.ts";
import type { SiteFiles } from "./site_files.ts";
import { answerPage } from "./site_page.tsx";

const SIGN_IN = { href: "/auth/sign-in", text: "Sign in" };
const START = { href: "/", text: "Start page" };
const EXPLORER = { href: "/docs", text: "API explorer" };

const page = { "text/html": { schema: { type: "string" } } } as const;

export const PAGE = { description: "A page", content: page };

/** Pages that say what went wrong, for an operation's OpenAPI entry; before it is reached, a request is refused without one. */
export const pageProblems = (...types: readonly ProblemType[]) =>
  Object.fromEntries(types.map((type) => {
    const { status, title: description } = PROBLEMS[type];
    return [status, { description, content: { ...page, "application/problem+json": { schema: ProblemSchema } } }];
  }));

/** What `answer` gives, or a page of what it throws; a fault of ours goes its usual way. */
export async function orProblemPage(
  c: Context<AppEnv>,
  files: SiteFiles,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    const problem = problemFrom(error);
    if (problem.type === "internal") throw error;
    const { services, requestId, path } = c.env;
    const { type, detail, cause, headers = {} } = problem;
    services.log.info("A page was not to be had", { requestId, path, type, detail, cause });
    const { status } = PROBLEMS[type];
    return await answerPage(c, { status, headers, body: problemPage(files, problem, requestId, [SIGN_IN, START]) });
  }
}

/** Under a path that no operation has: a page for whoever prefers one, to everybody else a problem as of the API. */
export async function nothingThere(c: Context<AppEnv>, files: SiteFiles): Promise<Response> {
  const headers = { vary: "Accept" };
  const problem = new Problem("not-found", "There is nothing under this path", { headers });
  const accept = c.req.header("accept");
  if (!prefers(accept, "text/html", ["application/problem+json", "application/json"])) {
    return problemResponse(problem, c.env);
  }
  const body = problemPage(files, problem, c.env.requestId, [START, EXPLORER]);
  return await answerPage(c, { status: PROBLEMS[problem.type].status, headers, body });
}
