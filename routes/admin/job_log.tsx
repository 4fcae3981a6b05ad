/**
 * What a job has logged, run by run.
 *
 * @module
 */
import { Instant, Said } from "./instant.tsx";
import type { Item } from "./model.ts";

export const JobLog = ({ runs }: { runs: readonly Item[] }) => (
  <section class="card">
    <h2>Log</h2>
    {runs.length === 0 && <p class="quiet">Nothing was logged.</p>}
    {runs.map(({ started_at, attempt, omitted, lines }) => (
      <>
        <h3>
          Attempt {attempt}, started <Instant at={started_at} />
        </h3>
        {omitted > 0 && <p class="quiet">{omitted} earlier lines are not kept.</p>}
        <ol class="timeline log">{lines.map((line: Item) => <Line line={line} />)}</ol>
      </>
    ))}
  </section>
);

const Line = ({ line: { at, level, message, fields } }: { line: Item }) => (
  <li>
    <Instant at={at} /> <span class={`level ${level}`}>{level}</span> <Said text={message} />
    {Object.keys(fields).length > 0 && (
      <dl class="fields">
        {Object.entries(fields).map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              <Said text={inWords(value)} />
            </dd>
          </div>
        ))}
      </dl>
    )}
  </li>
);

/** An error by where it came from. */
function inWords(value: unknown): string {
  if (typeof value === "string") return value;
  const isError = typeof value === "object" && value !== null && "stack" in value;
  return isError ? String(value.stack) : JSON.stringify(value);
}
