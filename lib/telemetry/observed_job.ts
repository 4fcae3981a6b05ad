import type { JobDefinition } from "../jobs/definition.ts";
import type { InSpan } from "./tracing.ts";

/** The same job, each run of which is a span. */
export const observedJob = <C>(definition: JobDefinition<C>, inSpan: InSpan): JobDefinition<C> => ({
  ...definition,
  run: (ctx, run) =>
    inSpan(
      `job ${definition.name}`,
      { "foliolens.job.name": definition.name, "foliolens.job.attempt": run.attempt },
      () => definition.run(ctx, run),
    ),
});
