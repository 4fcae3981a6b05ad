/**
 * A table that may be wider than the page, and the way to its next page.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { placeIn } from "./list_place.ts";

export interface TableProps {
  readonly label: string;
  readonly titles: readonly string[];
  /** Of figures, by their place: they stand at the right. */
  readonly numbers?: readonly number[];
  readonly rows: readonly (readonly Child[])[];
}

export function Table({ label, titles, numbers = [], rows }: TableProps) {
  const classAt = (column: number) => numbers.includes(column) ? "number" : undefined;
  return (
    <div class="wide" role="region" aria-label={label} tabindex={0}>
      <table>
        <thead>
          <tr>{titles.map((title, column) => <th scope="col" class={classAt(column)}>{title}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((cells) => <tr>{cells.map((cell, column) => <td class={classAt(column)}>{cell}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

/** `parameter` is the one that says where a list goes on. */
export function NextPage(
  { path, query, cursor, parameter = "cursor" }: {
    path: string;
    query: URLSearchParams;
    cursor: string | undefined;
    parameter?: string;
  },
) {
  if (cursor === undefined) return null;
  const next = placeIn(query);
  next.set(parameter, cursor);
  return (
    <nav class="pages" aria-label="Pages">
      <a rel="next" href={`${path}?${next}`}>Next page</a>
    </nav>
  );
}

export const Facts = ({ facts }: { facts: readonly (readonly [title: string, value: Child])[] }) => (
  <dl class="facts">
    {facts.map(([title, value]) => (
      <div>
        <dt>{title}</dt>
        <dd>{value ?? "none"}</dd>
      </div>
    ))}
  </dl>
);

/** A form that is one button. */
export const Act = ({ action, text, isFirst }: { action: string; text: string; isFirst?: boolean }) => (
  <form method="post" action={action}>
    <button type="submit" class={isFirst ? "first" : undefined}>{text}</button>
  </form>
);
