/**
 * The log: one JSON object a line. What opens anything is kept out of it, whatever is logged.
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
  /** What every line says of where it comes from. */
  readonly source?: () => Fields;
}

/** Shown in the place of what is kept back. */
export const MASK = "(secret)";

/** Members of any value, at any depth. */
const SECRET_MEMBER = /digest|secret|token|password|cookie|authorization|signature/i;
/** Our keys, what stands behind `Bearer`, and values of queries that are named as keys are. */
const SECRET_TEXT =
  /\bflk_\w+|(?<=\bbearer )\S+|(?<=\b(?:api_?key|access_?token|token|secret|password|signature)=)[^&\s"]+/gi;

export const isMemberSecret = (name: string): boolean => SECRET_MEMBER.test(name);

export const withoutSecrets = (text: string): string => text.replace(SECRET_TEXT, MASK);

export function createLog({ level, now, write, source }: LogOptions): Log {
  const isEnabled = (of: Level) => LEVELS.indexOf(of) >= LEVELS.indexOf(level);
  const at = (of: Level) => (message: string, fields?: Fields) => {
    if (!isEnabled(of)) return;
    write(
      JSON.stringify(
        { at: now().toISOString(), level: of, message: withoutSecrets(message), ...source?.(), ...fields },
        shown,
      ),
    );
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), isEnabled };
}

/** As they are logged, in values that JSON has. */
export const loggedFields = (fields: Fields): Record<string, unknown> => JSON.parse(JSON.stringify(fields, shown));

function shown(name: string, value: unknown): unknown {
  if (isMemberSecret(name)) return MASK;
  if (typeof value === "string") return withoutSecrets(value);
  // An error has nothing that JSON would see.
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
}
