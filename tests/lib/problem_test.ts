import assert from "node:assert/strict";
import { assertMatches, etagOf } from "../../lib/precondition.ts";
import { invalid, pointer, Problem, PROBLEMS } from "../../lib/problem.ts";

Deno.test("a JSON pointer names its parts, escaped as RFC 6901 says", () => {
  assert.equal(pointer(), "");
  assert.equal(pointer("investments", 0, "asset"), "/investments/0/asset");
  assert.equal(pointer("a/b", "c~d", "~1", ""), "/a~1b/c~0d/~01/");
});

Deno.test("a problem says in its message what it is, and what its client is told", () => {
  const problem = new Problem("not-found", "There is no portfolio 7", { cause: "the cause" });
  assert.ok(problem instanceof Error);
  assert.equal(problem.message, "not-found: There is no portfolio 7");
  assert.deepEqual([problem.errors, problem.headers, problem.cause], [undefined, undefined, "the cause"]);
});

Deno.test("many values that are wrong: each is named, and the sentence stays short", () => {
  const errors = Array.from({ length: 100 }, (_, i) => ({ pointer: `/${i}`, detail: "x".repeat(50) }));
  const problem = invalid(errors);
  assert.equal(problem.type, "validation-failed");
  assert.deepEqual(problem.errors, errors);
  assert.equal(problem.detail.length, 1_000);
});

Deno.test("the catalogue: a status of an error, a title and help for each, and a name that can stand in a path", () => {
  for (const [type, { status, title, help }] of Object.entries(PROBLEMS)) {
    assert.match(type, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(status >= 400 && status <= 599);
    assert.match(title, /^[A-Z].*[^.]$/);
    assert.match(help, /^[A-Z`].*\.$/);
  }
  const titles = Object.values(PROBLEMS).map(({ title }) => title);
  assert.equal(new Set(titles).size, titles.length);
});

Deno.test("If-Match: any of the tags named, `*`, or none asked for; else the present tag is told", () => {
  const present = etagOf({ versionstamp: "00000000000000010000" });
  assert.equal(present, '"00000000000000010000"');
  for (const ifMatch of [undefined, "*", [present], ['"x"', present]] as const) assertMatches(ifMatch, present);
  for (const ifMatch of [[], ['"x"'], [`W/${present}`], ["00000000000000010000"]]) {
    assert.throws(() => assertMatches(ifMatch, present), {
      name: "Problem",
      type: "version-mismatch",
      headers: { etag: present },
    });
  }
});
