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
  return [{ ...at(issue.path), detail: said(issue) }];
}

/** What zod says where a schema has no words of its own. */
const WORDS_OF_ZOD = /^(Invalid (input|option)|Too (small|big)): expected /;

const TYPES: Readonly<Record<string, string>> = {
  ...{ object: "an object", record: "an object", array: "an array", string: "a string" },
  ...{ number: "a finite number", int: "a whole number", boolean: "true or false" },
};

const UNITS: Readonly<Record<string, string>> = { string: "characters", array: "items" };

function said(issue: z.core.$ZodIssue): string {
  if (!WORDS_OF_ZOD.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? "is required"
        : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    case "too_small":
      return issue.minimum === 1 && issue.origin in UNITS ? "must not be empty" : bound(issue, issue.minimum, "least");
    case "too_big":
      return bound(issue, issue.maximum, "most");
    default:
      return issue.message;
  }
}

type Bounded = { readonly origin: string; readonly inclusive?: boolean };

function bound({ origin, inclusive = true }: Bounded, limit: number | bigint, end: "least" | "most"): string {
  if (!inclusive) return `must be ${end === "least" ? "above" : "below"} ${limit}`;
  const unit = UNITS[origin];
  return unit === undefined ? `must be ${limit} at ${end}` : `must have ${limit} ${unit} at ${end}`;
}

export type ValueErrorPlace = { readonly pointer: string } | { readonly parameter: string };
