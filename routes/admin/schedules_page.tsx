/**
 * The timetable: what comes round by the clock, how its last runs ended, and buttons to pause it and run it now.
 *
 * @module
 */
import { Instant } from "./instant.tsx";
import { pathOfJob, State } from "./jobs_page.tsx";
import type { Item } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";

export interface SchedulesProps {
  readonly chrome: Chrome;
  /** Each with its last jobs, newest first. */
  readonly schedules: readonly { readonly schedule: Item; readonly jobs: readonly Item[] }[];
}

export const SchedulesPage = ({ chrome, schedules }: SchedulesProps) => (
  <Page chrome={chrome} title="Timetable">
    {schedules.map(({ schedule, jobs }) => (
      <section class="card">
        <h2>{schedule.name}</h2>
        <p>
          Asks for <code>{schedule.job}</code> every day at {schedule.at} {schedule.time_zone}
          {schedule.paused === null
            ? (
              <>
                , next at <Instant at={schedule.next_due_at} />
              </>
            )
            : (
              <>
                : paused by {schedule.paused.by} since <Instant at={schedule.paused.at} />
              </>
            )}
        </p>
        {schedule.disabled_because !== null && <p class="error">It does not run: {schedule.disabled_because}.</p>}
        <Last job={jobs[0]} />
        <Strip jobs={jobs} />
        {chrome.mayWrite && (
          <div class="tools start">
            <Act name={schedule.name} verb="run" text="Run now" />
            {schedule.paused === null
              ? <Act name={schedule.name} verb="pause" text="Pause" />
              : <Act name={schedule.name} verb="resume" text="Resume" />}
          </div>
        )}
      </section>
    ))}
  </Page>
);

const Last = ({ job }: { job: Item }) =>
  job === undefined ? <p class="quiet">It has not run yet.</p> : (
    <p>
      Last run: <State state={job.state} /> <a href={pathOfJob(job.id)}>{job.id}</a>,{" "}
      <Instant at={job.finished_at ?? job.due_at} />
    </p>
  );

/** The last runs, oldest first, as marks that lead to them. */
const Strip = ({ jobs }: { jobs: readonly Item[] }) => (
  <ul class="strip" aria-label="Last runs">
    {jobs.toReversed().map(({ id, state }) => (
      <li>
        <a class={`mark ${state}`} href={pathOfJob(id)} title={`${id}: ${state}`}>
          <span class="unseen">{`${id}: ${state}`}</span>
        </a>
      </li>
    ))}
  </ul>
);

const Act = ({ name, verb, text }: { name: string; verb: string; text: string }) => (
  <form method="post" action={`/admin/schedules/${name}/${verb}`}>
    <button type="submit">{text}</button>
  </form>
);
