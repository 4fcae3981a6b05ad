/**
 * Proves of a whole store that it agrees with itself. Reads as a stream and writes nothing, so that it may run beside a service
 * that goes on writing.
 *
 * @module
 */
import { type Context, forgivingContext } from "../context.ts";
import { accounts } from "./accounts.ts";
import type { Fault, Run } from "./check.ts";
import { corporateActions } from "./corporate_actions.ts";
import { entriesOf } from "./entries.ts";
import { erasures } from "./erasures.ts";
import { history } from "./history.ts";
import { investments } from "./investments.ts";
import { jobs } from "./jobs.ts";
import { marketDays } from "./market_days.ts";
import { orphansBeside } from "./orphans.ts";
import { quarantine } from "./quarantine.ts";
import { records } from "./records.ts";
import { sequences } from "./sequences.ts";
import { superseded } from "./superseded.ts";
import { supersededCorporateActions } from "./superseded_actions.ts";
import { subjects } from "./subject.ts";

export { keyText } from "../store/key_text.ts";
export type { Fault } from "./check.ts";

/** Every fault there is, as it is found; `count` is told how much was looked at. */
export async function* verify(given: Context, count: Run["count"] = () => {}): AsyncGenerator<Fault> {
  const ctx = forgivingContext(given);
  const checks = [
    ...subjects(ctx).map(entriesOf),
    ...[
      sequences,
      investments,
      accounts,
      jobs,
      marketDays,
      quarantine,
      corporateActions,
      supersededCorporateActions,
      erasures,
      history,
    ],
    ...[superseded, records],
  ];
  for (const check of [...checks, orphansBeside(checks)]) yield* check.faults({ ctx, count });
}
