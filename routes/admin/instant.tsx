/**
 * An instant as people read it, to the second.
 *
 * @module
 */
export const Instant = ({ at }: { at: string }) => (
  <time datetime={at}>{at.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC</time>
);

/** An instant in a list that has no room for more than its day. */
export const DayOf = ({ at }: { at: string }) => <time datetime={at}>{at.slice(0, 10)}</time>;
