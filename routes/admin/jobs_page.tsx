/**
 * The jobs: the queue in numbers, the list, and who is at work.
 *
 * @module
 */
import { JOB_STATES } from "../../lib/jobs/job.ts";
import { MAX_COUNTED } from "../../lib/jobs/queue_status.ts";
import { Choice } from "./choice.tsx";
import { labelOf } from "./field_view.tsx";
import { Instant, Said } from "./instant.tsx";
import { fromList, placeIn } from "./list_place.ts";
import type { Item } from "./model.ts";
import { durationBetween } from "./duration.ts";
import { type Chrome, Page } from "./page.tsx";
import { NextPage, Table } from "./table.tsx";

export interface JobsProps {
  readonly chrome: Chrome;
  readonly queue: Item;
  readonly jobs: readonly Item[];
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  readonly nextCursor: string | undefined;
}

export const pathOfJob = (id: string): string => `/admin/jobs/${encodeURIComponent(id)}`;

/** A count that stopped at its bound stands for more. */
const counted = (count: number): string => count < MAX_COUNTED ? String(count) : `${MAX_COUNTED} and more`;

export const JobsPage = ({ chrome, queue, jobs, names, query, nextCursor }: JobsProps) => (
  <Page chrome={chrome} title="Jobs" refreshSeconds={5}>
    <Numbers queue={queue} />
    <div class="tools">
      <Search names={names} query={query} />
      {chrome.mayWrite && <RetryAll dead={queue.by_state.dead} query={query} />}
    </div>
    {chrome.mayWrite && <RunNow names={names} />}
    <JobTable jobs={jobs} query={query} />
    <NextPage path="/admin/jobs" query={query} cursor={nextCursor} />
    <Workers workers={queue.workers} />
  </Page>
);

const Numbers = ({ queue }: { queue: Item }) => (
  <dl class="facts numbers">
    <Number title="Due" value={counted(queue.due)} since={queue.oldest_due_at} />
    {["running", "failed", "dead", "succeeded"].map((state) => (
      <Number title={labelOf(state)} value={counted(queue.by_state[state])} href={`/admin/jobs?state=${state}`} />
    ))}
    <Number title="Done in an hour" value={counted(queue.last_hour.succeeded)} />
  </dl>
);

const Number = ({ title, value, since, href }: { title: string; value: string; since?: string; href?: string }) => (
  <div>
    <dt>{title}</dt>
    <dd class="figure">{href === undefined ? value : <a href={href}>{value}</a>}</dd>
    {since && (
      <dd class="quiet">
        since <Instant at={since} />
      </dd>
    )}
  </div>
);

const Search = ({ names, query }: Pick<JobsProps, "names" | "query">) => (
  <form method="get" class="search" role="search">
    <Choice id="state" title="State" options={JOB_STATES} chosen={query.get("state") ?? ""} />
    <Choice id="name" title="Job" options={names} chosen={query.get("name") ?? ""} />
    <button type="submit">Find</button>
    {query.size > 0 && <a href="/admin/jobs">Show all</a>}
  </form>
);

const RetryAll = ({ dead, query }: { dead: number; query: URLSearchParams }) =>
  dead === 0 ? null : (
    <form method="post" action={fromList("/admin/jobs/retry-dead", placeIn(query))}>
      <button type="submit">Retry all {counted(dead)} dead</button>
    </form>
  );

const RunNow = ({ names }: { names: readonly string[] }) => (
  <p class="links-inline">
    <span class="quiet">Run now:</span>
    {names.map((name) => <a href={`/admin/run/${name}`}>{name}</a>)}
  </p>
);

export const State = ({ state }: { state: string }) => <span class={`state ${state}`}>{state}</span>;

export const Progress = ({ progress }: { progress: { done: number; total: number } | null }) =>
  progress === null || progress.total === 0 ? null : (
    <span class="progress">
      <progress value={progress.done} max={progress.total} aria-label="Progress" />
      {` ${progress.done} of ${progress.total}`}
    </span>
  );

function JobTable({ jobs, query }: Pick<JobsProps, "jobs" | "query">) {
  if (jobs.length === 0) return <p class="quiet">No job here.</p>;
  return (
    <div class="wide" role="region" aria-label="Jobs" tabindex={0}>
      <table>
        <thead>
          <tr>
            {["Job", "State", "Progress", "Attempts", "Due, or ended"].map((title) => (
              <th scope="col" class={title === "Attempts" ? "number" : undefined}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr>
              <td>
                <a href={fromList(pathOfJob(job.id), placeIn(query))}>{job.id}</a>
                {job.error !== null && (
                  <div class="error">
                    <Said text={job.error.slice(0, 120)} />
                  </div>
                )}
              </td>
              <td>
                <State state={job.state} />
              </td>
              <td>
                <Progress progress={job.progress} />
              </td>
              <td class="number">{job.attempts}</td>
              <td>
                <Instant at={job.finished_at ?? job.due_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Workers = ({ workers }: { workers: readonly Item[] }) => (
  <section class="card">
    <h2>At work</h2>
    {workers.length === 0 ? <p class="quiet">No process runs jobs.</p> : (
      <Table
        label="At work"
        titles={["Process", "Version", "Up for", "Last seen", "Runs, with a lease until"]}
        rows={workers.map(({ id, version, started_at, seen_at, leases }) => [
          id,
          version,
          <span title={`since ${started_at}`}>{durationBetween(started_at, seen_at)}</span>,
          <Instant at={seen_at} />,
          <Leases leases={leases} />,
        ])}
      />
    )}
  </section>
);

const Leases = ({ leases }: { leases: readonly Item[] }) => (
  <>
    {leases.length === 0 && <span class="quiet">nothing</span>}
    {leases.map(({ job_id, expires_at }) => (
      <div>
        <a href={pathOfJob(job_id)}>{job_id}</a>, <Instant at={expires_at} />
      </div>
    ))}
  </>
);
