/**
 * The project's source as the architecture's rules see it: which files there are, what they import, and what they mention.
 *
 * @module
 */
import { posix } from "node:path";

export interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = ["lib", "routes", "fixtures", "tasks", "tests", "bench"];
const SOURCE = /\.(ts|tsx|js|css)$/;

/** Every file of ours that is written by hand and runs, or is served. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  for (const path of [...await inFolder("."), ...(await Promise.all(FOLDERS.map(walk))).flat()]) {
    if (SOURCE.test(path)) found.push({ path, text: await Deno.readTextFile(new URL(path, ROOT)) });
  }
  return found;
}

async function inFolder(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(folder, ROOT)));
  return entries.filter(({ isFile }) => isFile).map(({ name }) => posix.join(folder, name));
}

async function walk(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(folder, ROOT)));
  const inside = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => walk(posix.join(folder, name)));
  return [...await inFolder(folder), ...(await Promise.all(inside)).flat()];
}

/** Strings and comments, whichever begins first. */
const STRING_OR_COMMENT = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The text without its comments; what stands in strings stays. */
export const withoutComments = (text: string): string =>
  text.replaceAll(STRING_OR_COMMENT, (_, string: string | undefined) => string ?? " ");

/** `import ... from`, `export ... from`, a bare `import`, and a dynamic one of a fixed name. */
const IMPORT =
  /(?:^|[;\n])\s*(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|(?:^|[;\n])\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

export interface Imports {
  /** Files of ours, by their path from the root. */
  readonly own: readonly string[];
  /** Packages and what the platform brings, by name. */
  readonly foreign: readonly string[];
}

/** What a file imports; types count too. */
export function importsOf({ path, text }: SourceFile): Imports {
  const names = [...withoutComments(text).matchAll(IMPORT)].map(([, from, bare, dynamic]) =>
    from ?? bare ?? dynamic ?? ""
  );
  const isOwn = (name: string) => name.startsWith(".");
  return {
    own: names.filter(isOwn).map((name) => posix.join(posix.dirname(path), name)),
    foreign: names.filter((name) => !isOwn(name)),
  };
}
