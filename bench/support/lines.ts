/** What was measured, beside what it has to reach. */
export interface Line {
  readonly what: string;
  readonly measured: string;
  readonly bar?: string | undefined;
  readonly isMet?: boolean | undefined;
}

export const rounded = (value: number): number => Math.round(value * 100) / 100;

/** A page with the table, and what it was measured on. */
export function markdown(title: string, about: object, lines: readonly Line[]): string {
  const rows = lines.map(({ what, measured, bar = "", isMet }) =>
    `| ${what} | ${measured} | ${bar} | ${isMet === undefined ? "" : isMet ? "yes" : "no"} |`
  );
  const facts = Object.entries(about).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ");
  return [`# ${title}`, "", `${facts}.`, "", "| | measured | bar | met |", "| --- | --- | --- | --- |", ...rows, ""]
    .join("\n");
}
