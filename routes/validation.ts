/**
 * What zod found wrong, as a problem.
 *
 * @module
 */
import type { Hook, z } from "@hono/zod-openapi";
import { invalid, pointer, Problem, type ValueError } from "../lib/problem.ts";
import { valueErrorsOf } from "../lib/value_errors.ts";
import type { AppEnv } from "./env.ts";

type Issue = z.core.$ZodIssue;

/** Of a body in which everything is wrong, the first are enough. */
const MAX_ERRORS = 100;

/** A path that cannot be is not found; all else that is wrong is named, by pointer or parameter. */
// deno-lint-ignore no-explicit-any -- the hook stands for routes of every shape
export const refuseInvalid: Hook<any, AppEnv, any, any> = (result) => {
  if (result.success) return;
  const { target, error } = result;
  if (target === "param") throw new Problem("not-found", "There is nothing under this path");
  const issues: Issue[] = error.issues.slice(0, MAX_ERRORS);
  throw invalid(issues.flatMap((issue) => errorsOf(issue, target === "json")).slice(0, MAX_ERRORS));
};

/** A body that the validators do not look at, such as CSV, held against the schema that they hold JSON against. */
export function validBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw invalid(read.error.issues.flatMap((issue) => errorsOf(issue, true)).slice(0, MAX_ERRORS));
}

const errorsOf = (issue: Issue, inBody: boolean): ValueError[] =>
  valueErrorsOf(issue, (path) => inBody ? { pointer: pointer(...path) } : { parameter: path.join(".") });
