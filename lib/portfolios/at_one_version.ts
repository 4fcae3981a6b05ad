import type { Context } from "../context.ts";

const MAX_READS = 5;

/** Reads again where the market has changed meanwhile, so that all of a report comes from one version; but not for ever. */
export async function atOneVersion<T>(
  { store }: Context,
  read: (marketVersion: string) => Promise<T>,
): Promise<{ readonly marketVersion: string; readonly read: T }> {
  for (let reads = 1;; reads++) {
    const marketVersion = store.version("market");
    const result = await read(marketVersion);
    if (store.version("market") === marketVersion || reads === MAX_READS) return { marketVersion, read: result };
  }
}
