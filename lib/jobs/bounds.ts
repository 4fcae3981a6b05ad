/**
 * What a job may hold: KV takes values of 64 KiB, and a job must always fit, whatever its handler says.
 * A character takes up to two bytes there, and a number in JSON up to two and a half times its text.
 *
 * @module
 */
export const MAX_ID_CHARS = 200;
export const MAX_ARGS_CHARS = 4_000;
export const MAX_RESULT_CHARS = 8_000;
export const MAX_REASON_CHARS = 1_000;
export const MAX_EVENT_CHARS = 40;
export const MAX_DETAIL_CHARS = 500;
export const MAX_TIMELINE_EVENTS = 100;
/** Of all events together; the oldest make room. */
export const MAX_TIMELINE_CHARS = 12_000;
/** Runs of a job whose log is kept, and of each its last lines. */
export const MAX_LOGGED_RUNS = 10;
export const MAX_LOG_LINES = 100;
export const MAX_LOG_MESSAGE_CHARS = 300;
/** Of a line's fields together, as JSON. */
export const MAX_LOG_FIELDS_CHARS = 700;
/** What a line takes beside its message and fields: its instant, its level, names. */
export const LOG_LINE_CHARS = 50;
/** Of all runs together; the oldest lines make room. */
export const MAX_LOG_CHARS = 20_000;

export const clip = (text: string, maxChars: number): string =>
  (text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`).toWellFormed();

/** A copy as JSON knows it, so that what is stored is what the API shows. */
export const jsonCopy = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null");

/** A result is for people to read; one that is too large is left out, because the work itself is done. */
export function resultToKeep(result: unknown): unknown {
  const text = JSON.stringify(result) ?? "null";
  if (text.length <= MAX_RESULT_CHARS) return JSON.parse(text);
  return { omitted: `A result of ${text.length} characters; at most ${MAX_RESULT_CHARS} are kept` };
}

interface Event {
  readonly event: string;
  readonly detail: string;
}

export function timelineToKeep<E extends Event>(timeline: readonly E[]): E[] {
  let first = Math.max(0, timeline.length - MAX_TIMELINE_EVENTS);
  let chars = timeline.slice(first).reduce((sum, { event, detail }) => sum + event.length + detail.length, 0);
  for (const { event, detail } of timeline.slice(first)) {
    if (chars <= MAX_TIMELINE_CHARS) break;
    chars -= event.length + detail.length;
    first += 1;
  }
  return timeline.slice(first);
}
