/** The service on a KV file of its own, as a benchmark wants it: real commits, the real clock, no port. */
import { timetable } from "../../cron.ts";
import { loadDemo } from "../../fixtures/load.ts";
import { identifyBy } from "../../lib/identity/actor.ts";
import { sleepBy } from "../../lib/jobs/sleep.ts";
import { createLog } from "../../lib/log.ts";
import type { Provider } from "../../lib/market/provider.ts";
import { createServices, type Services } from "../../lib/services.ts";
import { openStore } from "../../lib/store/store.ts";
import { createApp } from "../../routes/app.ts";
import { createEdge, type Serve } from "../../routes/edge.ts";

export const BENCH_KEY = "key-of-the-benchmark-0123456789abcdef";

export interface BenchService {
  readonly services: Services;
  readonly serve: Serve;
}

export async function benchService(provider?: Provider): Promise<BenchService> {
  const now = () => new Date();
  const folder = await Deno.makeTempDir({ prefix: "foliolens-bench-" });
  const store = await openStore(await Deno.openKv(`${folder}/bench.kv`), { shared: false });
  const log = createLog({ level: "error", now, write: (line) => console.error(line) });
  const [nightlyPull] = timetable({ pullAt: "03:00", timeZone: "America/New_York", disabledBecause: "a benchmark" });
  const services = createServices({
    ...{ store, now, log, provider, nightlyPull },
    sleep: sleepBy({ setTimeout, clearTimeout }),
    marketTimeZone: "America/New_York",
    wake: () => {},
  });
  await loadDemo(services);
  const serve = createEdge({
    app: createApp({ onInternalError: (error) => console.error(error) }),
    services,
    identify: identifyBy({ adminApiKey: BENCH_KEY }),
    newId: () => crypto.randomUUID(),
    onRequest: () => {},
  });
  addEventListener("unload", () => {
    store.close();
    Deno.removeSync(folder, { recursive: true });
  });
  return { services, serve };
}
