/**
 * A collection as the checks see it, which know nothing of its type.
 *
 * @module
 */
import { z } from "zod";
import { isCurrencyCode } from "../analysis/currency.ts";
import type { Context } from "../context.ts";
import { jobCollection } from "../jobs/job.ts";
import { jobLogCollection } from "../jobs/job_log.ts";
import { pacingCollection } from "../jobs/pacing.ts";
import { pauseCollection } from "../jobs/pauses.ts";
import { scheduleCollection } from "../jobs/schedule.ts";
import { workerCollection } from "../jobs/workers.ts";
import { actionFetchCollection } from "../store/action_fetches.ts";
import { askedActionsCollection } from "../store/asked_actions.ts";
import { askedHistoryCollection } from "../store/asked_histories.ts";
import type { Collection, Id } from "../store/collection.ts";
import { historyEdgeCollection } from "../store/history_edges.ts";
import { holidayCollection } from "../store/holidays.ts";
import { keyText } from "../store/key_text.ts";
import { marketDayCollection } from "../store/market_days.ts";
import { quarantineCollection } from "../store/quarantine.ts";
import { UNREADABLE } from "../store/unreadable.ts";
import { type FaultIn, sameKey, unreadable } from "./check.ts";

export interface Entity {
  readonly id: Id;
  /** Where else it must be found. */
  readonly entries: readonly Deno.KvKey[];
  /** What it says, and cannot be. */
  readonly fault: FaultIn | undefined;
}

export interface Subject {
  readonly name: string;
  /** First key parts of the entries under which one entity at most is found; such an entry's value is its id. */
  readonly unique: readonly string[];
  /** First key parts of the entries that end with the entity's id. */
  readonly indexes: readonly string[];
  read(entry: Deno.KvEntryMaybe<unknown>): Entity | FaultIn;
}

export const subjects = (ctx: Context): Subject[] => [
  subject(ctx.portfolios, ({ currency }) => isCurrencyCode(currency) ? undefined : noCurrency(currency)),
  subject(ctx.assets, ({ currency }) => QUOTED_IN.test(currency) ? undefined : noCurrency(currency)),
  subject(ctx.users),
  subject(ctx.identities),
  subject(ctx.sessions),
  subject(ctx.apiKeys),
  subject(ctx.audit),
  subject(marketDayCollection(ctx.store)),
  subject(holidayCollection(ctx.store)),
  subject(askedHistoryCollection(ctx.store)),
  subject(askedActionsCollection(ctx.store)),
  subject(historyEdgeCollection(ctx.store)),
  subject(quarantineCollection(ctx.store)),
  subject(actionFetchCollection(ctx.store)),
  subject(jobCollection(ctx.store)),
  subject(jobLogCollection(ctx.store)),
  subject(pacingCollection(ctx.store)),
  subject(scheduleCollection(ctx.store)),
  subject(pauseCollection(ctx.store)),
  subject(workerCollection(ctx.store)),
];

/** A provider may quote in what ISO 4217 does not have: bitcoin, or a minor unit. */
const QUOTED_IN = /^[A-Za-z]{3}$/;

const noCurrency = (code: string): FaultIn => ({
  kind: "impossible_currency",
  what: `is in ${JSON.stringify(code)}, which is no currency`,
});

function subject<T extends object, I extends Id>(
  { options, entriesOf }: Collection<T, I>,
  faultOf: (entity: T) => FaultIn | undefined = () => undefined,
): Subject {
  const { name, schema, schemaVersion, idOf, unique = {}, indexes = {} } = options;
  const stored = z.object({ v: z.literal(schemaVersion) }).loose();

  function read(entry: Deno.KvEntryMaybe<unknown>): Entity | FaultIn {
    if (entry.value === UNREADABLE) return unreadable(UNREADABLE.unreadable);
    try {
      const { v: _, ...record } = stored.parse(entry.value);
      const entity = schema.parse(record);
      const id = idOf(entity);
      if (!sameKey(entry.key, [name, id])) {
        return { kind: "misplaced", what: `holds what belongs to ${keyText([name, id])}` };
      }
      return { id, entries: entriesOf(entity).map(({ key }) => key), fault: faultOf(entity) };
    } catch (error) {
      return unreadable(error);
    }
  }

  return {
    name,
    unique: Object.keys(unique).map((by) => `${name}_by_${by}`),
    indexes: Object.keys(indexes).map((by) => `${name}_by_${by}`),
    read,
  };
}
