/**
 * A stand-in for the market-data provider on the loopback interface: it paces, refuses and answers as the provider
 * does, on an injected clock, and misbehaves on demand.
 *
 * ```ts ignore
 * await using provider = startProviderStandIn({ now: () => new Date("2024-03-09T08:00:00Z"), bars: generatedBars(100) });
 * provider.faults.add({ type: "html" });
 * await fetch(`${provider.url}/v2/aggs/grouped/locale/us/market/stocks/2024-03-08?apiKey=${provider.apiKey}`);
 * ```
 */

import { actionRoutes } from "./provider_stand_in_actions.ts";
import type { StandInAsset, StandInRename } from "./provider_stand_in_assets.ts";
import {
  barsFromList,
  type BarSource,
  type DatedStandInBar,
  type StandInDividend,
  type StandInSplit,
} from "./provider_stand_in_bars.ts";
import { createFaults, type Faults, respondWithFault, type Spoiling } from "./provider_stand_in_faults.ts";
import { groupedRoutes } from "./provider_stand_in_grouped.ts";
import { marketStatusRoutes } from "./provider_stand_in_market_status.ts";
import { createPacing } from "./provider_stand_in_pacing.ts";
import { rangeRoutes } from "./provider_stand_in_range.ts";
import { referenceRoutes } from "./provider_stand_in_reference.ts";
import { PAGE_NOT_FOUND, unauthorized } from "./provider_stand_in_refusals.ts";
import { respond } from "./provider_stand_in_response.ts";
import {
  type Answer,
  DEFAULT_SWITCHES,
  type Holiday,
  type Route,
  type Switches,
  type World,
} from "./provider_stand_in_route.ts";

export interface ProviderStandInOptions {
  readonly now: () => Date;
  /** Raw bars. Default: none on any day. */
  readonly bars?: BarSource | readonly DatedStandInBar[];
  /** What `adjusted=true` adjusts by, too. */
  readonly splits?: readonly StandInSplit[];
  readonly dividends?: readonly StandInDividend[];
  /** The assets that have details and can be found. Default: none, whatever has bars. */
  readonly assets?: readonly StandInAsset[];
  readonly renames?: readonly StandInRename[];
  readonly holidays?: readonly Holiday[];
  readonly switches?: Partial<Switches>;
  readonly apiKey?: string;
  /** Default 127.0.0.1. */
  readonly hostname?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Told of each call when it has its answer. */
  readonly onCall?: (call: RecordedCall) => void;
}

export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  /** As it came, with its question mark, or empty. */
  readonly search: string;
  readonly headers: Headers;
  readonly at: Date;
  /** Of the answer; `undefined` while there is none. */
  status: number | undefined;
}

export interface ProviderStandIn extends AsyncDisposable {
  readonly url: string;
  readonly apiKey: string;
  /** Every call that came in, refused or not, in the order of arrival. */
  readonly calls: readonly RecordedCall[];
  readonly faults: Faults;
  /** May be changed at any time. */
  readonly switches: Switches;
  stop(): Promise<void>;
}

const ROUTES: readonly Route[] = [
  ...groupedRoutes,
  ...rangeRoutes,
  ...actionRoutes,
  ...referenceRoutes,
  ...marketStatusRoutes,
];

export function startProviderStandIn(options: ProviderStandInOptions): ProviderStandIn {
  const { apiKey = "stand-in-key", hostname = "127.0.0.1", port = 0, bars = [] } = options;
  const switches: Switches = { ...DEFAULT_SWITCHES, ...options.switches };
  const world: World = {
    bars: typeof bars === "function" ? bars : barsFromList(bars),
    splits: options.splits ?? [],
    dividends: options.dividends ?? [],
    assets: options.assets ?? [],
    renames: options.renames ?? [],
    holidays: options.holidays ?? [],
    switches,
  };
  const faults = createFaults();
  const calls: RecordedCall[] = [];
  const stopped = new AbortController();
  const answer = createAnswering(world, apiKey, faults);

  const server = Deno.serve(
    { hostname, port, onListen() {} },
    async (request) => {
      const call = record(request, options.now());
      calls.push(call);
      const { spoiling, ...good } = answer(request, call, calls.length);
      const response = spoiling
        ? await respondWithFault(spoiling, good, request, stopped.signal)
        : respond(good, request);
      call.status = response.status;
      options.onCall?.(call);
      return response;
    },
  );

  async function stop(): Promise<void> {
    stopped.abort();
    await server.shutdown();
  }
  const url = `http://${hostname}:${server.addr.port}`;
  return { url, apiKey, calls, faults, switches, stop, [Symbol.asyncDispose]: stop };
}

function record(request: Request, at: Date): RecordedCall {
  const { pathname: path, search } = new URL(request.url);
  return { method: request.method, path, search, headers: request.headers, at, status: undefined };
}

/** Unknown path, then key, then pace, then the call itself; a fault waits for a call that got so far. */
function createAnswering(world: World, apiKey: string, faults: ReturnType<typeof createFaults>) {
  const pace = createPacing();
  return (request: Request, call: RecordedCall, callNumber: number): Answer & { spoiling?: Spoiling } => {
    const requestId = callNumber.toString(16).padStart(32, "0");
    const url = new URL(request.url);
    const route = ROUTES.find(({ pattern }) => pattern.test({ pathname: url.pathname }));
    if (route === undefined || request.method !== "GET") return PAGE_NOT_FOUND;
    if (keyOf(request, url) !== apiKey) return unauthorized(requestId, world.switches.unauthorizedTextIn);
    const tooMany = pace(call.at, requestId, world.switches);
    if (tooMany) return tooMany;

    const groups = route.pattern.exec({ pathname: url.pathname })?.pathname.groups ?? {};
    const path = Object.fromEntries(
      Object.entries(groups).map(([name, text = ""]) => [name, decodeURIComponent(text)]),
    );
    const question = { path, query: url.searchParams, url: request.url, now: call.at, requestId };
    const answer = route.answer(question, world);
    const fault = answer.status === 200 ? faults.take(url.pathname) : undefined;
    return fault ? { ...answer, spoiling: { fault, garbage: route.garbage } } : answer;
  };
}

function keyOf(request: Request, url: URL): string | null {
  const bearer = request.headers.get("authorization")?.match(/^Bearer (.+)$/)?.[1];
  return bearer ?? url.searchParams.get("apiKey");
}
