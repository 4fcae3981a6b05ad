import assert from "node:assert/strict";
import { generatedBars } from "../support/provider_stand_in_bars.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { startOtlpCollector } from "../support/otlp_collector.ts";
import { dataFolder, pointedAt, startServer } from "./server.ts";

Deno.test("OTEL_DENO=true: requests under their routes, KV and provider within them, and the trace in the log", async () => {
  await using folder = await dataFolder();
  await using collector = startOtlpCollector();
  await using provider = startProviderStandIn({
    now: () => new Date(),
    bars: generatedBars(10),
    switches: { callsPerMinute: 0 },
  });
  await using server = await startServer({
    ...{ KV_URL: folder.kv, LOG_LEVEL: "debug", ...pointedAt(provider) },
    ...collector.env,
  });
  await server.read("/portfolios/1/valuations?from=2021-11-01&to=2021-11-05", { headers: { "x-request-id": "one" } });

  const route = "/portfolios/{portfolio_id}/valuations";
  const asked = await collector.span(({ attributes }) => attributes["foliolens.request_id"] === "one");
  assert.deepEqual([asked.name, asked.attributes["http.route"]], [`GET ${route}`, route]);
  const isPartOfIt = ({ traceId }: { traceId: string }) => traceId === asked.traceId;
  const read = await collector.span((span) => isPartOfIt(span) && span.name.startsWith("kv "));
  assert.equal(read.parentSpanId, asked.spanId);
  assert.equal(read.attributes["db.system.name"], "deno_kv");

  for (const [method, name] of [["GET", "GET"], ["BREW", "HTTP"]] as const) {
    await (await server.ask("/nobody/knows", { method, headers: { "x-request-id": method } })).body?.cancel();
    const { attributes, ...lost } = await collector.span(({ attributes }) =>
      attributes["foliolens.request_id"] === method
    );
    assert.deepEqual([lost.name, "http.route" in attributes], [name, false]);
  }

  const job = await collector.span(({ name }) => name === "job pull-market-day");
  const question = await collector.span(({ name }) => name === "polygon marketDay");
  assert.deepEqual([question.traceId, question.parentSpanId], [job.traceId, job.spanId]);
  assert.equal(question.attributes["foliolens.provider.outcome"], "ok");
  const call = await collector.span(({ parentSpanId }) => parentSpanId === question.spanId);
  assert.ok(!JSON.stringify(call).includes(provider.apiKey), "the provider's key is in a span");

  server.signal("SIGTERM");
  const { code, stderr } = await server.ended();
  assert.equal(code, 0);
  const lines = stderr.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const line = lines.find(({ requestId }) => requestId === "one");
  assert.deepEqual(
    [line.trace_id, line.span_id, line.method, line.route, line.status, line.user],
    [asked.traceId, asked.spanId, "GET", route, 200, "usr_system"],
  );
});

Deno.test("GET /metrics of a process: its memory, its time, its version, and the event loop's delays", async () => {
  await using folder = await dataFolder();
  await using server = await startServer({ KV_URL: folder.kv });
  const text = await (await server.ask("/metrics")).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  assert.ok(value("process_resident_memory_bytes") > 10_000_000, text);
  assert.ok(value("process_cpu_seconds_total") > 0);
  assert.ok(Math.abs(value("process_start_time_seconds") - Date.now() / 1_000) < 60);
  assert.match(text, /^foliolens_build_info\{version="[\d.]+",deno="[\d.]+"\} 1$/m);
  assert.match(text, /^foliolens_event_loop_delay_seconds_count \d+$/m);
  server.signal("SIGTERM");
  assert.equal((await server.ended()).code, 0);
});
