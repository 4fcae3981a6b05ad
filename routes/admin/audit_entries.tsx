/**
 * What the audit says was changed.
 *
 * @module
 */
import { Instant, Said } from "./instant.tsx";
import type { Item } from "./model.ts";

const Value = ({ value }: { value: unknown }) => value === null ? "nothing" : <Said text={String(value)} />;

/** Each value that differs, before and after. */
export const Changes = ({ entry }: { entry: Item }) => {
  if (entry.changes.length === 0) return <p class="quiet">No value is kept of it.</p>;
  return (
    <div class="wide" role="region" aria-label="Changes" tabindex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {entry.changes.map(({ pointer, from, to }: Item) => (
            <tr>
              <th scope="row">{pointer}</th>
              <td>
                <del>
                  <Value value={from} />
                </del>
              </td>
              <td>
                <ins>
                  <Value value={to} />
                </ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {entry.omitted > 0 && <p class="quiet">{`${entry.omitted} more were changed.`}</p>}
    </div>
  );
};

export const Entry = ({ entry }: { entry: Item }) => (
  <section class="card">
    <h2>
      <a href={`/admin/audit/${encodeURIComponent(entry.id)}`}>{entry.action}</a>
    </h2>
    <p class="quiet">
      <Instant at={entry.at} /> {`by ${entry.actor} (${entry.by})`}
    </p>
    <Changes entry={entry} />
  </section>
);
