/**
 * A provider, with its calls counted and each question a span.
 *
 * @module
 */
import type { Call, Outcome, Provider } from "../market/provider.ts";
import type { Metrics } from "./metrics.ts";
import type { InSpan } from "./tracing.ts";

export interface ProviderObserver {
  readonly metrics: Pick<Metrics, "providerCalled" | "providerAnswered">;
  readonly inSpan: InSpan;
  readonly monotonicMs: () => number;
}

const OPTIONAL = ["range", "splits", "dividends", "details", "search", "holidays", "symbolChanges"] as const;

export function observedProvider(provider: Provider, observer: ProviderObserver): Provider {
  const asked = <T>(question: string, call: Call, ask: (call: Call) => Promise<Outcome<T>>) =>
    observedAnswer(observer, `${provider.name} ${question}`, call, ask);
  const others = OPTIONAL.flatMap((name) => {
    // Each has a question and an answer of its own; here they only pass.
    const ask = provider[name] as ((question: unknown, call: Call) => Promise<Outcome<unknown>>) | undefined;
    if (ask === undefined) return [];
    return [[name, (question: unknown, call: Call) => asked(name, call, (told) => ask(question, told))] as const];
  });
  return {
    ...provider,
    marketDay: (market, date, call) => asked("marketDay", call, (told) => provider.marketDay(market, date, told)),
    ...Object.fromEntries(others),
  };
}

function observedAnswer<T>(
  { metrics, inSpan, monotonicMs }: ProviderObserver,
  name: string,
  call: Call,
  ask: (call: Call) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  return inSpan(name, {}, async (span) => {
    let startedMs: number | undefined;
    async function slot(): Promise<void> {
      await call.slot();
      startedMs ??= monotonicMs();
      metrics.providerCalled();
    }
    const outcome = await ask({ ...call, slot });
    span.setAttribute("foliolens.provider.outcome", outcome.type);
    // What was never asked has no answer.
    if (startedMs !== undefined) metrics.providerAnswered(outcome.type, monotonicMs() - startedMs);
    return outcome;
  });
}
