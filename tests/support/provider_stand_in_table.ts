/** Rows that are filtered and sorted by their columns: `ticker=`, `execution_date.gte=`, `sort=execution_date.asc`. */

export type Row = Readonly<Record<string, string | number | boolean | undefined>>;

type Test = (value: string, wanted: string) => boolean;

/** Dates and tickers alike are compared as text. */
const TESTS: readonly (readonly [suffix: string, Test])[] = [
  ["", (value, wanted) => value === wanted],
  [".any_of", (value, wanted) => wanted.split(",").includes(value)],
  [".gt", (value, wanted) => value > wanted],
  [".gte", (value, wanted) => value >= wanted],
  [".lt", (value, wanted) => value < wanted],
  [".lte", (value, wanted) => value <= wanted],
];

/** The rows that the query wants, by the columns that it may filter by. */
export function filtered<T extends Row>(rows: readonly T[], query: URLSearchParams, columns: readonly string[]): T[] {
  const wanted = columns.flatMap((column) =>
    TESTS.flatMap(([suffix, test]) => {
      const value = query.get(column + suffix);
      return value === null ? [] : [(row: T) => test(String(row[column] ?? ""), value)];
    })
  );
  return rows.filter((row) => wanted.every((isWanted) => isWanted(row)));
}

/** By columns and directions such as `ticker.asc,execution_date.desc`; equal rows keep their order. */
export function sorted<T extends Row>(rows: readonly T[], sort: string): T[] {
  const columns = sort.split(",").map((part) => part.split(".") as [string, string?]);
  return rows.toSorted((a, b) => {
    for (const [column, direction = "asc"] of columns) {
      const [left, right] = [String(a[column] ?? ""), String(b[column] ?? "")];
      if (left !== right) return (left < right ? -1 : 1) * (direction === "desc" ? -1 : 1);
    }
    return 0;
  });
}
