/**
 * The one reader of the environment.
 *
 * @module
 */
import { z } from "zod";

const flag = (fallback: boolean) =>
  z.enum(["true", "false"], "use true or false").default(fallback ? "true" : "false").transform((text) =>
    text === "true"
  );

const wholeNumber = (min: number, max: number) =>
  z.string().regex(/^\d+$/, `use a whole number from ${min} to ${max}`).transform(Number)
    .refine((value) => value >= min && value <= max, `use a whole number from ${min} to ${max}`);

const address = (protocols: string[], advice: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: advice,
    abort: true,
  });

const web = address(["http:", "https:"], "use an http:// or https:// address");

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** In clear, what is said on the way could be read and changed by whoever stands there. */
const issuer = web.refine(
  (text) => text.startsWith("https:") || LOOPBACK.test(new URL(text).hostname),
  "use an https:// address; http:// is for this machine alone",
);

const EMAIL = /^[^\s@,]+@[^\s@,]+$/;

const emails = z.string().transform((text) => text.split(/[\s,]+/).filter((email) => email !== ""))
  .refine((list) => list.every((email) => EMAIL.test(email)), "use e-mail addresses, with commas between them");

const variables = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535).default(8000),
  PUBLIC_URL: web.transform((text) => text.replace(/\/+$/, "")).optional(),
  KV_URL: z.string().optional(),
  KV_ACCESS_TOKEN: z.string().optional(),
  ADMIN_API_KEY: z.string().min(32, "use 32 or more characters")
    .regex(/^[\x21-\x7e]+$/, "use visible ASCII characters, without spaces").optional(),
  ADMIN_EMAILS: emails.default([]),
  OIDC_ISSUER: issuer.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  POLYGON_API_KEY: z.string().regex(/^[\x21-\x7e]+$/, "use the key as the provider shows it, without spaces")
    .optional(),
  POLYGON_BASE_URL: web.default("https://api.massive.com"),
  POLYGON_CALLS_PER_MINUTE: wholeNumber(1, 6_000).default(5),
  POLYGON_HISTORY_YEARS: wholeNumber(1, 100).default(2),
  BARS_DIR: z.string().optional(),
  MARKET_TIME_ZONE: z.string().refine(isTimeZone, "use an IANA time zone such as America/New_York")
    .default("America/New_York"),
  PULL_AT: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "use a time of day such as 03:00").default("03:00"),
  JOBS_KEPT_DAYS: wholeNumber(1, 36_500).default(90),
  AUDIT_KEPT_DAYS: wholeNumber(0, 36_500).default(2_555),
  CORRECTIONS_KEPT_DAYS: wholeNumber(0, 36_500).default(0),
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000).default(600),
  TRUST_PROXY: flag(false),
  DEMO_DATA: flag(true),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"], "use debug, info, warn or error").default("info"),
});

/** What Deno Deploy says, to Deno itself: that it is there, and where the database is that the app was assigned. */
const platform = z.object({ DENO_DEPLOY: z.string().optional(), DENO_KV_DEFAULT_PATH: z.string().optional() });

const all = variables.extend(platform.shape);

type Variables = z.output<typeof all>;

const kvUrlOf = ({ KV_URL, DENO_KV_DEFAULT_PATH }: Variables): string =>
  KV_URL ?? DENO_KV_DEFAULT_PATH ?? "./data/foliolens.kv";

/** Of these, all are set or none. */
const TOGETHER: readonly (readonly (keyof Variables)[])[] = [
  ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"],
  ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"],
];

function refuseHalves(read: Variables, ctx: z.RefinementCtx): void {
  for (const names of TOGETHER) {
    const missing = names.filter((name) => read[name] === undefined);
    if (missing.length === names.length) continue;
    const message = `set ${names.join(", ")} together`;
    for (const name of missing) ctx.addIssue({ code: "custom", path: [name], message });
  }
}

/** A file would be lost with the instance that wrote it, and be another one in each. */
function refuseLostFiles(read: Variables, ctx: z.RefinementCtx): void {
  if (read.DENO_DEPLOY === undefined || web.safeParse(kvUrlOf(read)).success) return;
  const message = "assign a Deno KV database to the app, or use the http:// or https:// address of a KV server";
  ctx.addIssue({ code: "custom", path: ["KV_URL"], message });
}

const schema = all.superRefine(refuseHalves).superRefine(refuseLostFiles)
  .transform((read) => ({
    ...read,
    KV_URL: kvUrlOf(read),
    PUBLIC_URL: read.PUBLIC_URL ?? `http://localhost:${read.PORT}`,
  }));

export type Config = Readonly<z.output<typeof schema>>;

/** What an operator may set. */
export const VARIABLES: readonly string[] = Object.keys(variables.shape);

/** Every variable that is read: the start task names the same ones in its permissions. */
export const VARIABLES_READ: readonly string[] = Object.keys(all.shape);

const SECRETS: ReadonlySet<string> = new Set([
  ...["KV_ACCESS_TOKEN", "ADMIN_API_KEY", "POLYGON_API_KEY"],
  ...["OIDC_CLIENT_SECRET", "GITHUB_CLIENT_SECRET"],
]);

/** The configuration cannot be used; the message names each variable, its value and what would be right. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** A variable that is set but empty counts as unset, as in an `.env` file that lists them all. Throws {@link ConfigError}. */
export function readConfig(get: (name: string) => string | undefined): Config {
  const given = Object.fromEntries(
    VARIABLES_READ.map((name) => [name, get(name)?.trim()]).filter(([, value]) => value !== undefined && value !== ""),
  );
  const read = schema.safeParse(given);
  if (read.success) return Object.freeze(read.data);
  const lines = read.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `  ${name} is ${shown(name, given[name])}: ${issue.message}.`;
  });
  throw new ConfigError(`The configuration cannot be used:\n${lines.join("\n")}`);
}

function shown(name: string, value: string | undefined): string {
  if (value === undefined) return "not set";
  return SECRETS.has(name) ? `a secret of ${value.length} characters` : JSON.stringify(value);
}

/** What `listen` answers. Throws {@link ConfigError} where it cannot listen on what is configured. */
export function orCannotListen<T>({ HOST, PORT }: Pick<Config, "HOST" | "PORT">, listen: () => T): T {
  try {
    return listen();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = "use an address of this machine and a port that nothing else uses";
    throw new ConfigError(`HOST is "${HOST}" and PORT is "${PORT}": ${reason}; ${advice}.`, { cause });
  }
}
