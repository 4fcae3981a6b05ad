/**
 * Nothing is stored that no check answers for.
 *
 * @module
 */
import { type Check, type Fault, type Run } from "./check.ts";

const BATCH = 10;

export const orphansBeside = (checks: readonly Check[]): Check => {
  const known = new Set(checks.flatMap(({ covers }) => covers));
  return { covers: [], faults: (run) => orphans(run, known) };
};

async function* orphans({ ctx: { store } }: Run, known: ReadonlySet<string>): AsyncGenerator<Fault> {
  let start: Deno.KvKey | undefined;
  do {
    const entries = store.list({ prefix: [], ...(start !== undefined && { start }) }, { batchSize: BATCH });
    start = undefined;
    for await (const { key } of entries) {
      const [first] = key;
      if (typeof first === "string" && known.has(first)) {
        // The next first part there can be: all that stands under this one is passed over unread.
        start = [`${first}\0`];
        break;
      }
      yield { kind: "unknown_key", key, what: "is nothing that this program keeps" };
    }
  } while (start !== undefined);
}
