/**
 * Single records that nothing else has to agree with can be read.
 *
 * @module
 */
import { UNREADABLE } from "../store/unreadable.ts";
import { type Check, unreadable } from "./check.ts";

const RECORDS = [
  "versions",
  "schema_version",
  "asset_removals",
  "forgotten_before",
  "provider_states",
  "lookups",
  "rate_limits",
  "idempotency",
  "fixtures",
];

/** Of these it is looked elsewhere whether they should be there, and not what they say. */
const NOTES = ["administrator_changes", "sign_ins", "set_up", "credential_uses", "erasures"];

export const records: Check = {
  covers: RECORDS,
  async *faults({ ctx: { store } }) {
    for (const first of [...RECORDS, ...NOTES]) {
      for await (const { key, value } of store.list({ prefix: [first] })) yield* faultsIn(key, value);
      yield* faultsIn([first], (await store.get([first])).value);
    }
  },
};

function* faultsIn(key: Deno.KvKey, value: unknown) {
  if (value === UNREADABLE) yield { ...unreadable(UNREADABLE.unreadable), key };
}
