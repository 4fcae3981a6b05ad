/** Rows in groups, as numbers of rows: four bytes each. */
export interface Groups {
  /** All rows, group by group. */
  readonly rows: Uint32Array;
  /** The rows of one group, in the order in which they were grouped. */
  readonly of: (group: number) => Uint32Array;
}

/** Groups rows, taken in a given order, by a number below `count`; in a time that grows with the rows only. */
export function groupRows(order: Uint32Array, groupOf: (row: number) => number, count: number): Groups {
  const ends = new Uint32Array(count + 1);
  for (const row of order) add(ends, groupOf(row) + 1, 1);
  for (let group = 0; group < count; group++) add(ends, group + 1, ends[group] ?? 0);
  const next = ends.slice();
  const rows = new Uint32Array(order.length);
  for (const row of order) {
    const group = groupOf(row);
    rows[next[group] ?? 0] = row;
    add(next, group, 1);
  }
  return { rows, of: (group) => rows.subarray(ends[group], ends[group + 1]) };
}

function add(to: Uint32Array, at: number, amount: number): void {
  to[at] = (to[at] ?? 0) + amount;
}
