/**
 * One job: what it was asked for, how far it is, and what happened to it.
 *
 * @module
 */
import type { AnyJob } from "../../lib/jobs/definition.ts";
import { Fields, type FormState } from "./field_view.tsx";
import { fieldsOf } from "./fields.ts";
import { Instant, Said } from "./instant.tsx";
import { JobLog } from "./job_log.tsx";
import { pathOfJob, Progress, State } from "./jobs_page.tsx";
import { fromList, listAt } from "./list_place.ts";
import type { Item } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";
import { Act, Facts } from "./table.tsx";

const trailFrom = (list: URLSearchParams) => [{ href: listAt("/admin/jobs", list), text: "Jobs" }];
const MAY_RETRY = ["dead", "failed", "cancelled"];
const TIMES = [["Asked for", "created_at"], ["Due", "due_at"], ["Started", "started_at"], [
  "Ended",
  "finished_at",
]] as const;
const MAY_CANCEL = ["queued", "running", "failed"];

export interface JobProps {
  readonly chrome: Chrome;
  readonly job: Item;
  /** What they have logged. */
  readonly runs: readonly Item[];
  /** Where one comes from. */
  readonly list: URLSearchParams;
}

export const JobPage = ({ chrome, job, runs, list }: JobProps) => (
  <Page chrome={chrome} title={job.id} trail={trailFrom(list)} refreshSeconds={job.finished_at === null ? 2 : 0}>
    <p>
      <State state={job.state} /> <Progress progress={job.progress} />
    </p>
    {job.error !== null && (
      <p class="error" role="alert">
        <Said text={job.error} />
      </p>
    )}
    {chrome.mayWrite && (
      <div class="tools start">
        {MAY_RETRY.includes(job.state) && <Act action={fromList(`${pathOfJob(job.id)}/retry`, list)} text="Retry" />}
        {MAY_CANCEL.includes(job.state) && <Act action={fromList(`${pathOfJob(job.id)}/cancel`, list)} text="Cancel" />}
      </div>
    )}
    <Facts
      facts={[
        ["Attempts", job.attempts],
        ...TIMES.map(([title, name]) =>
          [title, job[name] === null ? "not yet" : <Instant at={job[name]} />] as const
        ),
      ]}
    />
    <Json title="Arguments" value={job.args} />
    {job.result !== null && <Json title="Result" value={job.result} />}
    <section class="card">
      <h2>Timeline</h2>
      <ol class="timeline">
        {job.timeline.map(({ at, event, detail }: Item) => (
          <li>
            <Instant at={at} /> <strong>{event}</strong> <Said text={detail} />
          </li>
        ))}
      </ol>
    </section>
    <JobLog runs={runs} />
  </Page>
);

const Json = ({ title, value }: { title: string; value: unknown }) => (
  <section class="card">
    <h2>{title}</h2>
    <pre tabindex={0}>{JSON.stringify(value, null, 2)}</pre>
  </section>
);

/** A form made of what a job takes. */
export const RunPage = ({ chrome, job, state }: { chrome: Chrome; job: AnyJob; state: FormState }) => {
  const fields = fieldsOf(job.args);
  return (
    <Page chrome={chrome} title={`Run ${job.name} now`} trail={trailFrom(new URLSearchParams())}>
      <form method="post" action={`/admin/run/${job.name}`} class="card" aria-label="Arguments">
        {state.errors.size > 0 && (
          <p class="error" role="alert">
            {state.errors.get("")?.join("; ") ?? "Nothing was asked for: see what is marked below."}
          </p>
        )}
        {fields.length === 0 && <p class="quiet">It takes no arguments.</p>}
        <fieldset class="bare" disabled={!chrome.mayWrite}>
          <Fields fields={fields} state={state} at={["args"]} />
          {chrome.mayWrite && <button type="submit" class="first">Run now</button>}
        </fieldset>
      </form>
    </Page>
  );
};
