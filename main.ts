/**
 * The process: configuration, store, services, routes, worker, timetable and server, put together here and taken down again.
 * Nothing else has side effects of its own.
 *
 * @module
 */
import { timetable } from "./cron.ts";
import { loadDemo } from "./fixtures/load.ts";
import { ConfigError, orCannotListen, readConfig } from "./lib/config.ts";
import { finishErasures } from "./lib/history/erase.ts";
import { identifyBy } from "./lib/identity/actor.ts";
import { voidLeases } from "./lib/jobs/ledger.ts";
import { tick } from "./lib/jobs/schedule.ts";
import { sleepBy } from "./lib/jobs/sleep.ts";
import { createWorker, type Worker } from "./lib/jobs/worker.ts";
import { createLog } from "./lib/log.ts";
import { NOT_CONFIGURED } from "./lib/market/ask.ts";
import { configuredProvider } from "./lib/market/providers.ts";
import { createServices } from "./lib/services.ts";
import { isKvServer, lockKvFile, orUnusable, StoreUnusable } from "./lib/store/kv_file.ts";
import { openStore } from "./lib/store/store.ts";
import { createApp } from "./routes/app.ts";
import { draining } from "./routes/draining.ts";
import { createEdge } from "./routes/edge.ts";
import { greeting } from "./routes/greeting.ts";

/** A client that never finishes must not keep the process from ending. */
const MAX_STOP_MS = 5_000;

async function start(startedAtMs: number): Promise<void> {
  const config = readConfig((name) => Deno.env.get(name));
  const now = () => new Date();
  const log = createLog({ level: config.LOG_LEVEL, now, write: (line) => console.error(line) });
  const isShared = isKvServer(config.KV_URL);
  if (!isShared) await lockKvFile(config.KV_URL);
  // The one place where Deno looks for it.
  if (config.KV_ACCESS_TOKEN !== undefined) Deno.env.set("DENO_KV_ACCESS_TOKEN", config.KV_ACCESS_TOKEN);
  const openKv = () => Deno.openKv(config.KV_URL);
  const store = await openStore(await (isShared ? openKv() : orUnusable(config.KV_URL, openKv)), { shared: isShared });

  const provider = configuredProvider(config, { fetch, fileSystem: Deno });
  const [nightlyPull] = timetable({
    pullAt: config.PULL_AT,
    timeZone: config.MARKET_TIME_ZONE,
    disabledBecause: provider === undefined ? NOT_CONFIGURED : undefined,
  });
  const services = createServices({
    ...{ store, now, log, provider, nightlyPull },
    sleep: sleepBy({ setTimeout, clearTimeout }),
    marketTimeZone: config.MARKET_TIME_ZONE,
    wake: () => worker.wake(),
  });
  const worker: Worker = createWorker({ ...services, ctx: services, random: Math.random, owner: crypto.randomUUID() });
  const edge = draining(createEdge({
    app: createApp({ onInternalError: (error, requestId) => log.error("A request failed", { requestId, error }) }),
    services,
    identify: identifyBy({ adminApiKey: config.ADMIN_API_KEY }),
    newId: () => crypto.randomUUID(),
    onRequest: (entry) => log.debug("A request was answered", { ...entry }),
  }));

  await finishErasures(services);
  if (config.DEMO_DATA) await loadDemo(services);
  if (!isShared) await voidLeases(services);

  const crons = new AbortController();
  async function stop(): Promise<never> {
    crons.abort();
    await Promise.race([
      Promise.all([edge.drain().then(() => server.shutdown()), worker.stop()]),
      services.sleep(MAX_STOP_MS),
    ]);
    store.close();
    Deno.exit(0);
  }
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("A promise was rejected, and nobody was there to hear", { error: event.reason });
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, stop);
  const server = orCannotListen(config, () =>
    Deno.serve({
      hostname: config.HOST,
      port: config.PORT,
      onListen: (address) => console.log(greeting(address, config, Date.now() - startedAtMs)),
    }, edge.serve));

  // Only what can be reached works: before this line, a start that fails leaves the queue as it is.
  const keepTime = () => tick(services, [nightlyPull]).then(worker.wake);
  Deno.cron("timetable", "* * * * *", { signal: crons.signal, backoffSchedule: [] }, keepTime);
  worker.start();
  await keepTime();
}

try {
  await start(Date.now());
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StoreUnusable)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
