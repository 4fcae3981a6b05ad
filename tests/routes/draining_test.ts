import assert from "node:assert/strict";
import { draining } from "../../routes/draining.ts";

const get = () => new Request("http://foliolens.test/portfolios");
const post = () => new Request("http://foliolens.test/portfolios", { method: "POST", body: "{}" });

Deno.test("nothing is being uploaded: drained at once", async () => {
  const { serve, drain } = draining(() => Promise.resolve(new Response("served")));
  await serve(post());
  await drain();
});

Deno.test("an upload under way is served to its end, and drained only then", async () => {
  const handled = Promise.withResolvers<Response>();
  const { serve, drain } = draining(() => handled.promise);
  const answers = [serve(post()), serve(post())];
  let isDrained = false;
  const drained = drain().then(() => isDrained = true);
  await Promise.resolve();
  assert.equal(isDrained, false);
  handled.resolve(new Response("served"));
  await drained;
  assert.deepEqual((await Promise.all(answers)).map(({ status }) => status), [200, 200]);
});

Deno.test("an upload that fails is over too", async () => {
  const { serve, drain } = draining(() => Promise.reject(new Error("broken")));
  await assert.rejects(async () => await serve(post()), /broken/);
  await drain();
});

Deno.test("503 for what would be uploaded next; reads go on", async () => {
  const { serve, drain } = draining(() => Promise.resolve(new Response("served")));
  await drain();
  const refused = await serve(post());
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("content-type"), "application/problem+json");
  assert.equal(refused.headers.get("retry-after"), "1");
  const { status, detail, instance } = await refused.json();
  assert.deepEqual([status, detail, instance], [503, "The server is stopping", "/portfolios"]);
  assert.equal((await serve(get())).status, 200);
});
