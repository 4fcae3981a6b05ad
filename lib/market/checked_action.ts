/**
 * What checking splits and checking dividends have in common.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { MANUAL } from "../history/bar.ts";
import type { ActionKind, Unrecorded } from "../history/corporate_actions.ts";
import type { Asset } from "../store/assets.ts";
import type { QuarantineEntry, QuarantineRow } from "../store/quarantine.ts";
import type { OtherBars } from "./prices_around.ts";

/** What becomes of a row that nobody has decided on: it is stored, it waits for a reason, or it is of no use here. */
export type Verdict = "plausible" | "of_no_use" | { readonly reason: string };

/** What rows are checked with. */
export interface CheckFacts extends OtherBars {
  /** Who sent them. */
  readonly source: string;
  /** The day that goes on in the market: what takes effect later is left for later. */
  readonly today: string;
}

/** `S` is a provider's row, `T` what is stored of it. */
export interface CheckedAction<T, S> {
  readonly kind: ActionKind<T>;
  readonly entryKind: QuarantineEntry["kind"];
  readonly dateOf: (sent: S) => string;
  readonly rowOf: (sent: S) => QuarantineRow;
  readonly actionOf: (row: QuarantineRow, date: string, source: string) => Unrecorded<T>;
  readonly judge: (
    ctx: Context,
    asset: Asset,
    action: Unrecorded<T>,
    row: QuarantineRow,
    facts: CheckFacts,
  ) => Promise<Verdict>;
}

/** What is stored of an entry that was accepted, or is about to be. */
export function acceptedAction<T, S>(
  { actionOf }: Pick<CheckedAction<T, S>, "actionOf">,
  { row, date, source, decision }: QuarantineEntry,
): Unrecorded<T> {
  const values = decision?.values ?? null;
  return values === null ? actionOf(row, date, source) : actionOf(values, date, MANUAL);
}
