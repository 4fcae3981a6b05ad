/**
 * The pace of calls to a provider, kept by all processes together: each call takes the next free slot.
 *
 * Slots are at least (60 s + tolerance) / limit apart, and a call starts at its slot or up to the tolerance later. So
 * the first and the last of any `limit + 1` calls are 60 s or more apart: no window of 60 s holds more than `limit`.
 * The clocks of the processes must agree; what they differ by is taken from the tolerance.
 *
 * @module
 */
import { z } from "zod";
import { type Collection, collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import type { Sleep } from "./sleep.ts";

const MINUTE_MS = 60_000;
/** How late a call may start in its slot; later, it takes a new one. */
const TOLERANCE_MS = 2_000;

const instant = z.iso.datetime();

const pacingSchema = z.object({
  provider: z.string(),
  /** The next slot is then, or now if that is past. */
  next_free_at: instant,
  /** Slots before this are void: the provider has asked for a pause. */
  held_until: instant.nullable(),
});

/** How far the slots of a provider are taken. */
export type Pacing = Readonly<z.infer<typeof pacingSchema>>;

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
  readonly signal: AbortSignal;
}

/** Ends when the call may go out, at once; rejects with the signal's reason when it aborts. */
export async function takeSlot(ctx: PacingContext, { provider, callsPerMinute, signal }: SlotRequest): Promise<void> {
  const intervalMs = Math.ceil((MINUTE_MS + TOLERANCE_MS) / callsPerMinute);
  for (;;) {
    signal.throwIfAborted();
    const slotMs = await reserve(ctx, provider, intervalMs);
    await sleepUntil(ctx, slotMs, signal);
    const { held_until } = await pacingOf(ctx, provider);
    const isHeld = held_until !== null && Date.parse(held_until) > slotMs;
    if (!isHeld && ctx.now().getTime() - slotMs <= TOLERANCE_MS) break;
  }
  signal.throwIfAborted();
}

/** No call starts before that time, whoever holds a slot already: for when the provider says that it was too many. */
export async function holdUntil(ctx: Pick<PacingContext, "store">, provider: string, untilMs: number): Promise<void> {
  const until = new Date(untilMs).toISOString();
  await pacingCollection(ctx.store).update(provider, (pacing = quiet(provider)) => ({
    ...pacing,
    next_free_at: latest(pacing.next_free_at, until),
    held_until: latest(pacing.held_until ?? until, until),
  }));
}

/** The slots as they are now; in the past, for a provider that may be called at once. */
export async function pacingOf({ store }: Pick<PacingContext, "store">, provider: string): Promise<Pacing> {
  return (await pacingCollection(store).getFresh(provider))?.value ?? quiet(provider);
}

async function reserve({ store, now }: PacingContext, provider: string, intervalMs: number): Promise<number> {
  let slotMs = 0;
  await pacingCollection(store).update(provider, (pacing = quiet(provider)) => {
    slotMs = Math.max(Date.parse(pacing.next_free_at), now().getTime());
    return { ...pacing, next_free_at: new Date(slotMs + intervalMs).toISOString() };
  });
  return slotMs;
}

/** A timer may be early, and a sleep may be cut to what timers can do. */
async function sleepUntil({ now, sleep }: PacingContext, untilMs: number, signal: AbortSignal): Promise<void> {
  for (let leftMs = untilMs - now().getTime(); leftMs > 0; leftMs = untilMs - now().getTime()) {
    await sleep(leftMs, signal);
    signal.throwIfAborted();
  }
}

const quiet = (provider: string): Pacing => ({
  provider,
  next_free_at: new Date(0).toISOString(),
  held_until: null,
});

/** Instants of one form sort as text. */
const latest = (a: string, b: string): string => a > b ? a : b;
