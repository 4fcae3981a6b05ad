/**
 * Instants as people read them, to the second.
 *
 * @module
 */
export const Instant = ({ at }: { at: string }) => (
  <time datetime={at}>{at.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC</time>
);

/** An instant in a list that has no room for more than its day. */
export const DayOf = ({ at }: { at: string }) => <time datetime={at}>{at.slice(0, 10)}</time>;

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** Text in which instants may stand. */
export const Said = ({ text }: { text: string }) => (
  <>{text.split(INSTANT).map((part, i) => i % 2 === 1 ? <Instant at={part} /> : part)}</>
);
