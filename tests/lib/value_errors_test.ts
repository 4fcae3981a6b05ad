import assert from "node:assert/strict";
import { z } from "zod";
import { valueErrorsOf } from "../../lib/value_errors.ts";

const CASES: [schema: z.ZodType, value: unknown, detail: string][] = [
  [z.string(), undefined, "is required"],
  [z.string(), 1, "must be a string"],
  [z.number(), "1", "must be a finite number"],
  [z.number(), Infinity, "must be a finite number"],
  [z.int(), 0.5, "must be a whole number"],
  [z.boolean(), "true", "must be true or false"],
  [z.object({}), [], "must be an object"],
  [z.record(z.string(), z.string()), "x", "must be an object"],
  [z.array(z.string()), {}, "must be an array"],
  [z.enum(["asc", "desc"]), "up", "must be one of asc, desc"],
  [z.literal("risk"), "rest", "must be risk"],
  [z.string().min(1), "", "must not be empty"],
  [z.string().min(2), "a", "must have 2 characters at least"],
  [z.string().max(3), "abcd", "must have 3 characters at most"],
  [z.array(z.string()).max(2), ["a", "b", "c"], "must have 2 items at most"],
  [z.number().min(2), 1, "must be 2 at least"],
  [z.number().max(2), 3, "must be 2 at most"],
  [z.number().gt(0), 0, "must be above 0"],
  [z.number().lt(1), 1, "must be below 1"],
  [z.string("must be a name"), 1, "must be a name"],
  [z.string().regex(/^a/, "must begin with a"), "b", "must begin with a"],
  [z.strictObject({}), { b: 1 }, '"b" is not known here'],
];

for (const [schema, value, detail] of CASES) {
  Deno.test(`${JSON.stringify(value) ?? "nothing"} for ${schema.type}: ${detail}`, () => {
    const issues = schema.safeParse(value).error?.issues ?? [];
    assert.deepEqual(
      issues.flatMap((issue) => valueErrorsOf(issue, () => ({ pointer: "" }))),
      [{ pointer: "", detail }],
    );
  });
}
