/** What the project is made of: exact versions, known licences. */
import assert from "node:assert/strict";
import { lockedPackages } from "../tasks/locked_packages.ts";
import { importsOf, sourceFiles } from "./support/source_files.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));

/** Those that ask for no more than to be named; MPL-2.0 also for what is changed in its own files. */
const TAKEN: ReadonlySet<string> = new Set(["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"]);

const EXACT = /^npm:(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/;

Deno.test("deno.json names packages of npm alone, each in one exact version", async () => {
  const { imports, tasks } = JSON.parse(await read("deno.json"));
  const commands = Object.values<{ command?: string }>(tasks).map(({ command }) => command ?? "").join(" ");
  const named = [...Object.values<string>(imports), ...commands.match(/\b(npm|jsr):\S+/g) ?? []];
  assert.deepEqual(named.filter((name) => !EXACT.test(name)), []);
  for (const range of ["npm:zod@^4.6.7", "npm:zod@4", "npm:zod", "jsr:@std/assert@1.0.0"]) {
    assert.doesNotMatch(range, EXACT);
  }
});

Deno.test("the container and the checks run one and the same version of Deno", async () => {
  const [, container] = /^FROM denoland\/deno:(\S+)/.exec(await read("Dockerfile")) ?? [];
  const [, checks] = /deno@(\d+\.\d+\.\d+)/.exec(await read(".ci/run")) ?? [];
  assert.match(String(container), /^\d+\.\d+\.\d+$/);
  assert.equal(container, checks);
});

Deno.test("the container is given every file at the root that the program is made of", async () => {
  const given = (await read(".dockerignore")).split("\n");
  const imported = await Promise.all(["main.ts", "service.ts", "prepare.ts", "ending.ts", "cron.ts"].map(read));
  const needed = imported.flatMap((text) => [...text.matchAll(/from "\.\/(\w+\.ts)"/g)].map(([, name]) => name));
  assert.ok(needed.includes("service.ts"));
  assert.deepEqual(needed.filter((name) => !given.includes(`!${name}`)), []);
});

/** What runs when one of these does: every package that it, or a file that it imports, names. */
async function packagesOf(entryPoints: readonly string[], known: readonly string[]): Promise<Set<string>> {
  const files = new Map((await sourceFiles()).map((file) => [file.path, file]));
  const reached = new Set(entryPoints);
  const packages = new Set<string>();
  for (const path of reached) {
    const file = files.get(path);
    const { own, foreign } = file ? importsOf(file) : { own: [], foreign: [] };
    own.forEach((name) => reached.add(name));
    known.filter((name) => foreign.some((one) => `${one}/`.startsWith(`${name}/`))).forEach((name) =>
      packages.add(name)
    );
  }
  return packages;
}

Deno.test("the container is without the packages that nothing in it imports, and has all others", async () => {
  const dockerfile = (await read("Dockerfile")).replaceAll("\\\n", " ");
  const [, removed = ""] = /deno remove --lockfile-only ([^&]+)&&/.exec(dockerfile) ?? [];
  const [, cached = ""] = /deno cache --frozen ([^&]+)&&/.exec(dockerfile) ?? [];
  const known = Object.keys(JSON.parse(await read("deno.json")).imports);
  const needed = await packagesOf(cached.trim().split(/\s+/), known);
  assert.ok(needed.has("hono") && needed.has("swagger-ui-dist"));
  assert.deepEqual(removed.trim().split(/\s+/).toSorted(), known.filter((name) => !needed.has(name)).toSorted());
});

Deno.test("every package has a licence that is taken, and the page of licences is that of deno.lock", async () => {
  const [, ...parts] = (await read("docs/licences.md")).split("\n## ");
  const listed = parts.flatMap((part) => {
    const [licence = "", ...lines] = part.split("\n");
    assert.ok(TAKEN.has(licence), `${licence} is not among the licences that are taken: ${lines.join(" ")}`);
    return lines.filter((line) => line !== "").map((line) => line.replace("- ", ""));
  });
  const locked = lockedPackages(await read("deno.lock")).map(({ name, version }) => `${name}@${version}`);
  assert.deepEqual(listed.toSorted(), locked.toSorted(), "deno task licences writes the page anew");
});
