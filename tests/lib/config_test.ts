import assert from "node:assert/strict";
import { ConfigError, orCannotListen, readConfig, VARIABLES, VARIABLES_READ } from "../../lib/config.ts";
import denoJson from "../../deno.json" with { type: "json" };

const read = (given: Readonly<Record<string, string>>) => readConfig((name) => given[name]);

function refusalOf(given: Readonly<Record<string, string>>): string {
  try {
    read(given);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail(`${JSON.stringify(given)} was accepted`);
}

const KEY = "0123456789abcdef0123456789ABCDEF";

Deno.test("nothing set: the demo on this machine", () => {
  assert.deepEqual(read({}), {
    HOST: "127.0.0.1",
    PORT: 8000,
    PUBLIC_URL: "http://localhost:8000",
    KV_URL: "./data/foliolens.kv",
    ADMIN_EMAILS: [],
    POLYGON_BASE_URL: "https://api.massive.com",
    POLYGON_CALLS_PER_MINUTE: 5,
    POLYGON_HISTORY_YEARS: 2,
    MARKET_TIME_ZONE: "America/New_York",
    PULL_AT: "03:00",
    JOBS_KEPT_DAYS: 90,
    AUDIT_KEPT_DAYS: 2_555,
    CORRECTIONS_KEPT_DAYS: 0,
    RATE_LIMIT_PER_MINUTE: 600,
    TRUST_PROXY: false,
    DEMO_DATA: true,
    LOG_LEVEL: "info",
  });
});

Deno.test("everything set", () => {
  assert.deepEqual(
    read({
      HOST: "0.0.0.0",
      PORT: "0",
      PUBLIC_URL: "https://folio.example/base//",
      KV_URL: "https://kv.example",
      KV_ACCESS_TOKEN: "token",
      ADMIN_API_KEY: KEY,
      ADMIN_EMAILS: "ada@example.com, bob@example.org",
      OIDC_ISSUER: "https://id.example",
      OIDC_CLIENT_ID: "oidc-id",
      OIDC_CLIENT_SECRET: "oidc-secret",
      GITHUB_CLIENT_ID: "github-id",
      GITHUB_CLIENT_SECRET: "github-secret",
      POLYGON_API_KEY: "key",
      POLYGON_BASE_URL: "http://127.0.0.1:9000/",
      POLYGON_CALLS_PER_MINUTE: "6000",
      POLYGON_HISTORY_YEARS: "5",
      MARKET_TIME_ZONE: "Europe/Berlin",
      PULL_AT: "23:59",
      JOBS_KEPT_DAYS: "1",
      AUDIT_KEPT_DAYS: "0",
      CORRECTIONS_KEPT_DAYS: "365",
      RATE_LIMIT_PER_MINUTE: "0",
      TRUST_PROXY: "true",
      DEMO_DATA: "false",
      LOG_LEVEL: "debug",
    }),
    {
      HOST: "0.0.0.0",
      PORT: 0,
      PUBLIC_URL: "https://folio.example/base",
      KV_URL: "https://kv.example",
      KV_ACCESS_TOKEN: "token",
      ADMIN_API_KEY: KEY,
      ADMIN_EMAILS: ["ada@example.com", "bob@example.org"],
      OIDC_ISSUER: "https://id.example",
      OIDC_CLIENT_ID: "oidc-id",
      OIDC_CLIENT_SECRET: "oidc-secret",
      GITHUB_CLIENT_ID: "github-id",
      GITHUB_CLIENT_SECRET: "github-secret",
      POLYGON_API_KEY: "key",
      POLYGON_BASE_URL: "http://127.0.0.1:9000/",
      POLYGON_CALLS_PER_MINUTE: 6000,
      POLYGON_HISTORY_YEARS: 5,
      MARKET_TIME_ZONE: "Europe/Berlin",
      PULL_AT: "23:59",
      JOBS_KEPT_DAYS: 1,
      AUDIT_KEPT_DAYS: 0,
      CORRECTIONS_KEPT_DAYS: 365,
      RATE_LIMIT_PER_MINUTE: 0,
      TRUST_PROXY: true,
      DEMO_DATA: false,
      LOG_LEVEL: "debug",
    },
  );
});

Deno.test("what is set but empty, or blank, counts as unset; blanks around a value do not", () => {
  for (const blank of ["", " ", "\t\r\n"]) {
    assert.deepEqual(read(Object.fromEntries(VARIABLES.map((name) => [name, blank]))), read({}));
  }
  assert.equal(read({ PORT: " 8080\r" }).PORT, 8080);
  assert.equal(read({ ADMIN_API_KEY: ` ${KEY} ` }).ADMIN_API_KEY, KEY);
});

const web = "use an http:// or https:// address";
const flag = "use true or false";

const BAD: [name: string, value: string, advice: string][] = [
  ["PORT", "eighty", "use a whole number from 0 to 65535"],
  ["PORT", "65536", "use a whole number from 0 to 65535"],
  ["PORT", "-1", "use a whole number from 0 to 65535"],
  ["PORT", "80.5", "use a whole number from 0 to 65535"],
  ["PORT", "0x50", "use a whole number from 0 to 65535"],
  ["PORT", "8e3", "use a whole number from 0 to 65535"],
  ["PUBLIC_URL", "folio.example", web],
  ["PUBLIC_URL", "ftp://folio.example", web],
  ["PUBLIC_URL", "https://", web],
  ["PUBLIC_URL", "javascript:alert(1)", web],
  ["OIDC_ISSUER", "id.example", web],
  ["OIDC_ISSUER", "http://id.example", "use an https:// address; http:// is for this machine alone"],
  ["OIDC_ISSUER", "http://127.0.0.1.example", "use an https:// address; http:// is for this machine alone"],
  ["ADMIN_EMAILS", "ada", "use e-mail addresses, with commas between them"],
  ["POLYGON_BASE_URL", "api.massive.com", web],
  ["RATE_LIMIT_PER_MINUTE", "-1", "use a whole number from 0 to 1000000"],
  ["TRUST_PROXY", "1", "use true or false"],
  ["POLYGON_CALLS_PER_MINUTE", "0", "use a whole number from 1 to 6000"],
  ["POLYGON_CALLS_PER_MINUTE", "6001", "use a whole number from 1 to 6000"],
  ["POLYGON_HISTORY_YEARS", "0", "use a whole number from 1 to 100"],
  ["MARKET_TIME_ZONE", "New York", "use an IANA time zone such as America/New_York"],
  ["MARKET_TIME_ZONE", "America/Nowhere", "use an IANA time zone such as America/New_York"],
  ["PULL_AT", "3:00", "use a time of day such as 03:00"],
  ["PULL_AT", "24:00", "use a time of day such as 03:00"],
  ["PULL_AT", "03:60", "use a time of day such as 03:00"],
  ["PULL_AT", "03:00:00", "use a time of day such as 03:00"],
  ["DEMO_DATA", "yes", flag],
  ["DEMO_DATA", "1", flag],
  ["DEMO_DATA", "TRUE", flag],
  ["LOG_LEVEL", "verbose", "use debug, info, warn or error"],
  ["LOG_LEVEL", "INFO", "use debug, info, warn or error"],
];

Deno.test("a bad value stops the start: the message names the variable, its value, and what would be right", () => {
  for (const [name, value, advice] of BAD) {
    const message = refusalOf({ [name]: value });
    assert.ok(message.startsWith(`The configuration cannot be used:\n  ${name} is "${value}": ${advice}.`), message);
  }
});

const BAD_SECRETS: [name: string, value: string, advice: string][] = [
  ["ADMIN_API_KEY", "short-secret", "use 32 or more characters"],
  ["ADMIN_API_KEY", `${KEY} with spaces`, "use visible ASCII characters, without spaces"],
  ["ADMIN_API_KEY", `${KEY}é`, "use visible ASCII characters, without spaces"],
  ["ADMIN_API_KEY", `${KEY}\u0007`, "use visible ASCII characters, without spaces"],
  ["POLYGON_API_KEY", "two words", "use the key as the provider shows it, without spaces"],
  ["POLYGON_API_KEY", "“secret”", "use the key as the provider shows it, without spaces"],
];

Deno.test("a secret is never shown, only how long it is", () => {
  for (const [name, value, advice] of BAD_SECRETS) {
    const message = refusalOf({ [name]: value });
    assert.equal(
      message,
      `The configuration cannot be used:\n  ${name} is a secret of ${value.length} characters: ${advice}.`,
    );
    assert.ok(!message.includes(value));
  }
});

Deno.test("all that is wrong is named at once, and only that", () => {
  const message = refusalOf({ PORT: "x", LOG_LEVEL: "loud", DEMO_DATA: "true", ADMIN_API_KEY: "short" });
  assert.deepEqual(message.split("\n").slice(1).map((line) => line.trim().split(" ")[0]), [
    ...["PORT", "ADMIN_API_KEY", "LOG_LEVEL"],
  ]);
  assert.ok(!message.includes("short"));
});

Deno.test("what belongs together is set together", () => {
  const message = refusalOf({ OIDC_ISSUER: "http://localhost:9000", OIDC_CLIENT_ID: "x", GITHUB_CLIENT_SECRET: "y" });
  assert.deepEqual(message.split("\n").slice(1), [
    "  OIDC_CLIENT_SECRET is not set: set OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET together.",
    "  GITHUB_CLIENT_ID is not set: set GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET together.",
  ]);
});

Deno.test("on Deno Deploy the store is the database that the app was assigned, or the KV server that is named", () => {
  const assigned = { DENO_DEPLOY: "true", DENO_KV_DEFAULT_PATH: "https://kv.example.com/assigned" };
  assert.equal(read(assigned).KV_URL, "https://kv.example.com/assigned");
  assert.equal(read({ ...assigned, KV_URL: "https://kv.example.com/other" }).KV_URL, "https://kv.example.com/other");
});

Deno.test("on Deno Deploy no file serves as a store: it would go with its instance", () => {
  const advice = "assign a Deno KV database to the app, or use the http:// or https:// address of a KV server.";
  assert.match(refusalOf({ DENO_DEPLOY: "true" }), new RegExp(`^  KV_URL is not set: ${advice}$`, "m"));
  assert.match(
    refusalOf({ DENO_DEPLOY: "true", KV_URL: "./data/foliolens.kv" }),
    new RegExp(`^  KV_URL is "./data/foliolens.kv": ${advice}$`, "m"),
  );
});

Deno.test("what was read cannot be changed, and nothing else is read", () => {
  const asked: string[] = [];
  const config = readConfig((name) => void asked.push(name));
  assert.throws(() => Object.assign(config, { PORT: 1 }), TypeError);
  assert.deepEqual(asked, VARIABLES_READ);
});

Deno.test("every task that reads the configuration is allowed to, by name", () => {
  const tasks: Record<string, { description: string; command?: string }> = denoJson.tasks;
  const readers = Object.entries(tasks).filter(([, { command = "" }]) => command.includes("PORT,"));
  assert.ok(readers.length >= 2);
  for (const [task, { command = "" }] of readers) {
    const allowed = /--allow-env=(\S+)/.exec(command)?.[1]?.split(",") ?? [];
    assert.deepEqual(VARIABLES_READ.filter((name) => !allowed.includes(name)), [], `deno task ${task}`);
  }
});

Deno.test("every variable stands in .env.example", async () => {
  const example = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  assert.deepEqual(VARIABLES.filter((name) => !new RegExp(`^#? ?${name}=`, "m").test(example)), []);
});

Deno.test("an address that cannot be listened on is a fault of the configuration, with the reason", () => {
  assert.equal(orCannotListen({ HOST: "h", PORT: 1 }, () => "server"), "server");
  const listen = () => {
    throw new Deno.errors.AddrInUse("Address already in use");
  };
  assert.throws(() => orCannotListen({ HOST: "127.0.0.1", PORT: 80 }, listen), {
    name: "ConfigError",
    message:
      'HOST is "127.0.0.1" and PORT is "80": Address already in use; use an address of this machine and a port that nothing else uses.',
  });
});
