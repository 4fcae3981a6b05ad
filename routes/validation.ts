/**
 * What zod found wrong, as a problem.
 *
 * @module
 */
import type { Hook, z } from "@hono/zod-openapi";
import { invalid, pointer, Problem, type ValueError } from "../lib/problem.ts";
import type { AppEnv } from "./env.ts";

type Issue = z.core.$ZodIssue;

/** A path that cannot be is not found; all else that is wrong is named, by pointer or parameter. */
// deno-lint-ignore no-explicit-any -- the hook stands for routes of every shape
export const refuseInvalid: Hook<any, AppEnv, any, any> = (result) => {
  if (result.success) return;
  const { target, error } = result;
  if (target === "param") throw new Problem("not-found", "There is nothing under this path");
  throw invalid(error.issues.flatMap((issue: Issue) => errorsOf(issue, target === "json")));
};

function errorsOf(issue: Issue, inBody: boolean): ValueError[] {
  const at = (...path: PropertyKey[]) => inBody ? { pointer: pointer(...path) } : { parameter: path.join(".") };
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ ...at(...issue.path, key), detail: `${JSON.stringify(key)} is not known here` }));
  }
  const isMissing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return [{ ...at(...issue.path), detail: isMissing ? "is required" : issue.message }];
}
