/**
 * Requests, counted in plain numbers, and put into the library's form when somebody reads them: the library makes a text of the
 * labels at each count, which costs a finished answer as much as all that it is looked up by.
 *
 * @module
 */
import { Counter, type Histogram, type Registry } from "prom-client";

export interface CountedRequest {
  readonly method: string;
  /** The pattern, as it stands in the OpenAPI document. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** What was answered to a method at a route. */
interface Tally {
  readonly labels: { readonly method: string; readonly route: string };
  /** By the first digit of their status. */
  readonly answers: Map<number, number>;
  /** Each request in the first that it keeps within. */
  readonly buckets: readonly Bucket[];
  seconds: number;
}

interface Bucket {
  readonly seconds: number;
  requests: number;
}

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, Infinity];
/** All others are counted and named together: clients may make up as many as they like. */
export const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function requestMetrics(registry: Registry): (request: CountedRequest) => void {
  const tallies = new Map<string, Map<string, Tally>>();
  const all = () => [...tallies.values()].flatMap((byRoute) => [...byRoute.values()]);
  countAnswers(registry, all);
  registerDurations(registry, all);
  const refused = new Counter({
    name: "foliolens_rate_limited_requests_total",
    help: "Requests that were one too many",
    registers: [registry],
  });

  function begin(method: string, route: string): Tally {
    const buckets = BUCKETS_SECONDS.map((seconds) => ({ seconds, requests: 0 }));
    const tally = { labels: { method, route }, answers: new Map(), buckets, seconds: 0 };
    const byRoute = tallies.get(method) ?? new Map<string, Tally>();
    tallies.set(method, byRoute.set(route, tally));
    return tally;
  }

  return ({ method: sent, route, status, durationMs }) => {
    const method = METHODS.has(sent) ? sent : "other";
    const tally = tallies.get(method)?.get(route) ?? begin(method, route);
    const [kind, seconds] = [Math.floor(status / 100), durationMs / 1_000];
    tally.answers.set(kind, (tally.answers.get(kind) ?? 0) + 1);
    tally.seconds += seconds;
    const bucket = tally.buckets.find((within) => seconds <= within.seconds);
    if (bucket !== undefined) bucket.requests += 1;
    if (status === 429) refused.inc();
  };
}

function countAnswers(registry: Registry, all: () => readonly Tally[]): void {
  new Counter({
    name: "foliolens_http_requests_total",
    help: "Requests that were answered",
    labelNames: ["method", "route", "status"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, answers } of all()) {
        for (const [kind, requests] of answers) this.inc({ ...labels, status: `${kind}xx` }, requests);
      }
    },
  });
}

/** The library's own histogram takes nothing that is counted already; what it asks of any metric is this. */
function registerDurations(registry: Registry, all: () => readonly Tally[]): void {
  const name = "foliolens_http_request_duration_seconds";
  const about = { name, help: "From the request to its answer", type: "histogram", aggregator: "sum" };
  const metric = {
    ...about,
    get: () => Promise.resolve({ ...about, values: all().flatMap((tally) => samplesOf(name, tally)) }),
  };
  registry.registerMetric(metric as unknown as Histogram);
}

function samplesOf(name: string, { labels, buckets, seconds }: Tally) {
  let requests = 0;
  const within = buckets.map((bucket) => {
    requests += bucket.requests;
    const le = Number.isFinite(bucket.seconds) ? bucket.seconds : "+Inf";
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: requests };
  });
  return [
    ...within,
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: requests },
  ];
}
