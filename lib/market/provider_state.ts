/**
 * How the provider has been answering, kept for all processes together: for whoever has to look after it, and so that it
 * is left alone while asking is of no use.
 *
 * @module
 */
import { type ProviderState, providerStateSchema } from "../store/provider_states.ts";
import type { Store } from "../store/store.ts";
import { decoded } from "../store/unreadable.ts";
import type { Provider } from "./provider.ts";
import { afterAnswer, type Answer, type Barrier, barrierIn, probed, retryable } from "./provider_health.ts";

export async function providerState(store: Store, provider: string): Promise<ProviderState | undefined> {
  return stateIn(await store.get(keyOf(provider)));
}

/** What keeps a call from going out; without any, whether it is the one that probes an unwell provider. */
export async function admitCall(
  store: Store,
  provider: string,
  keyDigest: Provider["keyDigest"],
  now: Date,
): Promise<{ readonly barrier: Barrier | undefined; readonly isProbe: boolean }> {
  let [barrier, isProbe]: [Barrier | undefined, boolean] = [undefined, false];
  await update(store, provider, (state) => {
    barrier = barrierIn(state, keyDigest, now);
    isProbe = barrier === undefined && state !== undefined && state.unwell !== null;
    return isProbe && state !== undefined ? probed(state, now) : state;
  });
  return { barrier, isProbe };
}

/** Somebody who looks after the service wants the next call to go out, whatever was wrong. */
export async function letProviderBeTried({ store, provider, now }: {
  readonly store: Store;
  readonly provider: Provider | undefined;
  readonly now: () => Date;
}): Promise<void> {
  if (provider !== undefined) await update(store, provider.name, (state) => state && retryable(state, now()));
}

/** Answers what was known before, and what is now. */
export async function recordAnswer(
  store: Store,
  provider: string,
  answer: Answer,
): Promise<{ readonly before: ProviderState | undefined; readonly after: ProviderState }> {
  let before: ProviderState | undefined;
  const after = await update(store, provider, (state) => afterAnswer(before = state, answer));
  return { before, after };
}

/** Reads, decides and writes until nobody came between. */
async function update<T extends ProviderState | undefined>(
  store: Store,
  provider: string,
  decide: (before: ProviderState | undefined) => T,
): Promise<T> {
  const key = keyOf(provider);
  for (;;) {
    const entry = await store.get(key);
    const before = stateIn(entry);
    const after = decide(before);
    if (after === undefined || after === before) return after;
    const change = store.change().check(key, entry.versionstamp).set(key, { v: 1, ...after });
    if (await change.commit() !== undefined) return after;
  }
}

const keyOf = (provider: string): Deno.KvKey => ["provider_states", provider];

const stateIn = (entry: Deno.KvEntryMaybe<unknown>): ProviderState | undefined =>
  entry.value === null ? undefined : decoded(entry, (value) => providerStateSchema.parse(value));
