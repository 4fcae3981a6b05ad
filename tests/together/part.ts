/**
 * The suite in a few isolates instead of one for each file: the program is loaded once in each of them, where it would be
 * hundreds of times. `--uncounted` takes the files that run without a count of what they cover, and its absence all others.
 *
 * @module
 */
const PARTS = 6;
const TESTS = new URL("../", import.meta.url);
/** These have tasks of their own. */
const APART = ["browser", "crash", "bad_days"];
/** Processes, which nobody counts in, and what does the same a thousand times, which counting would slow down for nothing. */
const UNCOUNTED = /\/(process|tasks|fuzz|security)\/|_(property|interrupted|simulation|many|meanwhile)_test\.ts$/;

/** Takes every sixth file, so that what is slow is spread. */
export async function part(number: number): Promise<void> {
  const isCounted = !Deno.args.includes("--uncounted");
  const files = testFiles(TESTS).filter((file) => UNCOUNTED.test(inTests(file)) !== isCounted).toSorted();
  for (const [i, file] of files.entries()) if (i % PARTS === number - 1) await import(file);
}

/** From the tests' folder on: where the project itself lies says nothing of its tests. */
const inTests = (file: string): string => file.slice(TESTS.href.length - 1);

function testFiles(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return APART.includes(name) ? [] : testFiles(new URL(`${name}/`, folder));
    return name.endsWith("_test.ts") ? [new URL(name, folder).href] : [];
  });
}
