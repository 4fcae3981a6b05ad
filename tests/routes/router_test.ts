import assert from "node:assert/strict";
import { rememberingRouter } from "../../routes/router.ts";

Deno.test("what was found last is not answered to another question, nor once there are more routes", () => {
  const router = rememberingRouter<string>();
  const found = (method: string, path: string) => router.match(method, path)[0].map(([handler]) => handler);
  router.add("GET", "/assets/:symbol", "one");
  router.add("PUT", "/assets/:symbol", "put");
  assert.deepEqual(found("GET", "/assets/AAPL"), ["one"]);
  assert.deepEqual(found("GET", "/assets/AAPL"), ["one"]);
  assert.deepEqual(found("PUT", "/assets/AAPL"), ["put"]);
  assert.deepEqual(found("GET", "/assets"), []);
  router.add("GET", "/assets", "all");
  assert.deepEqual(found("GET", "/assets"), ["all"]);
});
