/**
 * The whole service in one process, without a port: an in-memory KV, a clock that stands still, and a provider if a test brings one.
 * Every answer is held against the OpenAPI document, and a test whose service logged an error fails.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfig } from "../../lib/config.ts";
import { createLog } from "../../lib/log.ts";
import type { Provider } from "../../lib/market/provider.ts";
import type { Services } from "../../lib/services.ts";
import type { Worker } from "../../lib/jobs/worker.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { createTelemetry, kvObserver, type Telemetry } from "../../lib/telemetry/telemetry.ts";
import { observedKv } from "../../lib/telemetry/observed_kv.ts";
import { openApiDocument } from "../../routes/openapi.ts";
import { createService } from "../../service.ts";
import { type Ask, asking } from "./asking.ts";
import { type FakeClock, fakeClock, turn } from "./clock.ts";
import { type CheckResponse, responseChecker } from "./openapi_response.ts";

export const ADMIN_KEY = "test-key-of-the-administrator-0123456789";

/** A clock that stands still fills no bucket. */
const DEFAULTS: Readonly<Record<string, string>> = { ADMIN_API_KEY: ADMIN_KEY, RATE_LIMIT_PER_MINUTE: "0" };

/** Given to requests and services: no two services are one process. */
let ids = 0;

/** All services have one document, which takes as long to make as some ten tests take without it. */
let check: CheckResponse | undefined;

export interface TestService extends AsyncDisposable {
  readonly services: Services;
  readonly store: Store;
  readonly kv: Deno.Kv;
  readonly clock: FakeClock;
  readonly worker: Worker;
  /** Enqueues what the timetable says is due. */
  keepTime(): Promise<void>;
  /** What was logged, as objects. */
  readonly logged: Record<string, unknown>[];
  /** `from` is the address at the other end of the connection. */
  request(path: string, init?: RequestInit & { from?: string }): Promise<Response>;
  /** The same as administrator; an object as `body` is sent as JSON. */
  readonly admin: Ask;
}

export interface TestServiceOptions {
  /** A Saturday morning in New York, the day after the demo's last session. */
  readonly now?: string;
  readonly provider?: Provider;
  /** Of the configuration, beside the administrator's key. */
  readonly env?: Readonly<Record<string, string>>;
  /** Reaches whoever vouches for users. */
  readonly fetch?: typeof fetch;
  /** Errors in the log are what the test is about. */
  readonly mayLogErrors?: boolean;
  /** Where the store is not an empty one of the service's own; closed with it. */
  readonly open?: (clock: FakeClock) => Promise<OpenedStore>;
}

export interface OpenedStore {
  readonly kv: Deno.Kv;
  readonly store: Store;
}

export async function startService(options: TestServiceOptions = {}): Promise<TestService> {
  const clock = fakeClock(options.now ?? "2021-11-06T12:00:00.000Z");
  const telemetry = createTelemetry({ version: "test", monotonicMs: () => clock.now().getTime() });
  const { kv, store } = await (options.open ?? (() => openEmpty(telemetry)))(clock);
  const logged: Record<string, unknown>[] = [];
  const log = createLog({ level: "debug", now: clock.now, write: (line) => logged.push(JSON.parse(line)) });
  const { services, worker, app, serve, keepTime } = createService({
    ...{ store, telemetry, log, now: clock.now, sleep: clock.sleep, nextTurn: turn, provider: options.provider },
    fetch: options.fetch ?? (() => Promise.reject(new TypeError("No test has said who is there"))),
    config: readConfig((name) => ({ ...DEFAULTS, ...options.env })[name]),
    random: () => 0.5,
    newId: () => `request-${ids++}`,
  });
  const checkAnswer = check ??= responseChecker(openApiDocument(app));
  let isTold = options.mayLogErrors ?? false;
  function assertNothingFailed(): void {
    const errors = logged.filter(({ level }) => level === "error");
    if (isTold || errors.length === 0) return;
    isTold = true;
    assert.fail(`Errors were logged: ${JSON.stringify(errors, null, 2).replaceAll("\\n", "\n")}`);
  }
  async function request(path: string, { from = "192.0.2.1", ...init }: RequestInit & { from?: string } = {}) {
    const asked = new Request(`http://foliolens.test${path}`, init);
    const response = await serve(asked, () => from);
    assertNothingFailed();
    // A fault of ours stands in no document.
    if (response.status !== 500) await checkAnswer(asked, response.clone());
    return response;
  }

  return {
    ...{ services, store, kv, clock, worker, keepTime, logged, request },
    admin: asking(request, { authorization: `Bearer ${ADMIN_KEY}` }),
    async [Symbol.asyncDispose]() {
      await worker.stop();
      await services.uses.flush();
      store.close();
      assertNothingFailed();
    },
  };
}

async function openEmpty(telemetry: Telemetry): Promise<OpenedStore> {
  const kv = await Deno.openKv(":memory:");
  // A deadline in real time would fall while the clock of whoever tries again stands still: nothing would end that wait.
  return { kv, store: await openStore(observedKv(kv, kvObserver(telemetry)), { shared: false, answerMs: Infinity }) };
}
