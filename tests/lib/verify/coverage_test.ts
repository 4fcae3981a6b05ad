import assert from "node:assert/strict";
import { sourceFiles } from "../../support/source_files.ts";
import { faultsIn } from "../history/harness.ts";
import { openTestStore } from "../store/harness.ts";

/** What a file that makes collections calls them, and keys that it spells out. */
const NAMES = /\bcollection(?:<[^(]*>)?\(store, \{\s*name: "([a-z_]+)"|Deno\.KvKey(?: =>| =) \["([a-z_]+)"/g;

Deno.test("whatever the program stores, some check answers for it", async () => {
  const library = (await sourceFiles()).filter(({ path }) => /^lib\/(?!verify\/)/.test(path));
  const names = new Set(
    library.flatMap(({ text }) => [...text.matchAll(NAMES)].map(([, name, first]) => name ?? first ?? "")),
  );
  assert.ok(["assets", "jobs", "sheets", "erasures"].every((name) => names.has(name)), [...names].join(", "));
  using opened = await openTestStore();
  for (const name of names) await opened.kv.set([name, "x"], null);
  const unanswered = (await faultsIn(opened.ctx)).filter((fault) =>
    fault.includes("is nothing that this program keeps")
  );
  assert.deepEqual(unanswered, []);
});
