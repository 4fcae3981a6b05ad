/**
 * Writes docs/licences.md: the licence of every package that deno.lock names, as its package.json in Deno's cache states it.
 * A binary for another system is not there; it has the licence of the package that it is the binary of.
 *
 * @module
 */
import { type LockedPackage, lockedPackages } from "./locked_packages.ts";

const PROJECT = new URL("../", import.meta.url);

const HEAD = `# Licences

What each package that \`deno.lock\` names states of itself, those of tests and checks among them. \`deno task licences\`
writes this page; a test holds it against \`deno.lock\` and against the licences that are taken. Foliolens itself is under
the [MIT licence](../LICENSE).
`;

async function cacheFolders(): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  return await Array.fromAsync(Deno.readDir(npmCache), ({ name }) => `${npmCache}/${name}`);
}

async function statedLicence(folders: readonly string[], { name, version }: LockedPackage): Promise<string | null> {
  for (const folder of folders) {
    const text = await Deno.readTextFile(`${folder}/${name}/${version}/package.json`).catch(() => null);
    if (text !== null) return String(JSON.parse(text).license ?? "none stated");
  }
  return null;
}

async function licencesOf(packages: readonly LockedPackage[]): Promise<Map<string, string[]>> {
  const folders = await cacheFolders();
  const found = new Map<string, string[]>();
  for (const one of packages) {
    const stands = one.isBinary ? packages.find(({ optional }) => optional.includes(one.name)) : undefined;
    const licence = await statedLicence(folders, one) ?? (stands && await statedLicence(folders, stands));
    if (!licence) throw new Error(`${one.name}@${one.version} is not in Deno's cache: run \`deno ci\` first.`);
    found.set(licence, [...found.get(licence) ?? [], `${one.name}@${one.version}`]);
  }
  return found;
}

const packages = lockedPackages(await Deno.readTextFile(new URL("deno.lock", PROJECT)));
const licences = [...await licencesOf(packages)].toSorted(([a], [b]) => a < b ? -1 : 1);
const parts = licences.map(([licence, names]) => `## ${licence}\n\n${names.map((name) => `- ${name}\n`).join("")}`);
await Deno.writeTextFile(new URL("docs/licences.md", PROJECT), [HEAD, ...parts].join("\n"));
