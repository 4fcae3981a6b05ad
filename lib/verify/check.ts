/**
 * What a check of the store is: a function that goes through a part of it and yields what is wrong.
 *
 * Checks read in pieces, while others may write. So whatever looks wrong is read again in one snapshot, or under one version of
 * its shard, before it is reported.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import { keyText } from "../store/key_text.ts";
import type { Store } from "../store/store.ts";

/** `lib/repair/remedies.ts` says of each kind what is done about it. */
export type FaultKind =
  | "missing_pointer"
  | "wrong_pointer"
  | "stray_pointer"
  | "shared_value"
  | "unreadable"
  | "misplaced"
  | "unreadable_state"
  | "unknown_key"
  | "low_sequence"
  | "wrong_count"
  | "credential_of_nobody"
  | "use_of_nothing"
  | "impossible_day"
  | "miscounted_day"
  | "impossible_bars"
  | "impossible_action"
  | "impossible_instant"
  | "impossible_currency"
  | "impossible_correction"
  | "nothing_in_it"
  | "wrong_sheet"
  | "wrong_record"
  | "wrong_erasure"
  | "gone_asset"
  | "lost_asset"
  | "wrong_lease"
  | "log_of_no_job";

export interface Fault {
  readonly kind: FaultKind;
  readonly key: Deno.KvKey;
  readonly what: string;
  /** The entity that the entry points at, or belongs to. */
  readonly of?: Deno.KvKey;
}

/** What is wrong with an entry whose key is known. */
export type FaultIn = Omit<Fault, "key">;

export interface Run {
  readonly ctx: Context;
  /** Adds to what was looked at, for the summary. */
  count(what: string, more: number): void;
}

export interface Check {
  /** First key parts of the entries that it answers for; what no check answers for is an orphan. */
  readonly covers: readonly string[];
  faults(run: Run): AsyncIterable<Fault>;
}

/** How many differences a fault spells out. */
const MAX_LISTED = 3;

/** A few of them, and how many more there are. */
export const few = (items: readonly string[]): string =>
  items.length <= MAX_LISTED
    ? items.join("; ")
    : `${items.slice(0, MAX_LISTED).join("; ")}; and ${items.length - MAX_LISTED} more`;

export const sameKey = (a: Deno.KvKey, b: Deno.KvKey): boolean => keyText(a) === keyText(b);

/** RFC 3339 in UTC, as the program writes it. */
export const isInstant = (part: unknown): part is string =>
  typeof part === "string" && !Number.isNaN(Date.parse(part)) && new Date(part).toISOString() === part;

export const noInstant = (recordedAt: string): string =>
  `was recorded at ${JSON.stringify(recordedAt)}, which is no instant such as 2021-11-05T21:00:00.000Z`;

/** All that stands under a first key part, and at it. */
export async function* entriesUnder(store: Store, first: string): AsyncGenerator<Deno.KvEntry<unknown>> {
  const bare = await store.get([first]);
  if (bare.versionstamp !== null) yield bare;
  yield* store.list({ prefix: [first] });
}

/** Of a record that has a name, whether it is one of these. */
export const isNamed = ([, name, ...more]: Deno.KvKey, names: readonly string[]): boolean =>
  more.length === 0 && names.some((known) => known === name);

export const unreadable = (error: unknown): FaultIn => ({
  kind: "unreadable",
  what: `cannot be read: ${messageOf(error)}`,
});

/** In one line. */
export function messageOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
  return few(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
}
