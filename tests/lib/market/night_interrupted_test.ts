/** Wherever a night is cut off, the process after it brings the store to the same end: `tests/crash` goes through all of it. */
import assert from "node:assert/strict";
import { cutNights } from "./interrupted_nights.ts";

/** Every one of them takes minutes; a step that has no divisor with what a job commits comes to all kinds of places. */
const STEP = 11;

Deno.test("a night is cut off after its first commit and every eleventh from there, and resumed", async () => {
  const commits = await cutNights(STEP);
  assert.ok(commits > 40, `${commits} commits`);
});
