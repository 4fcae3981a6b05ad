/**
 * The line before a provider's slots, as pure functions from what is stored before to what is stored after. The more urgent
 * go first, those alike in the order in which they came. Whoever has not looked for a while is passed over, since its process
 * may be gone.
 *
 * @module
 */
import { z } from "zod";
import { PRIORITIES, type Priority } from "./job.ts";

export const MINUTE_MS = 60_000;
/** Longer than two looks, and as long as a crashed process can hold up the line. */
export const LAPSE_MS = 15_000;

const instant = z.iso.datetime();

export const pacingSchema = z.object({
  provider: z.string(),
  /** Before then no call goes out. */
  next_free_at: instant,
  /** Those who wait for a slot. */
  line: z.array(z.object({ ticket: z.int(), priority: z.enum(PRIORITIES), lapses_at: instant })).default([]),
  last_ticket: z.int().nonnegative().default(0),
  /** Slots that were taken in the last minute: how many in which second since 1970. */
  taken: z.array(z.tuple([z.int(), z.int()])).default([]),
});

/** How far the slots of a provider are taken, and who waits for the next. */
export type Pacing = Readonly<z.infer<typeof pacingSchema>>;

/** One who wants a slot; without a ticket at first. */
export interface Waiting {
  readonly ticket: number | undefined;
  readonly priority: Priority;
}

export interface Turn {
  readonly ticket: number;
  readonly isTaken: boolean;
  /** Now, where the slot is taken; else when it comes, if nobody more urgent does. */
  readonly slotMs: number;
}

export const quiet = (provider: string): Pacing =>
  pacingSchema.parse({ provider, next_free_at: new Date(0).toISOString() });

/** A look at the line: takes the slot where it is free and nobody stands ahead, else a place, or the place again. */
export function look(pacing: Pacing, waiting: Waiting, nowMs: number, intervalMs: number): [Pacing, Turn] {
  const ticket = waiting.ticket ?? pacing.last_ticket + 1;
  const others = pacing.line.filter((other) => other.ticket !== ticket && Date.parse(other.lapses_at) > nowMs);
  const ahead = others.filter((other) => isAhead(other, { ...waiting, ticket })).length;
  const freeMs = Math.max(Date.parse(pacing.next_free_at), nowMs);
  const after = { ...pacing, last_ticket: Math.max(pacing.last_ticket, ticket), line: others };
  if (ahead === 0 && freeMs === nowMs) {
    const next_free_at = instantOf(nowMs + intervalMs);
    return [{ ...after, next_free_at, taken: counted(pacing, nowMs) }, { ticket, isTaken: true, slotMs: nowMs }];
  }
  const place = { ticket, priority: waiting.priority, lapses_at: instantOf(nowMs + LAPSE_MS) };
  return [{ ...after, line: [...others, place] }, { ticket, isTaken: false, slotMs: freeMs + ahead * intervalMs }];
}

export const withoutTicket = (pacing: Pacing, ticket: number): Pacing =>
  pacing.line.some((other) => other.ticket === ticket)
    ? { ...pacing, line: pacing.line.filter((other) => other.ticket !== ticket) }
    : pacing;

/** To the second: what was taken within the oldest second of the minute still counts. */
export const takenInLastMinute = ({ taken }: Pacing, nowMs: number): number =>
  recent(taken, nowMs).reduce((sum, [, count]) => sum + count, 0);

export const instantOf = (ms: number): string => new Date(ms).toISOString();

type Place = Pick<Pacing["line"][number], "ticket" | "priority">;

function isAhead(other: Place, mine: Place): boolean {
  const byUrgency = PRIORITIES.indexOf(other.priority) - PRIORITIES.indexOf(mine.priority);
  return byUrgency < 0 || (byUrgency === 0 && other.ticket < mine.ticket);
}

function counted({ taken }: Pacing, nowMs: number): Pacing["taken"] {
  const second = Math.floor(nowMs / 1_000);
  const others = recent(taken, nowMs).filter(([at]) => at !== second);
  const before = taken.find(([at]) => at === second)?.[1] ?? 0;
  return [...others, [second, before + 1]];
}

const recent = (taken: Pacing["taken"], nowMs: number): Pacing["taken"] =>
  taken.filter(([second]) => second >= Math.floor((nowMs - MINUTE_MS) / 1_000));
