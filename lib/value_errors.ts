/**
 * What zod found wrong, as errors of a problem.
 *
 * @module
 */
import type { z } from "zod";
import type { ValueError } from "./problem.ts";

/** One for each value that an issue is about; `at` says where a path of the checked value is for whoever sent it. */
export function valueErrorsOf(
  issue: z.core.$ZodIssue,
  at: (path: readonly PropertyKey[]) => ValueErrorPlace,
): ValueError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...at([...issue.path, key]),
      detail: `${JSON.stringify(key)} is not known here`,
    }));
  }
  const isMissing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return [{ ...at(issue.path), detail: isMissing ? "is required" : issue.message }];
}

export type ValueErrorPlace = { readonly pointer: string } | { readonly parameter: string };
