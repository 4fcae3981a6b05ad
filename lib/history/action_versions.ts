/**
 * What was known of splits and dividends before. Whatever takes the place of one, or takes it out, leaves it beside the present
 * ones in the same atomic operation, with the instant up to which it was known; so a list can be told as it was at any instant.
 *
 * @module
 */
import { z } from "zod";
import type { Context } from "../context.ts";
import type { Change } from "../store/change.ts";
import { decoded } from "../store/unreadable.ts";
import { actionKey, type ActionKind, actionsOf, setAction } from "./corporate_actions.ts";

/** Of one date. */
export interface Replacement<T> {
  /** What has been known; `undefined` where nothing was. */
  readonly before: T | undefined;
  /** What is known from now on; `undefined` where nothing is. */
  readonly after: T | undefined;
}

/** What one change took the place of, or took out. */
interface SupersededActions<T> {
  readonly until: string;
  readonly actions: readonly T[];
}

/** First part of the keys; then follow the asset, the instant up to which they were known, and the first one's date. */
export const supersededName = <T>({ name }: ActionKind<T>): string => `superseded_${name}`;

const storedSchema = z.object({ v: z.literal(1), actions: z.array(z.unknown()).min(1) });
/** A value takes 64 KiB, and an operation that replaces all of a long list has few mutations to spare. */
const ACTIONS_A_VALUE = 100;

/** Stages what takes the place of what from `at` on. */
export function stageActions<T>(
  change: Change,
  kind: ActionKind<T>,
  assetNo: number,
  replacements: readonly Replacement<T>[],
  at: string,
): Change {
  for (const { before, after } of replacements) {
    if (after !== undefined) setAction(change, kind, assetNo, after);
    else if (before !== undefined) change.delete(actionKey(kind, assetNo, kind.dateOf(before)));
  }
  // What was known for no time leaves nothing; so no two changes of one instant leave the same date, nor take the same key.
  const known = replacements.flatMap(({ before }) =>
    before !== undefined && kind.recordedAtOf(before) < at ? [before] : []
  );
  for (let first = 0; first < known.length; first += ACTIONS_A_VALUE) {
    const actions = known.slice(first, first + ACTIONS_A_VALUE);
    const date = actions[0] === undefined ? "" : kind.dateOf(actions[0]);
    change.set([supersededName(kind), assetNo, at, date], {
      v: 1,
      actions: actions.map((action) => ({ v: 1, ...action })),
    });
  }
  return change;
}

/** Of an asset, by rising date, as it was known at an instant. */
export async function actionsKnownAt<T>(
  ctx: Context,
  kind: ActionKind<T>,
  assetNo: number,
  knownAt: Date,
): Promise<readonly T[]> {
  const instant = knownAt.toISOString();
  const name = supersededName(kind);
  const later = ctx.store.list({ start: [name, assetNo, instant], end: [name, assetNo + 1] });
  const superseded = await Array.fromAsync(later, (entry) => supersededIn(kind, entry));
  const versions = [
    ...superseded.flatMap(({ until, actions }) => until > instant ? actions : []),
    ...await actionsOf(ctx, kind, assetNo),
  ];
  const known = versions.filter((action) => kind.recordedAtOf(action) <= instant);
  const byDate = new Map(known.map((action) => [kind.dateOf(action), action]));
  return [...byDate].sort(([a], [b]) => a < b ? -1 : 1).map(([, action]) => action);
}

/** What was known of a date until something else was, or nothing. */
export interface ActionCorrection<T> {
  readonly before: T;
  /** What took its place; `undefined` where it was withdrawn. */
  readonly after: T | undefined;
  readonly until: string;
}

/** Of an asset, by rising date, and then as they came. */
export async function actionCorrections<T>(
  ctx: Context,
  kind: ActionKind<T>,
  assetNo: number,
): Promise<ActionCorrection<T>[]> {
  const entries = ctx.store.list({ prefix: [supersededName(kind), assetNo] });
  const superseded = await Array.fromAsync(entries, (entry) => supersededIn(kind, entry));
  const before = superseded.flatMap(({ until, actions }) => actions.map((action) => ({ before: action, until })));
  const idOf = (date: string, recordedAt: string) => `${date} ${recordedAt}`;
  const known = [...before.map((each) => each.before), ...await actionsOf(ctx, kind, assetNo)];
  const byId = new Map(known.map((action) => [idOf(kind.dateOf(action), kind.recordedAtOf(action)), action]));
  return before.map((each) => ({ ...each, after: byId.get(idOf(kind.dateOf(each.before), each.until)) }))
    .sort((a, b) => positionOf(kind, a) < positionOf(kind, b) ? -1 : 1);
}

/** By which corrections of an asset are ordered: one of a date an instant. */
export const positionOf = <T>({ dateOf }: ActionKind<T>, { before, until }: ActionCorrection<T>): string =>
  `${dateOf(before)} ${until}`;

/** Throws for a value that is none of these. */
export const supersededActions = <T>({ parse }: ActionKind<T>, value: unknown): T[] =>
  storedSchema.parse(value).actions.map(parse);

const supersededIn = <T>(kind: ActionKind<T>, entry: Deno.KvEntry<unknown>): SupersededActions<T> => ({
  until: String(entry.key[2]),
  actions: decoded(entry, (value) => supersededActions(kind, value)),
});
