/**
 * Single records that nothing else has to agree with can be read, and those that have names have one that there is.
 *
 * @module
 */
import { FAMILIES } from "../store/families.ts";
import { providerStateSchema } from "../store/provider_states.ts";
import { UNREADABLE } from "../store/unreadable.ts";
import { type Check, entriesUnder, isNamed, unreadable } from "./check.ts";

const RECORDS = [
  "schema_version",
  "restoring",
  "asset_removals",
  "forgotten_before",
  "lookups",
  "rate_limits",
  "idempotency",
];

/** Each under the name that it has, and what it is. */
const NAMED = [
  { first: "versions", names: FAMILIES, what: "version" },
  { first: "fixtures", names: ["demo"], what: "fixture" },
];

/** Of these it is looked elsewhere whether they should be there, and not what they say. */
const NOTES = ["administrator_changes", "sign_ins", "set_up", "credential_uses", "erasures"];

/** What is known of a provider: its next answer says it again. */
const STATES = "provider_states";

export const records: Check = {
  covers: [...RECORDS, ...NAMED.map(({ first }) => first), STATES],
  async *faults({ ctx: { store } }) {
    for (const { first, names, what } of NAMED) {
      for await (const { key, value } of entriesUnder(store, first)) {
        if (isNamed(key, names)) yield* faultsIn(key, value);
        else yield { kind: "unknown_key", key, what: `is no ${what} that this program keeps` };
      }
    }
    for (const first of [...RECORDS, ...NOTES]) {
      for await (const { key, value } of entriesUnder(store, first)) yield* faultsIn(key, value);
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
