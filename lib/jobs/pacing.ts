/**
 * The pace of calls to a provider, kept by all processes together: each call takes the next free slot, the more urgent first.
 *
 * Slots are at least (60 s + tolerance) / limit apart, and a call starts at its slot or up to the tolerance later. So
 * the first and the last of any `limit + 1` calls are 60 s or more apart: no window of 60 s holds more than `limit`.
 * The clocks of the processes must agree; what they differ by is taken from the tolerance.
 *
 * @module
 */
import { type Collection, collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import type { Priority } from "./job.ts";
import {
  instantOf,
  look,
  MINUTE_MS,
  type Pacing,
  pacingSchema,
  quiet,
  type Turn,
  type Waiting,
  withoutTicket,
} from "./pacing_line.ts";
import type { Sleep } from "./sleep.ts";

/** How late a call may start in its slot; later, it takes a new one. */
const TOLERANCE_MS = 2_000;
/** Whoever waits looks at the line as often as this: others may have left it. */
const LOOK_EVERY_MS = 5_000;

export const pacingCollection = (store: Store): Collection<Pacing, string> =>
  collection<Pacing, string>(store, {
    name: "pacing",
    schemaVersion: 1,
    schema: pacingSchema,
    idOf: (pacing) => pacing.provider,
  });

export interface PacingContext {
  readonly store: Store;
  readonly now: () => Date;
  readonly sleep: Sleep;
}

export interface SlotRequest {
  readonly provider: string;
  readonly callsPerMinute: number;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** For who would rather be told at once than wait for longer. */
  readonly latestMs?: number | undefined;
}

/** There is no slot before the latest time that was asked for. */
export class NoSlotSoon extends Error {
  override name = "NoSlotSoon";
  constructor(readonly waitMs: number) {
    super(`The next free slot is ${Math.ceil(waitMs / 1_000)} s away`);
  }
}

/**
 * Ends when the call may go out, at once; rejects with the signal's reason when it aborts, and with {@link NoSlotSoon} as
 * soon as it is known that the slot would come too late.
 */
export async function takeSlot(ctx: PacingContext, request: SlotRequest): Promise<void> {
  const { provider, priority, signal, latestMs = Infinity } = request;
  let ticket: number | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const turn = await lookAgain(ctx, request, { ticket, priority });
      ticket = turn.isTaken ? undefined : turn.ticket;
      const lateMs = ctx.now().getTime() - turn.slotMs;
      if (turn.isTaken && lateMs <= TOLERANCE_MS) break;
      // The slot may have come while the line was written.
      const waitMs = Math.max(0, -lateMs);
      if (turn.slotMs > latestMs) throw new NoSlotSoon(waitMs);
      if (!turn.isTaken) await ctx.sleep(Math.min(waitMs, LOOK_EVERY_MS), signal);
    }
    signal.throwIfAborted();
  } finally {
    // Where it cannot be given back, the place lapses.
    if (ticket !== undefined) await leave(ctx, provider, ticket).catch(() => {});
  }
}

/** How far apart calls are, at least. */
export const intervalMsAt = (callsPerMinute: number): number => Math.ceil((MINUTE_MS + TOLERANCE_MS) / callsPerMinute);

/** No call starts before that time, whoever waits already: for when the provider says that it was too many. */
export async function holdUntil(ctx: Pick<PacingContext, "store">, provider: string, untilMs: number): Promise<void> {
  await pacingCollection(ctx.store).update(provider, (pacing = quiet(provider)) => ({
    ...pacing,
    next_free_at: instantOf(Math.max(Date.parse(pacing.next_free_at), untilMs)),
  }));
}

/** The slots as they are now; free in the past, for a provider that may be called at once. */
export async function pacingOf({ store }: Pick<PacingContext, "store">, provider: string): Promise<Pacing> {
  return (await pacingCollection(store).getFresh(provider))?.value ?? quiet(provider);
}

/** For the start of the only process on a store: whoever stood in a line is gone. */
export async function emptyLines({ store }: Pick<PacingContext, "store">): Promise<void> {
  const pacings = pacingCollection(store);
  for await (const { value } of pacings.each()) {
    await pacings.update(
      value.provider,
      (pacing = value) => pacing.line.length === 0 ? pacing : { ...pacing, line: [] },
    );
  }
}

async function lookAgain(
  { store, now }: PacingContext,
  { provider, callsPerMinute }: SlotRequest,
  waiting: Waiting,
): Promise<Turn> {
  const intervalMs = intervalMsAt(callsPerMinute);
  let turn: Turn = { ticket: 0, isTaken: false, slotMs: 0 };
  await pacingCollection(store).update(provider, (pacing = quiet(provider)) => {
    const [after, mine] = look(pacing, waiting, now().getTime(), intervalMs);
    turn = mine;
    return after;
  });
  return turn;
}

async function leave({ store }: PacingContext, provider: string, ticket: number): Promise<void> {
  await pacingCollection(store).update(provider, (pacing = quiet(provider)) => withoutTicket(pacing, ticket));
}
