/**
 * The pull under test: the whole service and the provider's stand-in, on the loopback interface and on one clock. Whatever
 * the service waits for in earnest is tracked, so that time moves only while everything else is at rest.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Context } from "../../../lib/context.ts";
import { decodeBlock } from "../../../lib/history/block.ts";
import { decodeSuperseded } from "../../../lib/history/superseded.ts";
import { dueKey, type JobView, PRIORITIES } from "../../../lib/jobs/job.ts";
import { createPolygon } from "../../../lib/market/polygon.ts";
import { kindOfSymbol } from "../../../lib/market/symbol.ts";
import type { Asset } from "../../../lib/store/assets.ts";
import type { Market } from "../../../lib/store/market_days.ts";
import { keyText, verify } from "../../../lib/verify/mod.ts";
import type { FakeClock } from "../../support/clock.ts";
import { type DatedStandInBar, generatedSymbol } from "../../support/provider_stand_in_bars.ts";
import {
  type ProviderStandIn,
  type ProviderStandInOptions,
  startProviderStandIn,
} from "../../support/provider_stand_in.ts";
import { type OpenedStore, startService, type TestService } from "../../support/service.ts";
import { type Committed, storeThrough, type Through } from "../jobs/harness.ts";

export const FRIDAY = "2024-03-08";
export const THURSDAY = "2024-03-07";
/** 05:00 in New York, on the Saturday after it. */
export const SATURDAY_MORNING = "2024-03-09T10:00:00.000Z";
/** Longer than a provider's slot. */
const PAUSE_MS = 60_000;
/** How often {@link PullTest.live} looks whether anything is left to do. */
const LOOK_MS = 5 * 60_000;

export interface PullOptions {
  readonly now?: string;
  readonly provider?: Partial<Omit<ProviderStandInOptions, "now">>;
  /** Errors in the log are what the test is about. */
  readonly mayLogErrors?: boolean;
  /** As the provider knows it, where no other is given. */
  readonly apiKey?: string;
  /** For one call; real time. Default 10,000. */
  readonly timeoutMs?: number;
  /** Symbols of the assets that there are at first, numbered from 1 in steps of `assetStep` (1). */
  readonly assets?: readonly string[];
  readonly assetStep?: number;
  /** The KV of a service before this one, left open for the one after it. */
  readonly kv?: Deno.Kv;
  /** How each operation on KV is gone through with, and who is told of each commit. */
  readonly through?: Through;
  readonly committed?: Committed;
}

export interface PullTest extends TestService {
  readonly provider: ProviderStandIn;
  /** Asks for a pull: of stocks, where no market is named. */
  ask(date?: string, market?: Market): Promise<JobView>;
  /** Asks for one after a pause; answers the job as it is when nothing more is due. */
  pull(date?: string, market?: Market): Promise<JobView>;
  job(id: string): Promise<JobView>;
  /** The body of a 200. */
  read(path: string): Promise<Json>;
  /** Lets time pass with the worker at work, as in a process that runs; at once where no job is left, running or to come. */
  live(ms: number): Promise<void>;
  stored(): Promise<Stored>;
}

// deno-lint-ignore no-explicit-any -- what the API answers is what these tests look at
export type Json = any;

/** By key, what is stored of everything but jobs, pace and timetable. */
export type Stored = ReadonlyMap<string, { readonly value: unknown; readonly versionstamp: string }>;

/** A bar at one price. */
export const bar = (symbol: string, date: string, close: number): DatedStandInBar => ({
  ...{ symbol, date, close },
  ...{ open: close, high: close, low: close, volume: 1234.5 },
});

export async function startPull(options: PullOptions = {}): Promise<PullTest> {
  const { provider: given = {}, assets = [], timeoutMs = 10_000 } = options;
  // Started before the service whose clock it shows: nobody calls it before that.
  const standIn = startProviderStandIn({ ...given, now: () => service.clock.now() });
  let clock: FakeClock | undefined;
  const service: TestService = await startService({
    now: options.now ?? SATURDAY_MORNING,
    mayLogErrors: options.mayLogErrors ?? false,
    open: (of) => openWatched(clock = of, options),
    provider: createPolygon({
      baseUrl: standIn.url,
      apiKey: options.apiKey ?? standIn.apiKey,
      callsPerMinute: 5,
      timeoutMs,
      fetch: (...asked) => clock?.track(fetchWhole(...asked)) ?? fetch(...asked),
    }),
  });
  if (assets.length > 0) await insertAssets(service.services, assets, options.assetStep);
  return pullTest(service, standIn);
}

function pullTest(service: TestService, provider: ProviderStandIn): PullTest {
  const { clock, worker, admin } = service;

  async function read(path: string): Promise<Json> {
    const response = await admin(path);
    const body = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    return body;
  }

  const job = (id: string): Promise<JobView> => read(`/jobs/${id}`);

  async function ask(date?: string, market?: Market): Promise<JobView> {
    const args = { ...(date !== undefined && { date }), ...(market !== undefined && { market }) };
    const asked = await admin("/jobs", { method: "POST", body: { name: "pull-market-day", args } });
    const body = await asked.json();
    assert.equal(asked.status, 202, JSON.stringify(body));
    return body;
  }

  async function pull(date?: string, market?: Market): Promise<JobView> {
    await clock.advance(PAUSE_MS);
    const { id } = await ask(date, market);
    await clock.until(worker.runDue());
    return await job(id);
  }

  return {
    ...service,
    provider,
    read,
    job,
    ask,
    pull,
    async live(ms) {
      worker.start();
      const endMs = clock.now().getTime() + ms;
      const leftMs = () => endMs - clock.now().getTime();
      while (leftMs() > 0 && await hasJobs(service.kv)) await clock.advance(Math.min(LOOK_MS, leftMs()));
      await clock.skip(leftMs());
    },
    stored: () => storedIn(service.kv),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await provider.stop();
    },
  };
}

async function hasJobs(kv: Deno.Kv): Promise<boolean> {
  for (const priority of PRIORITIES) {
    for await (const _ of kv.list({ prefix: dueKey(priority) }, { limit: 1 })) return true;
  }
  return false;
}

async function openWatched(clock: FakeClock, options: PullOptions): Promise<OpenedStore> {
  const { through = (operation) => operation(), committed } = options;
  const kv = options.kv ?? await Deno.openKv(":memory:");
  const store = await storeThrough(kv, (operation) => through(() => clock.track(operation())), committed);
  function close(): void {
    store.close();
    if (options.kv === undefined) kv.close();
  }
  return { kv, store: { ...store, close } };
}

export interface CutOff extends PullOptions {
  /** How many commits of its work the process lives to see. */
  readonly commits: number;
  readonly begin: (test: PullTest) => Promise<unknown>;
  readonly work: (test: PullTest) => Promise<unknown>;
}

/** A process that is gone in the middle of its work. Answers whether it came so far. */
export async function cutOff({ commits, begin, work, ...options }: CutOff): Promise<boolean> {
  const never = new Promise<never>(() => {});
  let left = Infinity;
  const test = await startPull({
    ...options,
    async through(operation) {
      if (left <= 0) return await never;
      const result = await operation();
      return left <= 0 ? await never : result;
    },
    committed: () => void (left -= 1),
  });
  await begin(test);
  left = commits;
  const ended = work(test);
  await (commits === Infinity ? ended : ended.catch(() => {}));
  // A process that is gone cannot be stopped, only its surroundings can.
  test.services.store.close();
  await test.provider.stop();
  return left <= 0;
}

/** The clock must not move while a body is on its way either. */
async function fetchWhole(...asked: Parameters<typeof fetch>): Promise<Response> {
  const { status, headers, body } = await fetch(...asked);
  return new Response(body && await new Response(body).bytes(), { status, headers });
}

/** Numbered from 1, each so much after the one before. */
export async function insertAssets(ctx: Context, symbols: readonly string[], step = 1): Promise<void> {
  const numbered = symbols.map((symbol, i) => madeUpAsset(1 + i * step, symbol));
  // A change holds ten checks, and an asset takes two of them.
  for (let first = 0; first < numbered.length; first += 5) {
    const some = numbered.slice(first, first + 5);
    const change = ctx.store.change().set(["sequences", "assets"], some.at(-1)?.no);
    for (const asset of some) ctx.assets.insert(change, asset);
    assert.notEqual(await change.commit(), undefined);
  }
}

const madeUpAsset = (no: number, symbol: string): Asset => ({
  no,
  symbol,
  name: `Asset ${no}`,
  kind: kindOfSymbol(symbol) ?? "stock",
  currency: "USD",
  sector: "industrials",
  sectorWeights: null,
  sectorSource: "manual",
  chosen: [],
  figi: null,
  refreshedAt: "",
  formerSymbols: [],
  listedOn: null,
  symbolsAsked: true,
  symbolDoubt: null,
  marketSince: "",
  status: "active",
  createdAt: "2020-01-01T12:00:00.000Z",
  updatedAt: "2020-01-01T12:00:00.000Z",
});

/** Every index, sheet and series says the same. */
export async function assertAgrees(ctx: Context): Promise<void> {
  assert.deepEqual(await Array.fromAsync(verify(ctx), ({ key, what }) => `${keyText(key)} ${what}`), []);
}

const TIMED = /^\["(market_days|quarantine|splits|dividends|asked_histories|history_edges)"/;

/** What is stored, but for when it came to be. */
export async function lastingIn(kv: Deno.Kv): Promise<Record<string, unknown>> {
  const lasting = (key: string, value: unknown): unknown => {
    if (key.startsWith('["series"')) return decodeBlock(value).map((bar) => ({ ...bar, recordedAtSeconds: 0 }));
    if (key.startsWith('["superseded"')) {
      return decodeSuperseded(value).map((row) => ({ ...row, recordedAtSeconds: 0 }));
    }
    if (key.startsWith('["assets"')) return { ...value as object, refreshedAt: "" };
    if (typeof value !== "object" || value === null || !TIMED.test(key)) return value;
    const doubted = "doubted" in value && {
      doubted: (value.doubted as Json[]).map((span) => ({ ...span, askedAt: "" })),
    };
    return { ...value, ...doubted, fetchedAt: "", recordedAt: "", askedAt: "", learnedAt: "" };
  };
  return Object.fromEntries(Array.from(await storedIn(kv), ([key, { value }]) => [key, lasting(key, value)]));
}

/** Of those that the stand-in makes bars for. */
export const generatedSymbols = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => generatedSymbol(i));

const NOT_MARKET_DATA = /^\["(audit\w*|job_logs|jobs\w*|pacing|schedules|provider_states|workers)"/;

async function storedIn(kv: Deno.Kv): Promise<Stored> {
  const entries = await Array.fromAsync(kv.list({ prefix: [] }));
  return new Map(
    entries.map(({ key, ...entry }) => [JSON.stringify(key), entry] as const).filter(([key]) =>
      !NOT_MARKET_DATA.test(key)
    ),
  );
}
