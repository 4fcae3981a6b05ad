/**
 * The log: one JSON object a line.
 *
 * @module
 */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = typeof LEVELS[number];

export type Fields = Readonly<Record<string, unknown>>;

export interface Log extends Readonly<Record<Level, (message: string, fields?: Fields) => void>> {
  readonly isEnabled: (level: Level) => boolean;
}

export interface LogOptions {
  readonly level: Level;
  readonly now: () => Date;
  readonly write: (line: string) => void;
}

export function createLog({ level, now, write }: LogOptions): Log {
  const isEnabled = (of: Level) => LEVELS.indexOf(of) >= LEVELS.indexOf(level);
  const at = (of: Level) => (message: string, fields?: Fields) => {
    if (isEnabled(of)) write(JSON.stringify({ at: now().toISOString(), level: of, message, ...fields }, shown));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), isEnabled };
}

/** An error has nothing that JSON would see. */
const shown = (_: string, value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause } : value;
