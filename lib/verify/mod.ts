/**
 * Proves of a whole store that it agrees with itself. Reads as a stream and writes nothing, so that it may run beside a service
 * that goes on writing.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { accounts } from "./accounts.ts";
import type { Check, Fault, Run } from "./check.ts";
import { corporateActions } from "./corporate_actions.ts";
import { entriesOf } from "./entries.ts";
import { erasures } from "./erasures.ts";
import { history } from "./history.ts";
import { investments } from "./investments.ts";
import { jobs } from "./jobs.ts";
import { marketDays } from "./market_days.ts";
import { orphansBeside } from "./orphans.ts";
import { sequences } from "./sequences.ts";
import { superseded } from "./superseded.ts";
import { supersededCorporateActions } from "./superseded_actions.ts";
import { subjects } from "./subject.ts";

export { type Fault, keyText } from "./check.ts";

/** First parts of single records that nothing else has to agree with. */
const RECORDS: Check = {
  covers: [
    "versions",
    "schema_version",
    "asset_removals",
    "forgotten_before",
    "provider_states",
    "lookups",
    "rate_limits",
    "idempotency",
    "fixtures",
  ],
  async *faults() {},
};

/** Every fault there is, as it is found; `count` is told how much was looked at. */
export async function* verify(ctx: Context, count: Run["count"] = () => {}): AsyncGenerator<Fault> {
  const checks = [
    ...subjects(ctx).map(entriesOf),
    ...[
      sequences,
      investments,
      accounts,
      jobs,
      marketDays,
      corporateActions,
      supersededCorporateActions,
      erasures,
      history,
    ],
    ...[superseded, RECORDS],
  ];
  for (const check of [...checks, orphansBeside(checks)]) yield* check.faults({ ctx, count });
}
