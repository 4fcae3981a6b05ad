/** The service on a KV file of its own, as a benchmark wants it: real commits, the real clock, no port. */
import { loadDemo } from "../../fixtures/load.ts";
import { readConfig } from "../../lib/config.ts";
import { sleepBy } from "../../lib/jobs/sleep.ts";
import { createLog } from "../../lib/log.ts";
import type { Provider } from "../../lib/market/provider.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { createTelemetry } from "../../lib/telemetry/telemetry.ts";
import { createService, type Service } from "../../service.ts";

export const BENCH_KEY = "key-of-the-benchmark-0123456789abcdef";

export async function benchService(provider?: Provider): Promise<Service> {
  const folder = await Deno.makeTempDir({ prefix: "foliolens-bench-" });
  const store = await openStore(await Deno.openKv(`${folder}/bench.kv`), { shared: false });
  const service = serviceOn(store, provider);
  await loadDemo(service.services);
  addEventListener("unload", () => {
    store.close();
    Deno.removeSync(folder, { recursive: true });
  });
  return service;
}

/** One that has nothing in memory yet. */
export function serviceOn(store: Store, provider?: Provider): Service {
  const now = () => new Date();
  return createService({
    telemetry: createTelemetry({ version: "bench", monotonicMs: () => performance.now() }),
    // Counted as ever, and never refused.
    config: readConfig((name) => ({ ADMIN_API_KEY: BENCH_KEY, RATE_LIMIT_PER_MINUTE: "1000000" })[name]),
    ...{ store, provider, now, fetch, random: Math.random },
    log: createLog({ level: "error", now, write: (line) => console.error(line) }),
    sleep: sleepBy({ setTimeout, clearTimeout }),
    nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
    newId: () => crypto.randomUUID(),
  });
}
