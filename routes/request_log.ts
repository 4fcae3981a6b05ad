/**
 * What is said and counted of every request: a line where somebody wants to know, and of what failed always.
 *
 * @module
 */
import type { Log } from "../lib/log.ts";
import type { Metrics } from "../lib/telemetry/metrics.ts";
import type { RequestEntry } from "./edge.ts";

export interface RequestWatch {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "requestAnswered">;
}

export const watchRequests = ({ log, metrics }: RequestWatch) => (entry: RequestEntry): void => {
  metrics.requestAnswered(entry);
  const level = entry.status >= 500 ? "warn" : "debug";
  if (log.isEnabled(level)) log[level]("A request was answered", { ...entry });
};
