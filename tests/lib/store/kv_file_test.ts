import assert from "node:assert/strict";
import { orUnusable, StoreUnusable } from "../../../lib/store/kv_file.ts";

const refused = (url: string) =>
  orUnusable(url, () => Promise.reject(new Deno.errors.NotCapable("Requires access"))).then(
    () => assert.fail("it was let through"),
    (error) => {
      assert.ok(error instanceof StoreUnusable);
      return error.message;
    },
  );

Deno.test("a KV server that the permissions leave out is told apart from a folder that they leave out", async () => {
  const server = await refused("https://kv.example.com:4512");
  assert.match(server, /^KV_URL is "https:\/\/kv\.example\.com:4512": .*may not connect.*--allow-net/);
  assert.match(await refused("/elsewhere/foliolens.kv"), /may not write there; use a path in \.\/data/);
});
