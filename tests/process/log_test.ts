import assert from "node:assert/strict";
import { dataFolder, startServer } from "./server.ts";

Deno.test("the log is JSON, a line each, also where clients hang up while they are answered", async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: folder.kv });
  const { hostname, port } = new URL(await server.url());
  const hangUp = async () => {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode("HEAD /portfolios/1/risk HTTP/1.1\r\nHost: x\r\n\r\n"));
  };
  for (let i = 0; i < 20; i++) await hangUp();
  await server.read("/portfolios/1/risk");
  server.signal("SIGTERM");
  const { stderr } = await server.ended();
  assert.deepEqual(stderr.trim().split("\n").filter((line) => !line.startsWith("{")), []);
});
