/**
 * Spans, where the runtime collects them (`OTEL_DENO=true`); elsewhere this does nothing.
 *
 * @module
 */
import { type Attributes, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { METHODS } from "./request_metrics.ts";

/** Runs something as a span of its own, within the one that is active. */
export type InSpan = <T>(name: string, attributes: Attributes, run: (span: Span) => Promise<T>) => Promise<T>;

export function inSpanOf(tracer: Tracer, kind: SpanKind): InSpan {
  return (name, attributes, run) =>
    tracer.startActiveSpan(name, { kind, attributes }, async (span) => {
      try {
        return await run(span);
      } catch (error) {
        span.recordException(error instanceof Error ? error : String(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
}

export interface Tracing {
  /** For what somebody else does for us. */
  readonly asClient: InSpan;
  /** For work that nobody waits for. */
  readonly asConsumer: InSpan;
}

export const tracingBy = (tracer: Tracer): Tracing => ({
  asClient: inSpanOf(tracer, SpanKind.CLIENT),
  asConsumer: inSpanOf(tracer, SpanKind.CONSUMER),
});

/**
 * Gives the request's span, which the runtime has made, the name that OpenTelemetry's conventions ask for: what a client makes up, a
 * path or a method, is in none. `route` is a pattern, if one answers.
 */
export function nameRequestSpan(method: string, route: string | undefined, requestId: string): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  const known = METHODS.has(method) ? method : "HTTP";
  span.updateName(route === undefined ? known : `${known} ${route}`);
  span.setAttributes({ "foliolens.request_id": requestId, ...(route !== undefined && { "http.route": route }) });
}

/** What leads from a log line to its trace; nothing outside of a span. */
export function traceFields(): { readonly trace_id?: string; readonly span_id?: string } {
  const found = trace.getActiveSpan()?.spanContext();
  return found === undefined ? {} : { trace_id: found.traceId, span_id: found.spanId };
}
