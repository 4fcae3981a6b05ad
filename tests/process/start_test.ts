import assert from "node:assert/strict";
import { generatedBars } from "../support/provider_stand_in_bars.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { dataFolder, type Ended, inProject, nightlyPull, pointedAt, startServer, succeeded } from "./server.ts";

Deno.test("the start says where everything is and how long it took, and the addresses work", async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: folder.kv });
  const url = await server.url();
  for (const path of ["/docs", "/portfolios/1/sectors", "/livez", "/readyz"]) {
    const answer = await fetch(url + path);
    await answer.body?.cancel();
    assert.equal(answer.status, 200, path);
  }
  server.signal("SIGTERM");
  const { code, stdout } = await server.ended();
  assert.equal(code, 0);
  const lines = [
    "Foliolens is ready in \\d+ ms",
    ` +API explorer +${url}/docs`,
    ` +Demo portfolio +${url}/portfolios/1/sectors`,
    ` +Health checks +${url}/livez and ${url}/readyz`,
  ];
  for (const line of lines) assert.match(stdout, new RegExp(`^${line}$`, "m"));
});

Deno.test("without a configured key and an administrator, the start prints a link that makes one, once", async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: folder.kv, ADMIN_API_KEY: "" });
  const url = await server.url();
  const [, token = ""] = (await server.said(/^ +First administrator +\S+\?token=(\S+) /m)) ?? [];
  const link = `${url}/auth/set-up`;
  const opened = await fetch(`${link}?token=${token}`);
  assert.match(await opened.text(), /<form method="post" action="\/auth\/set-up">/);
  const use = () => fetch(link, { method: "POST", body: new URLSearchParams({ token }) });
  const [, key] = /<code id="key">([^<]+)</.exec(await (await use()).text()) ?? [];
  const me = await fetch(`${url}/me`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await me.json()).role, "administrator");
  const again = await use();
  assert.equal(again.status, 403, await again.text());
  server.signal("SIGTERM");
  assert.equal((await server.ended()).code, 0);
  await using next = await startServer({ KV_URL: folder.kv, ADMIN_API_KEY: "" });
  await next.url();
  next.signal("SIGTERM");
  assert.ok(!(await next.ended()).stdout.includes("First administrator"));
});

Deno.test("what the start makes can be read by its user alone", async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: `${folder.path}/made/foliolens.kv` });
  await server.url();
  const made = inProject(`${folder.path}/made`);
  const paths = await Array.fromAsync(Deno.readDir(made), ({ name }) => `${made}/${name}`);
  assert.ok(paths.includes(`${made}/foliolens.kv`));
  for (const path of [made, ...paths]) assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o077, 0, path);
});

Deno.test("a second process on the same file refuses, and the first goes on", async () => {
  await using folder = await dataFolder();
  await using first = await startServer({ KV_URL: folder.kv });
  await first.url();
  await using second = await startServer({ KV_URL: folder.kv });
  assertRefused(await second.ended(), [folder.kv, "is in use by another process", "stop that one first"]);
  const portfolio = { name: "After", investments: [{ asset: "AAPL", amount: "1" }] };
  await first.read("/portfolios", { method: "POST", body: JSON.stringify(portfolio) });
});

Deno.test("a port in use is named, and nothing is begun that nobody could follow", async () => {
  await using folder = await dataFolder();
  await using provider = startProviderStandIn({ now: () => new Date() });
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(listener.addr.port);
  await using server = await startServer({ KV_URL: folder.kv, PORT: port, ...pointedAt(provider) });
  assertRefused(await server.ended(), [
    `HOST is "127.0.0.1" and PORT is "${port}"`,
    "in use",
    "a port that nothing else",
  ]);
  assert.deepEqual(provider.calls, []);
  using kv = await Deno.openKv(inProject(folder.kv));
  assert.deepEqual(await Array.fromAsync(kv.list({ prefix: ["jobs"] })), []);
});

Deno.test("a pull that was missed while nothing ran happens at the start, once", async () => {
  await using folder = await dataFolder();
  await using provider = startProviderStandIn({
    now: () => new Date(),
    bars: generatedBars(10),
    switches: { callsPerMinute: 0 },
  });
  const env = { KV_URL: folder.kv, ...pointedAt(provider) };
  await using first = await startServer(env);
  const id = await nightlyPull(first);
  await succeeded(first, id);
  const { up_to_date, last_session, expected_session, provider: state } = await first.read("/market/status");
  assert.deepEqual([up_to_date, last_session, state.state], [true, expected_session, "well"]);
  first.signal("SIGTERM");
  assert.match((await first.ended()).stdout, /^ +Nightly pull +03:00 America\/New_York$/m);

  await using second = await startServer(env);
  await second.url();
  assert.equal(await nightlyPull(second), id);
  assert.equal((await second.read("/jobs?name=pull-market-day")).items.length, 1);
  assert.equal(provider.calls.filter(({ path }) => path.startsWith("/v2/aggs/grouped/")).length, 1);
});

const SHORT_KEY = "some-31-characters-and-no-more-";

const UNUSABLE: readonly (readonly [name: string, value: string, advice: string])[] = [
  ["PORT", "80a", "a whole number from 0 to 65535"],
  ["PORT", "65536", "a whole number from 0 to 65535"],
  ["HOST", "192.0.2.1", "an address of this machine"],
  ["MARKET_TIME_ZONE", "New_York", "an IANA time zone such as America/New_York"],
  ["PULL_AT", "3am", "a time of day such as 03:00"],
  ["POLYGON_CALLS_PER_MINUTE", "0", "a whole number from 1 to 6000"],
  ["KV_URL", "./data", "the path of a file"],
  ["KV_URL", "/elsewhere/foliolens.kv", "permissions of the start task"],
];

for (const [name, value, advice] of UNUSABLE) {
  Deno.test(`${name}=${value} is refused with what would be right`, async () => {
    await using folder = await dataFolder();
    await using server = await startServer({ KV_URL: folder.kv, [name]: value });
    assertRefused(await server.ended(), [`${name} is "${value}"`, advice]);
  });
}

Deno.test("a KV_URL below a file, and one that is no store, are refused and left as they were", async () => {
  await using folder = await dataFolder();
  const text = "These are notes, not a store. ".repeat(100);
  await Deno.writeTextFile(inProject(`${folder.path}/notes`), text);
  await using below = await startServer({ KV_URL: `${folder.path}/notes/foliolens.kv` });
  assertRefused(await below.ended(), [`KV_URL is "${folder.path}/notes/foliolens.kv"`, "the path of a file"]);
  await using itself = await startServer({ KV_URL: `${folder.path}/notes` });
  assertRefused(await itself.ended(), [`KV_URL is "${folder.path}/notes"`, "not a database"]);
  assert.equal(await Deno.readTextFile(inProject(`${folder.path}/notes`)), text);
});

Deno.test("a key that is too short is refused without being shown", async () => {
  await using server = await startServer({ ADMIN_API_KEY: SHORT_KEY });
  const ended = await server.ended();
  assertRefused(ended, ["ADMIN_API_KEY is a secret of 31 characters", "32 or more characters"]);
  assert.ok(!ended.stderr.includes(SHORT_KEY));
});

function assertRefused({ code, stdout, stderr }: Ended, parts: readonly string[]): void {
  for (const part of parts) assert.ok(stderr.includes(part), `"${part}" is not in: ${stderr}`);
  assert.ok(!/^ +at |Uncaught/m.test(stderr), `a stack trace: ${stderr}`);
  assert.deepEqual([code, stdout], [1, ""]);
}
