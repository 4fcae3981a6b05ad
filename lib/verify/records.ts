/**
 * Single records that nothing else has to agree with can be read.
 *
 * @module
 */
import { providerStateSchema } from "../store/provider_states.ts";
import { UNREADABLE } from "../store/unreadable.ts";
import { type Check, unreadable } from "./check.ts";

const RECORDS = [
  "versions",
  "schema_version",
  "restoring",
  "asset_removals",
  "forgotten_before",
  "lookups",
  "rate_limits",
  "idempotency",
  "fixtures",
];

/** Of these it is looked elsewhere whether they should be there, and not what they say. */
const NOTES = ["administrator_changes", "sign_ins", "set_up", "credential_uses", "erasures"];

/** What is known of a provider: its next answer says it again. */
const STATES = "provider_states";

export const records: Check = {
  covers: [...RECORDS, STATES],
  async *faults({ ctx: { store } }) {
    for (const first of [...RECORDS, ...NOTES]) {
      for await (const { key, value } of store.list({ prefix: [first] })) yield* faultsIn(key, value);
      yield* faultsIn([first], (await store.get([first])).value);
    }
    for await (const { key, value } of store.list({ prefix: [STATES] })) yield* faultsInState(key, value);
  },
};

function* faultsInState(key: Deno.KvKey, value: unknown) {
  const error = faultOfState(value);
  if (error !== undefined) yield { ...unreadable(error), kind: "unreadable_state" as const, key };
}

function* faultsIn(key: Deno.KvKey, value: unknown) {
  if (value === UNREADABLE) yield { ...unreadable(UNREADABLE.unreadable), key };
}

/** Why it cannot be read, if it cannot. */
export const faultOfState = (value: unknown): unknown =>
  value === UNREADABLE ? UNREADABLE.unreadable : providerStateSchema.safeParse(value).error;
