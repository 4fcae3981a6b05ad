/**
 * Rows of a file, as many as fit, packed: in whatever order they come, they are written by shard and block.
 *
 * @module
 */
import { dayNumber, dayOf } from "../day.ts";
import type { Bar } from "../history/bar.ts";
import { LAYOUT, shardOf } from "../history/layout.ts";
import type { AssetBar } from "../history/write.ts";

export interface Batch {
  readonly size: () => number;
  add(assetNo: number, bar: Bar): void;
  /** All rows that one atomic operation can write, and then the next; of one group in the order in which they were added. */
  groups(): Generator<AssetBar[]>;
  clear(): void;
}

const NUMBERS = ["open", "high", "low", "close", "volume", "vwap", "preMarket", "afterHours"] as const;
const ROWS_PER_PAGE = 32_768;

/** 70 bytes a row. A page is taken when it is needed, and kept. */
interface Page {
  readonly assetNos: Uint32Array;
  readonly days: Uint16Array;
  readonly numbers: Float64Array;
}

/** Rows that all come from one source. */
export function packedBatch(source: string): Batch {
  const pages: Page[] = [];
  const dates = new Map<number, string>();
  let size = 0;

  function pageOf(row: number): Page {
    return pages[Math.floor(row / ROWS_PER_PAGE)] ??= emptyPage();
  }

  function add(assetNo: number, bar: Bar): void {
    const { assetNos, days, numbers } = pageOf(size);
    const place = size % ROWS_PER_PAGE;
    const day = dayNumber(bar.date);
    assetNos[place] = assetNo;
    days[place] = day;
    dates.set(day, bar.date);
    for (const [i, name] of NUMBERS.entries()) numbers[place * NUMBERS.length + i] = bar[name] ?? NaN;
    size += 1;
  }

  function rowAt(row: number): AssetBar {
    const { assetNos, days, numbers } = pageOf(row);
    const place = row % ROWS_PER_PAGE;
    const number = (i: number) => {
      const held = numbers[place * NUMBERS.length + i] ?? NaN;
      return Number.isNaN(held) ? null : held;
    };
    const day = days[place] ?? 0;
    return {
      assetNo: assetNos[place] ?? 0,
      bar: {
        date: dates.get(day) ?? dayOf(day),
        open: number(0),
        high: number(1),
        low: number(2),
        close: number(3) ?? NaN,
        volume: number(4),
        vwap: number(5),
        preMarket: number(6),
        afterHours: number(7),
        source,
      },
    };
  }

  function* groups(): Generator<AssetBar[]> {
    const order = orderOf(size, (row) => {
      const { assetNos, days } = pageOf(row);
      const place = row % ROWS_PER_PAGE;
      return { assetNo: assetNos[place] ?? 0, day: days[place] ?? 0 };
    });
    for (const { start, end } of order.groups) yield Array.from(order.rows.subarray(start, end), rowAt);
  }

  return { size: () => size, add, groups, clear: () => void (size = 0) };
}

const emptyPage = (): Page => ({
  assetNos: new Uint32Array(ROWS_PER_PAGE),
  days: new Uint16Array(ROWS_PER_PAGE),
  numbers: new Float64Array(ROWS_PER_PAGE * NUMBERS.length),
});

interface Order {
  readonly rows: Uint32Array;
  readonly groups: readonly { readonly start: number; readonly end: number }[];
}

/** Sorted by counting: rows by shard, then by block, and otherwise as they came. */
function orderOf(size: number, keyOf: (row: number) => { assetNo: number; day: number }): Order {
  const groupNoOf = grouping();
  const groupOf = new Uint32Array(size);
  const counts: number[] = [];
  for (let row = 0; row < size; row++) {
    const { assetNo, day } = keyOf(row);
    const group = groupNoOf.find(shardOf(assetNo), day);
    groupOf[row] = group;
    counts[group] = (counts[group] ?? 0) + 1;
  }
  const next = new Uint32Array(counts.length);
  const groups: { start: number; end: number }[] = [];
  let start = 0;
  for (const group of groupNoOf.sorted()) {
    next[group] = start;
    groups.push({ start, end: start += counts[group] ?? 0 });
  }
  const rows = new Uint32Array(size);
  for (const [row, group] of groupOf.entries()) {
    const place = next[group] ?? 0;
    rows[place] = row;
    next[group] = place + 1;
  }
  return { rows, groups };
}

/** Numbers for shards' blocks, given as they are met. */
function grouping() {
  const groups: { shard: number; block: string }[] = [];
  const byShard = new Map<number, Map<string, number>>();
  const blocks = new Map<number, string>();

  function find(shard: number, day: number): number {
    const block = blocks.get(day) ?? LAYOUT.blockOf(dayOf(day));
    blocks.set(day, block);
    const byBlock = byShard.get(shard) ?? new Map<string, number>();
    byShard.set(shard, byBlock);
    const found = byBlock.get(block) ?? groups.push({ shard, block }) - 1;
    byBlock.set(block, found);
    return found;
  }

  /** By shard, then by block. */
  function sorted(): number[] {
    const byKey = (a: number, b: number): number => {
      const [one, other] = [groups[a], groups[b]];
      if (one === undefined || other === undefined) return 0;
      return one.shard - other.shard || (one.block < other.block ? -1 : 1);
    };
    return [...groups.keys()].sort(byKey);
  }

  return { find, sorted };
}
