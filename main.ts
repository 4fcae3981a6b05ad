/**
 * The process: configuration, store, service, timetable and server, brought up here and taken down again.
 * Nothing else has side effects of its own.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { ConfigError, orCannotListen, readConfig } from "./lib/config.ts";
import { sleepBy } from "./lib/jobs/sleep.ts";
import { createLog } from "./lib/log.ts";
import { configuredProvider } from "./lib/market/providers.ts";
import { Problem } from "./lib/problem.ts";
import { isKvServer, lockKvFile, openConfiguredKv, StoreUnusable } from "./lib/store/kv_file.ts";
import { openStore } from "./lib/store/store.ts";
import { createTelemetry, kvObserver, observedKv, traceFields, watchProcess } from "./lib/telemetry/mod.ts";
import { VERSION } from "./lib/version.ts";
import { prepare } from "./prepare.ts";
import { draining } from "./routes/draining.ts";
import { greeting } from "./routes/greeting.ts";
import { lasting } from "./routes/lasting.ts";
import { createService } from "./service.ts";

/** A client that never finishes must not keep the process from ending. */
const MAX_STOP_MS = 5_000;

async function start(startedAtMs: number): Promise<void> {
  const config = readConfig((name) => Deno.env.get(name));
  const now = () => new Date();
  const sleep = sleepBy({ setTimeout, clearTimeout });
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const log = createLog({ level: config.LOG_LEVEL, now, write: (line) => console.error(line), source: traceFields });
  const telemetry = createTelemetry({ version: VERSION, monotonicMs: () => performance.now() });
  const isShared = isKvServer(config.KV_URL);
  if (!isShared) await lockKvFile(config.KV_URL);
  const kv = observedKv(await openConfiguredKv(Deno, config), kvObserver(telemetry));
  const store = await openStore(kv, { shared: isShared, log, nextTurn });
  const provider = configuredProvider(config, { fetch, fileSystem: Deno });
  const { services, worker, serve, recover, keepTime } = createService({
    ...{ config, store, provider, telemetry, log, now, sleep, nextTurn, fetch, random: Math.random },
    newId: () => crypto.randomUUID(),
  });
  const prepared = await prepare({ services, recover }, { config, isShared });

  const { serve: handler, drain } = draining(serve);
  const crons = new AbortController();
  async function stop(signal: Deno.Signal): Promise<never> {
    log.info("The process is asked to end", { signal });
    crons.abort();
    const ended = Promise.all([drain().then(serving.shutdown).then(services.uses.flush), worker.stop()]);
    await Promise.race([ended, sleep(MAX_STOP_MS)]);
    store.close();
    Deno.exit(0);
  }
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("A promise was rejected, and nobody was there to hear", { error: event.reason });
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => stop(signal));
  const answer: Deno.ServeHandler<Deno.NetAddr> = (request, info) => handler(request, () => info.remoteAddr.hostname);
  const listen = (port: number) => Deno.serve({ hostname: config.HOST, port, onListen: () => {} }, answer);
  const server = orCannotListen(config, () => listen(config.PORT));
  const serving = lasting({ first: server, listenAgain: () => listen(server.addr.port), sleep, log });
  console.log(greeting({ address: server.addr, config, ...prepared, startMs: Date.now() - startedAtMs }));
  // Only what can be reached works: before this line, a start that fails leaves the queue as it is.
  Deno.cron("timetable", "* * * * *", { signal: crons.signal, backoffSchedule: [] }, keepTime);
  worker.start();
  const versions = { version: VERSION, deno: Deno.version.deno };
  const facts = { startedAtMs, versions, memory: Deno.memoryUsage, cpu: cpuUsage };
  watchProcess(telemetry, { ...facts, sleep, signal: crons.signal });
  await keepTime();
}

try {
  await start(Date.now());
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StoreUnusable || error instanceof Problem)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
