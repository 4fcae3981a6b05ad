/**
 * Answers of operations that a person follows in a browser: pages, also where something went wrong.
 *
 * @module
 */
import type { Context } from "hono";
import { PROBLEMS, type ProblemType } from "../lib/problem.ts";
import type { AppEnv } from "./env.ts";
import { problemFrom, ProblemSchema } from "./problem_response.ts";
import { problemPage } from "./sign_in_pages.tsx";
import type { SiteFiles } from "./site_files.ts";
import { answerPage } from "./site_page.tsx";

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
    return await answerPage(c, { status, headers, body: problemPage(files, problem, requestId) });
  }
}
