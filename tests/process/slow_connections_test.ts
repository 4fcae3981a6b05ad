import assert from "node:assert/strict";
import { dataFolder, startServer, until } from "./server.ts";

const FEW_FILES = ["sh", "-c", 'ulimit -n 256 && exec "$0" "$@"'];

Deno.test({
  name: "connections that send no request: when no more fit the server refuses, and accepts again once they are gone",
  ignore: Deno.build.os === "windows",
}, async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: folder.kv, DEMO_DATA: "false" }, FEW_FILES);
  const { hostname, port } = new URL(await server.url());
  const slow: Deno.Conn[] = [];
  await until("the server to refuse", async () => {
    const connection = await Deno.connect({ hostname, port: Number(port) }).catch(() => undefined);
    if (connection === undefined) return true;
    slow.push(connection);
    await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: ")).catch(() => {});
    return undefined;
  });
  for (const connection of slow) connection.close();
  const { status } = await until("the server to accept again", () => server.read("/livez").catch(() => undefined));
  assert.equal(status, "ok");
  server.signal("SIGTERM");
  const { code, stderr } = await server.ended();
  assert.equal(code, 0);
  assert.match(stderr, /"No more connections could be accepted"/);
  assert.match(stderr, /"Connections are accepted again"/);
});
