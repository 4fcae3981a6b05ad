/**
 * The architecture's rules, held against every file: which way arrows go, where side effects are, how files are named.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../routes/app.ts";
import { openApiDocument } from "../routes/openapi.ts";
import { importsOf, type SourceFile, sourceFiles, withoutComments } from "./support/source_files.ts";

interface Rule {
  readonly name: string;
  /** What is wrong with a file, in words; nothing where it keeps the rule. */
  readonly faultsOf: (file: SourceFile) => readonly string[];
  /** Made up, to prove that the rule can be broken. */
  readonly broken: readonly SourceFile[];
  /** Made up, to prove that it is not broken by everything. */
  readonly kept: readonly SourceFile[];
}

const file = (path: string, text: string): SourceFile => ({ path, text });
const importing = (path: string, name: string): SourceFile => file(path, `import { x } from "${name}";\n`);

/** Files at the root of `lib/` that know of nothing but themselves and the mathematics. */
const PLAIN = [
  "lib/config.ts",
  "lib/day.ts",
  "lib/log.ts",
  "lib/precondition.ts",
  "lib/problem.ts",
  "lib/value_errors.ts",
];
const BASE = ["lib/analysis/", ...PLAIN];
const CONTEXT = ["lib/store/", "lib/identity/actor.ts", ...BASE];
const AUDITED = ["lib/audit.ts", "lib/context.ts", ...CONTEXT];
const HISTORY = ["lib/history/", "lib/context.ts", ...CONTEXT];
const VERBS = ["lib/jobs/", "lib/audit.ts", ...HISTORY];

/** What may be imported from where; the longest name that fits a file counts. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "lib/analysis/": ["lib/analysis/"],
  "lib/charts/": ["lib/charts/", ...BASE],
  ...Object.fromEntries(PLAIN.map((path) => [path, BASE])),
  "lib/version.ts": ["deno.json"],
  "lib/store/": ["lib/store/", ...BASE],
  "lib/context.ts": CONTEXT,
  "lib/audit.ts": AUDITED,
  "lib/history/": HISTORY,
  "lib/jobs/": ["lib/jobs/", "lib/context.ts", "lib/store/", ...BASE],
  "lib/idempotency/": ["lib/idempotency/", "lib/store/", ...BASE],
  "lib/limits/": ["lib/limits/", "lib/store/", ...BASE],
  "lib/identity/": ["lib/identity/", ...VERBS],
  "lib/market/": ["lib/market/", ...VERBS],
  "lib/portfolios/": ["lib/portfolios/", ...VERBS],
  "lib/inspect/": ["lib/inspect/", "lib/context.ts", ...CONTEXT],
  "lib/retention/": ["lib/retention/", "lib/idempotency/", "lib/identity/", ...VERBS],
  "lib/repair/": ["lib/repair/", "lib/verify/", "lib/identity/", ...VERBS],
  "lib/verify/": ["lib/verify/", "lib/inspect/", ...VERBS],
  "lib/telemetry/": ["lib/telemetry/", "lib/market/", ...VERBS],
  "lib/services.ts": ["lib/"],
  "routes/": ["routes/", "lib/"],
  "fixtures/": ["fixtures/", "lib/"],
  "cron.ts": ["lib/"],
  "service.ts": ["cron.ts", "lib/", "routes/"],
  "prepare.ts": ["service.ts", "fixtures/", "lib/"],
  "ending.ts": ["lib/"],
  "main.ts": ["prepare.ts", "service.ts", "ending.ts", "lib/", "routes/"],
  "tasks/": ["tasks/", "cron.ts", "fixtures/", "lib/", "routes/", "tests/support/"],
};

function allowedIn(path: string): readonly string[] | undefined {
  const folders = Object.keys(ARROWS).filter((folder) => path.startsWith(folder));
  const longest = folders.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : ARROWS[longest];
}

const isProduct = ({ path }: SourceFile): boolean =>
  /^(lib|routes|fixtures|tasks)\/|^(main|prepare|service|ending|cron)\.ts$/.test(path);
const isBuiltIn = ({ path }: SourceFile): boolean => /^(lib|routes)\/|^(prepare|service|ending|cron)\.ts$/.test(path);

/** A rule about what a file may not mention, but for some. */
function unmentioned(
  name: string,
  pattern: RegExp,
  applies: (file: SourceFile) => boolean,
  examples: Pick<Rule, "broken" | "kept">,
  exceptions: readonly string[] = [],
): Rule {
  const faultsOf = (source: SourceFile) =>
    !applies(source) || exceptions.includes(source.path)
      ? []
      : [...withoutComments(source.text).matchAll(pattern)].map(([found]) => `mentions ${found.trim()}`);
  return { name, faultsOf, ...examples };
}

const RULES: readonly Rule[] = [
  {
    name: "arrows go one way: main -> routes -> portfolios, market -> history, jobs -> store",
    faultsOf: (source) => {
      const allowed = allowedIn(source.path);
      if (allowed === undefined) return isProduct(source) ? [`${source.path} has no place in the architecture`] : [];
      return importsOf(source).own.filter((name) => !allowed.some((folder) => name.startsWith(folder)))
        .map((name) => `imports ${name}`);
    },
    broken: [
      importing("lib/analysis/decimal.ts", "../day.ts"),
      importing("lib/store/store.ts", "../history/read.ts"),
      importing("lib/store/store.ts", "../context.ts"),
      importing("lib/jobs/job.ts", "../history/read.ts"),
      importing("lib/history/read.ts", "../jobs/job.ts"),
      importing("lib/history/read.ts", "../services.ts"),
      importing("lib/market/assets.ts", "../portfolios/portfolios.ts"),
      importing("lib/portfolios/sectors.ts", "../market/assets.ts"),
      importing("lib/identity/actor.ts", "../portfolios/portfolios.ts"),
      importing("lib/day.ts", "./context.ts"),
      importing("lib/services.ts", "../routes/app.ts"),
      importing("lib/market/assets.ts", "../../fixtures/load.ts"),
      importing("routes/app.ts", "../main.ts"),
      importing("routes/app.ts", "../tests/support/clock.ts"),
      importing("main.ts", "./tests/support/clock.ts"),
      file("lib/new_room/verb.ts", ""),
      file("lib/store/store.ts", 'export * from "../market/assets.ts";'),
      file("lib/store/store.ts", 'import type {\n  Asset,\n} from "../market/assets.ts";'),
      file("lib/store/store.ts", 'const x = await import("../market/assets.ts");'),
      file("lib/store/store.ts", 'import "../market/assets.ts";'),
    ],
    kept: [
      importing("lib/store/store.ts", "./cache.ts"),
      importing("lib/store/store.ts", "zod"),
      importing("lib/portfolios/sectors.ts", "../analysis/decimal.ts"),
      importing("routes/app.ts", "../lib/market/assets.ts"),
      importing("lib/store/kv_file.ts", "node:path"),
      file("lib/store/store.ts", '// import { x } from "../market/assets.ts";\n/* import "../market/assets.ts"; */'),
    ],
  },
  unmentioned(
    "only main.ts, tasks, tests and benchmarks open KV, serve, keep a timetable, exit or listen to signals",
    /\bDeno\s*\.\s*(openKv|serve|cron|exit|addSignalListener|exitCode)\b/g,
    isBuiltIn,
    {
      broken: [file("lib/a.ts", "Deno.openKv()"), file("routes/a.ts", "Deno.exit(1)"), file("cron.ts", "Deno.cron(x)")],
      kept: [file("main.ts", "Deno.serve(x)"), file("lib/a.ts", "// Deno.serve\nkv.openKvAgain()")],
    },
  ),
  unmentioned(
    "only main.ts and tasks hand the environment out",
    /\bDeno\s*\.\s*env\b|\bprocess\s*\.\s*env\b/g,
    isBuiltIn,
    { broken: [file("lib/config.ts", 'Deno.env.get("X")')], kept: [file("main.ts", 'Deno.env.get("X")')] },
  ),
  unmentioned(
    "nobody but main.ts reads a clock or sets a timer: both come in as arguments",
    /\bDate\.now\b|\bnew Date\(\s*\)|\bnew Date;|\bperformance\.now\b|(?<![.\w])set(Timeout|Interval)\(|\bTemporal\.Now\b/g,
    isBuiltIn,
    {
      broken: [
        file("lib/a.ts", "Date.now()"),
        file("routes/a.ts", "new Date()"),
        file("lib/a.ts", "performance.now()"),
        file("lib/a.ts", "setTimeout(run, 5)"),
      ],
      kept: [file("lib/a.ts", "new Date(ms); timers.setTimeout(run, 5); ctx.now()"), file("main.ts", "new Date()")],
    },
    [
      // The form in which timers come in.
      "lib/jobs/sleep.ts",
      // A commit that finds the file locked waits for milliseconds, which no caller has to know of.
      "lib/store/change.ts",
      "lib/store/store.ts",
      // A deadline of KV, which no clock but the real one can keep.
      "lib/store/in_time.ts",
      // Runs in the browser.
      "routes/admin/admin.js",
    ],
  ),
  unmentioned(
    "routes see neither KV nor the provider",
    /\bDeno\.Kv\w*|\bkv\s*\.\s*(get|set|list|atomic)|market\/polygon\w*/g,
    ({ path }) => path.startsWith("routes/"),
    {
      broken: [file("routes/a.ts", "let x: Deno.Kv"), importing("routes/a.ts", "../lib/market/polygon.ts")],
      kept: [file("routes/a.ts", 'z.string().openapi({ example: "polygon" })')],
    },
  ),
  {
    name: "the mathematics imports nothing but itself and packages",
    faultsOf: (source) =>
      source.path.startsWith("lib/analysis/")
        ? importsOf(source).foreign.filter((name) => /^(node|jsr):/.test(name)).map((name) => `imports ${name}`)
        : [],
    broken: [importing("lib/analysis/a.ts", "node:fs")],
    kept: [importing("lib/analysis/a.ts", "big.js"), importing("lib/analysis/a.ts", "./decimal.ts")],
  },
  {
    name: "no file is longer than 400 lines, and main.ts is shorter than 80",
    faultsOf: ({ path, text }) => {
      const lines = text.replace(/\n$/, "").split("\n").length;
      return lines > (path === "main.ts" ? 79 : 400) ? [`has ${lines} lines`] : [];
    },
    broken: [file("lib/a.ts", "x\n".repeat(401)), file("main.ts", "x\n".repeat(80))],
    kept: [file("lib/a.ts", "x\n".repeat(400)), file("main.ts", "x\n".repeat(79))],
  },
  {
    name: "names are in snake_case",
    faultsOf: ({ path }) => /^([a-z0-9_]+\/)*[a-z0-9_]+\.[a-z]+$/.test(path) ? [] : ["is not named in snake_case"],
    broken: [file("lib/valueAtRisk.ts", ""), file("lib/value-at-risk.ts", ""), file("lib/Market/assets.ts", "")],
    kept: [file("lib/value_at_risk.ts", ""), file("main.ts", "")],
  },
];

for (const { name, faultsOf, broken, kept } of RULES) {
  Deno.test(`architecture: ${name}`, async () => {
    const files = await sourceFiles();
    assert.ok(files.length > 100, "The project's files were not found");
    assert.deepEqual(files.flatMap((source) => faultsOf(source).map((fault) => `${source.path} ${fault}`)), []);
    for (const source of broken) assert.ok(faultsOf(source).length > 0, `${source.path} passes: ${source.text}`);
    for (const source of kept) assert.deepEqual(faultsOf(source), [], source.text);
  });
}

Deno.test("every import that a file has is seen, and each of ours leads to a file", async () => {
  const files = await sourceFiles();
  const paths = new Set(files.map(({ path }) => path));
  // The examples in here look like imports.
  for (const source of files.filter(({ path }) => path !== "tests/architecture_test.ts")) {
    const { own, foreign } = importsOf(source);
    const statements = withoutComments(source.text).match(/^import\b/gm) ?? [];
    assert.ok(own.length + foreign.length >= statements.length, source.path);
    assert.deepEqual(own.filter((name) => /\.(ts|tsx|js|css)$/.test(name) && !paths.has(name)), [], source.path);
  }
  const all = files.flatMap((source) => importsOf(source).own);
  assert.ok(all.includes("lib/store/store.ts") && all.includes("routes/site.css"));
});

/** Operations without an access, and routes that the document does not know. */
function faultsOfRoutes(
  routes: readonly { method: string; path: string }[],
  paths: Readonly<Record<string, Readonly<Record<string, object>>>>,
): string[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation }))
  );
  const known = new Set(operations.map(({ name }) => name));
  const isPage = (path: string) => /^\/($|docs$|openapi\.json$|favicon\.|static\/|(problems|admin)(\/|$))/.test(path);
  return [
    ...operations.filter(({ operation }) => !("x-access" in operation)).map(({ name }) => `${name} has no x-access`),
    ...routes.filter(({ path }) => !isPage(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
      .filter((name) => !known.has(name)).map((name) => `${name} is not in the document`),
  ];
}

Deno.test("every route says who may call it, and stands in the OpenAPI document", () => {
  const app = createApp({ onInternalError: () => {} });
  const { paths = {} } = openApiDocument(app);
  assert.deepEqual(faultsOfRoutes(app.routes, paths as Record<string, Record<string, object>>), []);
  assert.deepEqual(
    faultsOfRoutes(
      [{ method: "GET", path: "/a/:b" }, { method: "GET", path: "/docs" }, { method: "PUT", path: "/c" }],
      {
        "/a/{b}": { get: { "x-access": "anyone" } },
        "/d": { post: {} },
      },
    ),
    ["POST /d has no x-access", "PUT /c is not in the document"],
  );
});
