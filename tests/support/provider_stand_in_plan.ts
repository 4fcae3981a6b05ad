/** Which days the plan includes, by New York's calendar. */

import { inNewYork } from "./provider_stand_in_clock.ts";
import { notAuthorized, TEXT } from "./provider_stand_in_refusals.ts";
import type { Answer, Question, Switches, World } from "./provider_stand_in_route.ts";

export function today(now: Date): string {
  return inNewYork(now).toPlainDate().toString();
}

/** Before any day where the plan includes all of them. */
export function oldestDay(now: Date, { historyYears }: Readonly<Switches>): string {
  return historyYears === 0 ? "" : inNewYork(now).toPlainDate().subtract({ years: historyYears }).toString();
}

/** The plan's answer to days that are not over, are still to come, or lie too far back. */
export function refusedDays(
  { from, to }: { readonly from: string; readonly to: string },
  { now, requestId }: Question,
  { switches }: World,
): Answer | undefined {
  if (switches.refuseUnfinishedDays && to === today(now)) return notAuthorized(requestId, TEXT.notYet);
  if (switches.refuseUnfinishedDays && to > today(now)) return notAuthorized(requestId, TEXT.timeframe);
  if (switches.historyEdge === "refused" && from < oldestDay(now, switches)) {
    return notAuthorized(requestId, TEXT.timeframe);
  }
  return undefined;
}
