/** Ten thousand connections that never send a whole request; skipped where a process may not have so many files open. */
import assert from "node:assert/strict";
import { memoryOf } from "../../bench/support/server.ts";
import { dataFolder, startServer, until } from "../process/server.ts";

const CONNECTIONS = 10_000;
/** Those of the process beside them. */
const OTHER_FILES = 500;
const MAX_KIB_EACH = 25;
const OPEN_MANY = ["sh", "-c", 'ulimit -n $(ulimit -Hn) && exec "$0" "$@"'];

const { stdout } = await new Deno.Command("sh", { args: ["-c", "ulimit -Hn"] }).output();
const mostFiles = Number(new TextDecoder().decode(stdout).trim().replace("unlimited", "Infinity"));

Deno.test({
  name: `${CONNECTIONS} connections that dribble: others are answered meanwhile, and all is given back`,
  ignore: mostFiles < CONNECTIONS + OTHER_FILES,
}, async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: folder.kv }, OPEN_MANY);
  const { hostname, port } = new URL(await server.url());
  const before = memoryOf(server.pid).nowMb;
  const dribble = (text: string) => (connection: Deno.Conn) => connection.write(new TextEncoder().encode(text));
  const slow: Deno.Conn[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    slow.push(connection);
    await dribble("GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ")(connection);
  }
  const isOpen = () => filesOf(server.pid) >= CONNECTIONS;
  await until("all to be accepted", () => Promise.resolve(isOpen() || undefined));
  for (let i = 0; i < 3; i++) {
    await Promise.all(slow.map(dribble("a")));
    assert.equal((await server.read("/portfolios/1/sectors")).market_value, "247767.2");
  }
  const kibEach = (memoryOf(server.pid).nowMb - before) * 1_024 / CONNECTIONS;
  assert.ok(kibEach < MAX_KIB_EACH, `${kibEach} KiB a connection`);
  for (const connection of slow) connection.close();
  await until("all to be closed", () => Promise.resolve(filesOf(server.pid) < OTHER_FILES || undefined));
  server.signal("SIGTERM");
  assert.equal((await server.ended()).code, 0);
});

const filesOf = (pid: number): number => [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
