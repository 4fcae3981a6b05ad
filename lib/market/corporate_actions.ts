/**
 * Splits and dividends as clients send and see them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Facts, type MaybeAsked, stageMarketAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { type Replacement, stageActions } from "../history/action_versions.ts";
import {
  type ActionFault,
  type ActionKind,
  actionsOf,
  faultOfAction,
  freshActionsOf,
  type Unrecorded,
} from "../history/corporate_actions.ts";
import { assertMatches, type IfMatch } from "../precondition.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import type { Change } from "../store/change.ts";
import { versionKey } from "../store/families.ts";
import { noSuchAsset, readAsset } from "./assets.ts";
import { releaseBars } from "./released_bars.ts";

/** All rows of a PUT are written in one atomic operation, which takes 1,000 changes. */
export const MAX_ACTIONS = 900;

/** A row as it was sent: an action, or what could not be read as one. */
export type SentAction<T> =
  | { readonly action: Unrecorded<T> }
  | { readonly date: string | null; readonly fault: ActionFault };

export interface QuarantinedAction {
  /** Counted from 1, without a header. */
  readonly row: number;
  readonly date: string | null;
  readonly reason: ActionFault;
}

export interface ActionList<T> {
  /** By rising date. */
  readonly items: readonly T[];
  readonly etag: string;
}

export interface ActionPutResult {
  readonly written: number;
  readonly unchanged: number;
  readonly quarantined: readonly QuarantinedAction[];
  /** Of the list as it is now. */
  readonly etag: string;
}

const MAX_CONFLICTS = 100;

export async function listActions<T>(ctx: Context, kind: ActionKind<T>, symbol: string): Promise<ActionList<T>> {
  const { value: asset } = await readAsset(ctx, symbol);
  const items = await actionsOf(ctx, kind, asset.no);
  return { items, etag: etagOfList(items) };
}

/**
 * Stores the rows that are in order, each in the place of what was known of its date, and says of each other row why it is not.
 * Bars that waited for them to explain their prices come out of quarantine.
 */
export async function putActions<T>(
  ctx: MaybeAsked,
  kind: ActionKind<T>,
  symbol: string,
  rows: readonly SentAction<T>[],
  ifMatch: IfMatch,
): Promise<ActionPutResult> {
  const { accepted, quarantined } = sorted(kind, rows);
  const put = await changeActions(ctx, kind, symbol, ifMatch, (before, change, assetNo) => {
    const recordedAt = ctx.now().toISOString();
    const after = new Map(before);
    const replacements: Replacement<T>[] = [];
    for (const [date, sent] of accepted) {
      const known = before.get(date);
      if (known !== undefined && kind.isSame(known, sent)) continue;
      const action = kind.parse({ v: 1, ...sent, recordedAt });
      after.set(date, action);
      replacements.push({ before: known, after: action });
    }
    stageActions(change, kind, assetNo, replacements, recordedAt);
    const written = replacements.length;
    const items = [...after].sort(([a], [b]) => a < b ? -1 : 1).map(([, action]) => action);
    const result = { written, unchanged: accepted.size - written, quarantined, etag: etagOfList(items) };
    return { after: written > 0 ? after : undefined, result: { assetNo, result } };
  });
  // Also where nothing is new: whoever was cut off here sends the same again.
  await releaseBars(ctx, put.assetNo);
  return put.result;
}

/** Takes out what is known for a date. */
export function deleteAction<T>(
  ctx: MaybeAsked,
  kind: ActionKind<T>,
  symbol: string,
  date: string,
  ifMatch: IfMatch,
): Promise<void> {
  return changeActions(ctx, kind, symbol, ifMatch, (before, change, assetNo) => {
    const known = before.get(date);
    if (known === undefined) throw new Problem("not-found", `${symbol} has no ${kind.name} on ${date}`);
    stageActions(change, kind, assetNo, [{ before: known, after: undefined }], ctx.now().toISOString());
    return { after: new Map([...before].filter(([other]) => other !== date)), result: undefined };
  });
}

function sorted<T>(kind: ActionKind<T>, rows: readonly SentAction<T>[]) {
  const accepted = new Map<string, Unrecorded<T>>();
  const quarantined: QuarantinedAction[] = [];
  for (const [i, row] of rows.entries()) {
    if ("fault" in row) {
      quarantined.push({ row: i + 1, date: row.date, reason: row.fault });
      continue;
    }
    const date = kind.dateOf(row.action);
    const reason = accepted.has(date) ? "duplicate_date" : faultOfAction(kind, row.action);
    if (reason === undefined) accepted.set(date, row.action);
    else quarantined.push({ row: i + 1, date, reason });
  }
  return { accepted, quarantined };
}

/** Stages what is to be written, and says what the list is then; nothing, where it stays as it is. */
type Decide<T, R> = (
  before: ReadonlyMap<string, T>,
  change: Change,
  assetNo: number,
) => { readonly after: ReadonlyMap<string, T> | undefined; readonly result: R };

/**
 * Reads, decides and writes, again and again until nothing of the market changed meanwhile: neither the list, nor
 * whether the asset is there at all.
 */
async function changeActions<T, R>(
  ctx: MaybeAsked,
  kind: ActionKind<T>,
  symbol: string,
  ifMatch: IfMatch,
  decide: Decide<T, R>,
): Promise<R> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const market = await ctx.store.get(versionKey("market"));
    const [assetNo] = await ctx.assets.idsBy("symbol", [[symbol]]);
    if (assetNo === undefined) throw await noSuchAsset(ctx, symbol);
    const items = await freshActionsOf(ctx, kind, assetNo);
    assertMatches(ifMatch, etagOfList(items));
    const change = ctx.store.change().check(market.key, market.versionstamp);
    const before = new Map(items.map((item) => [kind.dateOf(item), item]));
    const { after, result } = decide(before, change, assetNo);
    if (after === undefined) return result;
    stageMarketAudit(ctx, change, {
      ...{ action: `change ${kind.name}`, target: `/assets/${symbol}/${kind.name}` },
      ...{ before: factsOf(before), after: factsOf(after) },
    });
    if (await change.commit() !== undefined) return result;
  }
  throw tooManyConflicts();
}

/** What is known for each date; when it was recorded is no part of that. */
const factsOf = (actions: ReadonlyMap<string, unknown>): Facts =>
  Object.fromEntries([...actions].map(([date, action]) => [date, withoutStamp(action as Facts)]));

const withoutStamp = (action: Facts): Facts =>
  Object.fromEntries(Object.entries(action).filter(([name]) => name !== "v" && name !== "recordedAt"));

/** Of what the list says, whenever it came to say so. */
const etagOfList = (items: readonly unknown[]): string =>
  `"${createHash("sha1").update(JSON.stringify(items)).digest("base64url")}"`;
