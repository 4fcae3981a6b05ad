/**
 * The process: configuration, store, service, timetable and server, brought up here and taken down again.
 * Nothing else has side effects of its own.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { endingBy } from "./ending.ts";
import { ConfigError, orCannotListen, readConfig } from "./lib/config.ts";
import { sleepBy } from "./lib/jobs/sleep.ts";
import { hostOf } from "./lib/limits/network.ts";
import { createLog } from "./lib/log.ts";
import { configuredProvider } from "./lib/market/providers.ts";
import { Problem, reasonOf } from "./lib/problem.ts";
import { isKvServer, lockKvFile, openConfiguredKv, StoreUnusable } from "./lib/store/kv_file.ts";
import { openStore } from "./lib/store/store.ts";
import { createTelemetry, kvObserver, observedKv, traceFields, watchProcess } from "./lib/telemetry/mod.ts";
import { VERSION } from "./lib/version.ts";
import { prepare } from "./prepare.ts";
import { draining } from "./routes/draining.ts";
import { greeting } from "./routes/greeting.ts";
import { lasting } from "./routes/lasting.ts";
import { createService, type Service } from "./service.ts";

const crons = new AbortController();
const started = Promise.withResolvers<Service>();

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
  const service = createService({
    ...{ config, store, provider, telemetry, log, now, sleep, nextTurn, fetch, random: Math.random },
    newId: () => crypto.randomUUID(),
  });
  const { services, worker, serve, recover, keepTime } = service;
  const prepared = await prepare({ services, recover }, { config, isShared });

  const { serve: handler, drain } = draining(serve);
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("A promise was rejected, and nobody was there to hear", { error: event.reason });
  });
  const answer: Deno.ServeHandler<Deno.NetAddr> = (request, info) => handler(request, () => hostOf(info.remoteAddr));
  const listen = (port: number) => Deno.serve({ hostname: config.HOST, port, onListen: () => {} }, answer);
  const server = orCannotListen(config, () => listen(config.PORT));
  const serving = lasting({ first: server, listenAgain: () => listen(server.addr.port), sleep, log });
  const stop = endingBy({ crons, drain, serving, uses: services.uses, worker, store, sleep, log, exit: Deno.exit });
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => stop(signal));
  console.log(greeting({ address: server.addr, config, ...prepared, startMs: Date.now() - startedAtMs }));
  // Only what can be reached works: before this line, a start that fails leaves the queue as it is.
  started.resolve(service);
  worker.start();
  const versions = { version: VERSION, deno: Deno.version.deno };
  const facts = { startedAtMs, versions, memory: Deno.memoryUsage, cpu: cpuUsage };
  watchProcess(telemetry, { ...facts, sleep, signal: crons.signal });
  await keepTime();
}

// Deno Deploy knows of no cron but those that are there before anything is served.
Deno.cron("timetable", "* * * * *", { signal: crons.signal, backoffSchedule: [] }, async () => {
  await (await started.promise).keepTimeAndWork(crons.signal);
});

try {
  await start(Date.now());
} catch (error) {
  const isExplained = error instanceof ConfigError || error instanceof StoreUnusable || error instanceof Problem;
  console.error(isExplained ? reasonOf(error) : error);
  Deno.exit(1);
}
