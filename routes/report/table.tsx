import type { Child } from "hono/jsx";

/** What has more rows may go from one sheet of paper to the next. */
const MOST_TOGETHER = 24;

interface TableProps {
  readonly caption: string;
  /** One a column; the first names the rows. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly Child[])[];
  /** How many columns, from the first on, are words; the others are numbers. */
  readonly words?: number;
  /** The last row is the sum of the others. */
  readonly hasTotal?: boolean;
}

export function Table({ caption, head, rows, words = 1, hasTotal = false }: TableProps) {
  const [body, total] = hasTotal ? [rows.slice(0, -1), rows.slice(-1)] : [rows, []];
  const kind = (column: number) => column < words ? "word" : "number";
  return (
    <div
      class={rows.length > MOST_TOGETHER ? "table long" : "table"}
      role="region"
      aria-label={caption}
      tabindex={0}
    >
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>{head.map((text, column) => <th scope="col" class={kind(column)}>{text}</th>)}</tr>
        </thead>
        <tbody>{body.map((cells) => <Row cells={cells} kind={kind} />)}</tbody>
        {total.length > 0 && <tfoot>{total.map((cells) => <Row cells={cells} kind={kind} />)}</tfoot>}
      </table>
    </div>
  );
}

const Row = ({ cells: [name, ...cells], kind }: { cells: readonly Child[]; kind: (column: number) => string }) => (
  <tr>
    <th scope="row" class="word">{name}</th>
    {cells.map((cell, i) => <td class={kind(i + 1)}>{cell}</td>)}
  </tr>
);
