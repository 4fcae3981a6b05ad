import assert from "node:assert/strict";
import { HTTPException } from "hono/http-exception";
import { Problem } from "../../lib/problem.ts";
import { InvalidCursor } from "../../lib/store/cursor.ts";
import { problemFrom, problemResponse } from "../../routes/problem_response.ts";
import { assertProblem } from "../support/answers.ts";

const answerTo = (error: unknown, path = "/portfolios/7", headers: Record<string, string> = {}): Response =>
  problemResponse(problemFrom(error), { requestId: "r", path, headers });

Deno.test("a problem is answered as it is, with its headers over those of every answer", async () => {
  const errors = [{ pointer: "/name", detail: "is required" }];
  const problem = new Problem("conflict", "It is taken", { errors, headers: { "retry-after": "1", "x-a": "own" } });
  const answer = answerTo(problem, "/portfolios/7", { "x-a": "all", "x-b": "all", "cache-control": "private" });
  assert.deepEqual(["retry-after", "x-a", "x-b"].map((name) => answer.headers.get(name)), ["1", "own", "all"]);
  assert.deepEqual(await assertProblem(answer, "conflict"), {
    type: "/problems/conflict",
    title: "The request conflicts with the present state",
    status: 409,
    detail: "It is taken",
    instance: "/portfolios/7",
    request_id: "r",
    errors,
  });
});

Deno.test("what is not meant for the client is not told: internal, with its cause for the log", async () => {
  const faults = [
    new Error("database is locked at /var/secret"),
    new TypeError("Cannot read properties of undefined"),
    new HTTPException(500, { message: "secret" }),
    new HTTPException(401, { message: "secret" }),
    "secret",
    undefined,
    null,
  ];
  for (const fault of faults) {
    const body = await assertProblem(answerTo(fault), "internal");
    assert.equal(body["detail"], "The error has been logged");
    assert.ok(!JSON.stringify(body).includes("secret"));
    assert.equal(problemFrom(fault).cause, fault);
  }
});

Deno.test("what the HTTP library throws at a bad body is the problem of its status", async () => {
  const refused = (status: 400 | 413 | 415) => answerTo(new HTTPException(status, { message: "Not like this" }));
  for (const [status, type] of [[400, "malformed-request"], [413, "payload-too-large"]] as const) {
    assert.equal((await assertProblem(refused(status), type))["detail"], "Not like this");
  }
  await assertProblem(refused(415), "unsupported-media-type");
});

Deno.test("a cursor of another list is a parameter that is wrong", async () => {
  await assertProblem(answerTo(new InvalidCursor("x")), "validation-failed", [
    { parameter: "cursor", detail: "use a next_cursor of the same list" },
  ]);
});

Deno.test("the instance is a URI reference on this host, whatever was asked for", async () => {
  const instances: [path: string, instance: string][] = [
    ["/portfolios/7/", "/portfolios/7/"],
    ["/assets/X%3ABTCUSD", "/assets/X%3ABTCUSD"],
    ["/nothing/é", "/nothing/%C3%A9"],
    ["/nothing/\u{1f4b0}", "/nothing/%F0%9F%92%B0"],
    ['/a"<b>\\^`{|}', "/a%22%3Cb%3E%5C%5E%60%7B%7C%7D"],
    ["/a b", "/a%20b"],
    ["//evil.test/x", "/evil.test/x"],
    ["/%ff/%", "/%ff/%"],
  ];
  for (const [path, instance] of instances) {
    assert.equal(
      (await assertProblem(answerTo(new Problem("not-found", "Nothing"), path), "not-found"))["instance"],
      instance,
    );
  }
});
