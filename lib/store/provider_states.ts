import { z } from "zod";

const instant = z.iso.datetime();

export const providerStateSchema = z.object({
  calledAt: instant,
  outcome: z.string(),
  reason: z.string().nullable(),
  /** The last call that was answered, be it with nothing. */
  answeredAt: instant.nullable(),
  /** Answers in a row that were none. */
  faultsInARow: z.int().nonnegative().default(0),
  /** Since then it is asked no more, but for a probe now and then until one is answered. */
  unwell: z.object({ since: instant, failedProbes: z.int(), nextProbeAt: instant }).nullable().default(null),
  /** The digest of a key that was refused. */
  refusedKey: z.string().nullable().default(null),
});

/** Of the last outcome, and what follows from those before it. */
export type ProviderState = Readonly<z.infer<typeof providerStateSchema>>;
