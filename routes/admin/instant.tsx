/**
 * An instant as people read it, to the second.
 *
 * @module
 */
export const Instant = ({ at }: { at: string }) => (
  <time datetime={at}>{at.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC</time>
);
