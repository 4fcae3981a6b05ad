/**
 * How the provider has been answering, for whoever has to look after it.
 *
 * @module
 */
import { z } from "zod";
import type { Store } from "../store/store.ts";
import type { Outcome } from "./provider.ts";

const schema = z.object({
  v: z.literal(1),
  calledAt: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  /** The last call that was answered, be it with nothing. */
  answeredAt: z.string().nullable(),
});

export type ProviderState = Omit<z.infer<typeof schema>, "v">;

const keyOf = (provider: string): Deno.KvKey => ["provider_states", provider];

export async function providerState(store: Store, provider: string): Promise<ProviderState | undefined> {
  const { value } = await store.get(keyOf(provider));
  return value === null ? undefined : schema.parse(value);
}

export async function recordOutcome(
  store: Store,
  provider: string,
  outcome: Outcome<unknown>,
  at: Date,
): Promise<void> {
  const calledAt = at.toISOString();
  const isAnswered = outcome.type === "ok" || outcome.type === "empty";
  const before = isAnswered ? undefined : await providerState(store, provider);
  await store.change().set(keyOf(provider), {
    v: 1,
    calledAt,
    outcome: outcome.type,
    reason: "reason" in outcome ? outcome.reason : null,
    answeredAt: isAnswered ? calledAt : before?.answeredAt ?? null,
  }).commit();
}
