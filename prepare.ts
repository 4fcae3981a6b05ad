/**
 * What the store needs before anybody is answered: what was cut off is finished, what is new is put in.
 *
 * @module
 */
import { hasDemo, loadDemo } from "./fixtures/load.ts";
import type { Config } from "./lib/config.ts";
import { offerSetUp } from "./lib/identity/set_up.ts";
import { takeOver } from "./lib/jobs/take_over.ts";
import { StoreUnusable } from "./lib/store/kv_file.ts";
import { UnreadableEntry } from "./lib/store/unreadable.ts";
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

/** Throws `StoreUnusable` where it comes upon an entry that cannot be read. */
export const prepare = (service: Pick<Service, "recover" | "services">, options: PrepareOptions): Promise<Prepared> =>
  prepareAll(service, options).catch((error) => {
    throw error instanceof UnreadableEntry
      ? new StoreUnusable(`Not started: ${error.message}.`, { cause: error })
      : error;
  });

async function prepareAll(
  { recover, services }: Pick<Service, "recover" | "services">,
  { config, isShared }: PrepareOptions,
): Promise<Prepared> {
  await recover();
  if (config.DEMO_DATA) await loadDemo(services);
  if (!isShared) await takeOver(services);
  const isDemoThere = await hasDemo(services);
  return { isDemoThere, setUp: await offerSetUp(services, { adminApiKey: config.ADMIN_API_KEY }) };
}
