/**
 * What the store needs before anybody is answered: what was cut off is finished, what is new is put in.
 *
 * @module
 */
import { hasDemo, loadDemo } from "./fixtures/load.ts";
import type { Config } from "./lib/config.ts";
import { offerSetUp } from "./lib/identity/set_up.ts";
import { takeOver } from "./lib/jobs/take_over.ts";
import { unlessUnreadable } from "./lib/store/unreadable.ts";
import type { Service } from "./service.ts";

export interface PrepareOptions {
  readonly config: Pick<Config, "ADMIN_API_KEY" | "DEMO_DATA">;
  /** Whether other processes may be at work on the store. */
  readonly isShared: boolean;
}

export interface Prepared {
  /** The secret of the link that makes the first administrator, where there is none. */
  readonly setUp: string | undefined;
  readonly isDemoThere: boolean;
}

/** What an entry that cannot be read keeps from being done is left undone, and said in the log: the service starts. */
export async function prepare(
  { recover, services }: Pick<Service, "recover" | "services">,
  { config, isShared }: PrepareOptions,
): Promise<Prepared> {
  const tried = <T>(work: () => Promise<T>) => unlessUnreadable(services.log, work);
  await tried(recover);
  if (config.DEMO_DATA) await tried(() => loadDemo(services));
  if (!isShared) await tried(() => takeOver(services));
  const isDemoThere = await tried(() => hasDemo(services)) ?? false;
  return { isDemoThere, setUp: await tried(() => offerSetUp(services, { adminApiKey: config.ADMIN_API_KEY })) };
}
