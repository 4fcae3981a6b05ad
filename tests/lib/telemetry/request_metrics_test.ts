import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { requestMetrics } from "../../../lib/telemetry/request_metrics.ts";

const asked = { method: "GET", route: "/assets", status: 200 };

/** As Prometheus reads it: lines of one metric, without its comments. */
async function linesOf(registry: Registry, metric: string): Promise<string[]> {
  const lines = (await registry.getSingleMetricAsString(metric)).split("\n");
  return lines.filter((line) => !line.startsWith("#"));
}

Deno.test("durations stand in the first bucket that they keep within, and in all after it", async () => {
  const registry = new Registry();
  const answered = requestMetrics(registry);
  for (const durationMs of [0.5, 1, 1.5, 10_000, 20_000]) answered({ ...asked, durationMs });
  const name = "foliolens_http_request_duration_seconds";
  const lines = await linesOf(registry, name);
  const within = (le: string) => lines.find((line) => line.includes(`le="${le}"`))?.split(" ").at(-1);
  assert.deepEqual(["0.001", "0.0025", "2.5", "10", "+Inf"].map(within), ["2", "3", "3", "4", "5"]);
  assert.equal(lines.length, 13 + 2);
  assert.deepEqual(lines.slice(-2), [
    `${name}_sum{method="GET",route="/assets"} 30.003`,
    `${name}_count{method="GET",route="/assets"} 5`,
  ]);
  assert.match(await registry.metrics(), /^# TYPE foliolens_http_request_duration_seconds histogram$/m);
});

Deno.test("answers are counted by method, route and kind of status, however often they are read", async () => {
  const registry = new Registry();
  const answered = requestMetrics(registry);
  const statuses = [200, 201, 304, 404, 429, 500];
  for (const status of statuses) answered({ ...asked, status, durationMs: 1 });
  answered({ ...asked, method: "BREW", route: "none", durationMs: 1 });
  const name = "foliolens_http_requests_total";
  const expected = [
    `${name}{method="GET",route="/assets",status="2xx"} 2`,
    `${name}{method="GET",route="/assets",status="3xx"} 1`,
    `${name}{method="GET",route="/assets",status="4xx"} 2`,
    `${name}{method="GET",route="/assets",status="5xx"} 1`,
    `${name}{method="other",route="none",status="2xx"} 1`,
  ];
  for (let i = 0; i < 2; i++) assert.deepEqual(await linesOf(registry, name), expected);
  assert.deepEqual(await linesOf(registry, "foliolens_rate_limited_requests_total"), [
    "foliolens_rate_limited_requests_total 1",
  ]);
});
