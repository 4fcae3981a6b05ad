import { storeThrough } from "../lib/jobs/harness.ts";
import type { FakeClock } from "./clock.ts";
import type { OpenedStore } from "./service.ts";

/** An empty store whose clock waits for whatever waits for KV before it moves on. */
export async function openTracked(clock: FakeClock): Promise<OpenedStore> {
  const kv = await Deno.openKv(":memory:");
  const store = await storeThrough(kv, (operation) => clock.track(operation()));
  function close(): void {
    store.close();
    kv.close();
  }
  return { kv, store: { ...store, close } };
}
