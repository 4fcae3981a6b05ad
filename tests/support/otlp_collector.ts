/**
 * A collector of OpenTelemetry that keeps the spans it is sent (OTLP over HTTP, as JSON).
 *
 * @module
 */
import { z } from "zod";

const attributesSchema = z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]])));

const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string(),
  name: z.string(),
  attributes: attributesSchema,
});

const exportSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});

export type CollectedSpan = z.output<typeof spanSchema>;

export interface OtlpCollector extends AsyncDisposable {
  /** What a process is started with to send its spans here, soon. */
  readonly env: Readonly<Record<string, string>>;
  /** The first span that is so, as soon as it has come. */
  span(isIt: (span: CollectedSpan) => boolean): Promise<CollectedSpan>;
}

export function startOtlpCollector(): OtlpCollector {
  const spans: CollectedSpan[] = [];
  const waiting = new Set<() => void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.json();
    if (request.url.endsWith("/v1/traces")) {
      const { resourceSpans } = exportSchema.parse(body);
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      for (const look of waiting) look();
    }
    return Response.json({});
  });
  return {
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "100",
    },
    span: (isIt) =>
      new Promise((resolve) => {
        function look(): void {
          const found = spans.find(isIt);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        }
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
