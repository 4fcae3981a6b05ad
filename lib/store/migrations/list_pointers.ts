/**
 * Version 3 to 4: assets are listed by kind and by status, portfolios by name, users by e-mail address, and the audit by who did it and to
 * what.
 *
 * @module
 */
import { z } from "zod";
import { changes } from "../change.ts";
import type { ReadsAndCommits } from "../reads.ts";

/** The pointers of a record, by the collection that it is in. */
const POINTERS: Readonly<Record<string, (value: unknown) => Deno.KvKey[]>> = {
  assets: pointersOf(
    z.object({ kind: z.string(), status: z.string(), symbol: z.string() }),
    ({ kind, status, symbol }) => [["assets_by_kind", kind, symbol], ["assets_by_status", status, symbol]],
  ),
  portfolios: pointersOf(
    z.object({ status: z.string(), name: z.string() }),
    ({ status, name }) => [["portfolios_by_name", status, name.toLowerCase()]],
  ),
  users: pointersOf(
    z.object({ email: z.string().nullable() }),
    ({ email }) => email === null ? [] : [["users_by_email", email.toLowerCase()]],
  ),
  audit: pointersOf(
    z.object({ actorId: z.string(), target: z.string() }),
    ({ actorId, target }) => [["audit_by_actor", actorId], ["audit_by_target", target]],
  ),
};

/** Each takes a check; an operation has ten. */
const RECORDS_PER_OPERATION = 10;

export async function listPointers(kv: ReadsAndCommits): Promise<void> {
  for (const [collection, pointers] of Object.entries(POINTERS)) {
    let batch: Deno.KvEntry<unknown>[] = [];
    for await (const entry of kv.list({ prefix: [collection] })) {
      batch.push(entry);
      if (batch.length < RECORDS_PER_OPERATION) continue;
      await point(kv, batch, pointers);
      batch = [];
    }
    await point(kv, batch, pointers);
  }
}

/** Again, where a record was changed meanwhile. */
async function point(
  kv: ReadsAndCommits,
  batch: readonly Deno.KvEntryMaybe<unknown>[],
  pointers: (value: unknown) => Deno.KvKey[],
): Promise<void> {
  for (let entries = batch; entries.length > 0;) {
    const change = changes(kv, () => {});
    for (const { key, value, versionstamp } of entries) {
      const [, id = ""] = key;
      change.check(key, versionstamp);
      if (versionstamp !== null) { for (const pointer of pointers(value)) change.set([...pointer, id], id); }
    }
    if (await change.commit() !== undefined) return;
    entries = await kv.getMany(entries.map(({ key }) => key));
  }
}

/** What cannot be read is for the verifier to name. */
function pointersOf<T>(schema: z.ZodType<T>, of: (record: T) => Deno.KvKey[]): (value: unknown) => Deno.KvKey[] {
  return (value) => {
    const record = schema.safeParse(value);
    return record.success ? of(record.data) : [];
  };
}
