/**
 * The disk and the clock as they are on bad days, made so by libfiu and libfaketime (Debian: `apt-get install fiu-utils faketime`).
 * What is missing is skipped, and listed as ignored.
 */
import assert from "node:assert/strict";
import { dataFolder, inProject, type Server, startServer, until } from "../process/server.ts";

const FAKETIME = `/usr/lib/${Deno.build.arch}-linux-gnu/faketime/libfaketimeMT.so.1`;
const hasFiu = await exists("/usr/bin/fiu-run");
const hasFaketime = await exists(FAKETIME);

const FAULTS = {
  "fsync fails now and then": "enable_random name=posix/io/sync/*,probability=0.3,failinfo=5",
  "the disk is full": "enable name=posix/io/rw/pwrite*,failinfo=28",
  "the disk fails": "enable name=posix/io/rw/pwrite*,failinfo=5",
};

for (const [name, fault] of Object.entries(FAULTS)) {
  Deno.test({ name: `${name}: 503, nothing half done, and on by itself afterwards`, ignore: !hasFiu }, async () => {
    await using folder = await dataFolder();
    const env = { KV_URL: folder.kv, DEMO_DATA: "false" };
    const acknowledged: string[] = [];
    {
      await using server = await startServer(env, ["fiu-run", "-x"]);
      await server.url();
      assert.deepEqual(await write(server, "before", 5, acknowledged), [201]);
      await control(server, fault);
      assert.ok((await write(server, "during", 40, acknowledged)).includes(503));
      if (isLasting(fault)) assert.equal((await server.read("/readyz")).reasons[0].code, "store_refuses_writes");
      await control(server, fault.replace(/^enable(_random)? /, "disable ").replace(/,.*/, ""));
      assert.deepEqual(await write(server, "after", 5, acknowledged), [201]);
      assert.equal((await server.read("/readyz")).status, "ok");
      server.signal("SIGTERM");
      assert.equal((await server.ended()).code, 0);
    }
    await using next = await startServer(env);
    await next.url();
    const { items } = await next.read("/portfolios?scope=all&limit=200");
    assert.deepEqual(items.map(({ name }: { name: string }) => name).sort(), acknowledged.sort());
  });
}

Deno.test(
  { name: "a clock that jumps a week ahead and a fortnight back keeps nobody out", ignore: !hasFaketime },
  async () => {
    await using folder = await dataFolder();
    const offset = inProject(`${folder.path}/clock`);
    await Deno.writeTextFile(offset, "+0\n");
    const faked = { LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: offset, FAKETIME_NO_CACHE: "1" };
    await using server = await startServer({
      ...{ KV_URL: folder.kv, DEMO_DATA: "false", RATE_LIMIT_PER_MINUTE: "60000" },
      ...{ ...faked, FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    });
    await server.url();
    for (const jump of ["+0", "+7d", "-7d"]) {
      await Deno.writeTextFile(offset, `${jump}\n`);
      const written = await until(`a write at ${jump}`, async () => {
        const acknowledged: string[] = [];
        return (await write(server, jump, 1, acknowledged))[0] === 201 ? acknowledged : undefined;
      });
      assert.equal(written.length, 1);
      const { id } = await server.read("/jobs", { method: "POST", body: JSON.stringify({ name: "verify", args: {} }) });
      await until(
        `a job at ${jump}`,
        async () => (await server.read(`/jobs/${id}`)).state === "succeeded" || undefined,
      );
    }
    server.signal("SIGTERM");
    assert.equal((await server.ended()).code, 0);
  },
);

/** After another, a write may have succeeded since. */
const isLasting = (fault: string): boolean => fault.startsWith("enable ");

/** Each status that was answered, once. */
async function write(server: Server, prefix: string, count: number, acknowledged: string[]): Promise<number[]> {
  const statuses = new Set<number>();
  for (let i = 0; i < count; i++) {
    const name = `${prefix} ${i}`;
    const answer = await server.ask("/portfolios", {
      method: "POST",
      body: JSON.stringify({ name, investments: [] }),
    });
    await answer.body?.cancel();
    statuses.add(answer.status);
    if (answer.status === 201) acknowledged.push(name);
  }
  return [...statuses];
}

async function control({ pid }: Server, command: string): Promise<void> {
  const { success } = await new Deno.Command("fiu-ctrl", { args: ["-c", command, String(pid)] }).output();
  assert.ok(success, command);
}

async function exists(path: string): Promise<boolean> {
  const found = await Deno.stat(path).then(() => true, () => false);
  if (!found) console.error(`${path} is missing: what needs it is skipped`);
  return found;
}
