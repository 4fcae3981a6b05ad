/**
 * The suite in a few isolates instead of one for each file: the program is loaded once in each of them, where it would be
 * hundreds of times. `--uncounted` takes the files that run without a count of what they cover, and its absence all others.
 *
 * @module
 */
const PARTS = 4;
const TESTS = new URL("../", import.meta.url);
/** These have tasks of their own. */
const APART = ["browser", "crash", "bad_days"];
/** Processes, which nobody counts in, and what does the same a thousand times, which counting would slow down for nothing. */
const UNCOUNTED = /\/(process|tasks|fuzz|security)\/|_(property|interrupted|simulation|many|meanwhile)_test\.ts$/;

/** How long the longest take, about, where all others take one second or less. Nothing but the balance of the parts hangs on it. */
const SECONDS: Readonly<Record<string, number>> = {
  "/lib/history/crash_test.ts": 5,
  "/lib/history/versions_test.ts": 5,
  "/lib/market/decided_meanwhile_test.ts": 9,
  "/lib/market/life_of_symbols_test.ts": 9,
  "/lib/market/night_test.ts": 6,
  "/lib/market/pull_many_test.ts": 6,
  "/lib/market/pull_outcomes_test.ts": 5,
  "/lib/verify/history_test.ts": 4,
  "/lib/verify/records_test.ts": 4,
  "/process/idempotency_kill_test.ts": 7,
  "/process/kill_test.ts": 16,
  "/process/silent_store_test.ts": 10,
  "/process/start_test.ts": 16,
  "/process/stop_test.ts": 12,
  "/process/two_processes_test.ts": 20,
  "/routes/bodies_test.ts": 6,
  "/routes/every_operation_test.ts": 7,
  "/routes/investments_test.ts": 6,
  "/routes/sign_in_oidc_test.ts": 6,
  "/tasks/backup_test.ts": 11,
};

const secondsOf = (file: string): number => SECONDS[inTests(file)] ?? 1;

/** The longest first, each to the part that has the least until then. */
export async function part(number: number): Promise<void> {
  const isCounted = !Deno.args.includes("--uncounted");
  const files = testFiles(TESTS).filter((file) => UNCOUNTED.test(inTests(file)) !== isCounted).toSorted();
  const parts = Array.from({ length: PARTS }, () => ({ seconds: 0, files: [] as string[] }));
  for (const file of files.toSorted((one, other) => secondsOf(other) - secondsOf(one))) {
    const least = parts.reduce((one, other) => other.seconds < one.seconds ? other : one);
    least.files.push(file);
    least.seconds += secondsOf(file);
  }
  for (const file of parts[number - 1]?.files ?? []) await import(file);
}

/** From the tests' folder on: where the project itself lies says nothing of its tests. */
const inTests = (file: string): string => file.slice(TESTS.href.length - 1);

function testFiles(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return APART.includes(name) ? [] : testFiles(new URL(`${name}/`, folder));
    return name.endsWith("_test.ts") ? [new URL(name, folder).href] : [];
  });
}
