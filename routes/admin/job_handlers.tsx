/**
 * The pages of the queue, each a handler: they ask the API, and show what it says.
 *
 * @module
 */
import type { AnyJob } from "../../lib/jobs/definition.ts";
import { Problem } from "../../lib/problem.ts";
import { errorsOf } from "./api_client.ts";
import type { FormState } from "./field_view.tsx";
import { fieldsOf, readForm } from "./fields.ts";
import { JobPage, RunPage } from "./job_page.tsx";
import { JobsPage, pathOfJob } from "./jobs_page.tsx";
import { fromList, listAt } from "./list_place.ts";
import { noted } from "./notice.ts";
import { SchedulesPage } from "./schedules_page.tsx";
import { read, type Shown, type Visit } from "./visit.ts";

const JOBS = "/admin/jobs";
const SCHEDULES = "/admin/schedules";
const RUNS_SHOWN = 30;
const PAGE = 200;

export async function showJobs({ api, chrome, query }: Visit, jobs: readonly AnyJob[]): Promise<Shown> {
  const asked = new URLSearchParams();
  for (const name of ["state", "name", "cursor"]) if (query.get(name)) asked.set(name, query.get(name) ?? "");
  const [queue, list] = await Promise.all([read(api, "/queue"), read(api, `/jobs?${asked}`)]);
  const page = (
    <JobsPage
      {...{ chrome, queue, query }}
      jobs={list.items}
      names={jobs.map(({ name }) => name)}
      nextCursor={list.next_cursor}
    />
  );
  return { page, status: 200 };
}

export async function showJob({ api, chrome, list }: Visit, id: string): Promise<Shown> {
  const path = `/jobs/${encodeURIComponent(id)}`;
  const [job, log] = await Promise.all([read(api, path), read(api, `${path}/log`)]);
  return { page: <JobPage {...{ chrome, job, list }} runs={log.items} />, status: 200 };
}

/** `verb` is one that the API has: retry or cancel. */
export async function changeJob({ api, list }: Visit, id: string, verb: string): Promise<Shown> {
  const answer = await api(`/jobs/${encodeURIComponent(id)}/${verb}`, { method: "POST" });
  return noted(fromList(pathOfJob(id), list), answer.isOk ? `Asked to ${verb}` : String(answer.body?.detail));
}

/** One after another; one that somebody else was faster with does not hold up the rest. */
export async function retryDead({ api, list }: Visit): Promise<Shown> {
  let [retried, cursor] = [0, ""];
  do {
    const page = await read(api, `/jobs?state=dead&limit=${PAGE}${cursor}`);
    for (const { id } of page.items) {
      if ((await api(`/jobs/${encodeURIComponent(id)}/retry`, { method: "POST" })).isOk) retried += 1;
    }
    cursor = page.next_cursor === undefined ? "" : `&cursor=${encodeURIComponent(page.next_cursor)}`;
  } while (cursor !== "");
  return noted(listAt(JOBS, list), `Retried: ${retried}`);
}

/** Errors name what the API takes: the arguments stand within it. */
const ARGS = ["args"] as const;

export function showRun({ chrome }: Visit, job: AnyJob): Shown {
  return { page: <RunPage {...{ chrome, job }} state={{ value: {}, errors: new Map(), spareRows: 0 }} />, status: 200 };
}

export async function run({ api, chrome }: Visit, job: AnyJob, data: URLSearchParams): Promise<Shown> {
  const args = readForm(fieldsOf(job.args), data, ARGS);
  const answer = await api("/jobs", { method: "POST", body: { name: job.name, args } });
  if (answer.isOk) return noted(pathOfJob(answer.body.id), "Asked for");
  const state: FormState = { value: { args }, errors: errorsOf(answer), spareRows: 0 };
  return { page: <RunPage {...{ chrome, job, state }} />, status: answer.status };
}

export async function showSchedules({ api, chrome }: Visit): Promise<Shown> {
  const { items } = await read(api, "/schedules");
  const schedules = await Promise.all(items.map(async (schedule: { job: string }) => {
    const runs = await read(api, `/jobs?name=${encodeURIComponent(schedule.job)}&limit=${RUNS_SHOWN}`);
    return { schedule, jobs: runs.items };
  }));
  return { page: <SchedulesPage {...{ chrome, schedules }} />, status: 200 };
}

/** `verb` is one that the API has: pause, resume or run. */
export async function changeSchedule({ api }: Visit, name: string, verb: string): Promise<Shown> {
  const answer = await api(`/schedules/${encodeURIComponent(name)}/${verb}`, { method: "POST" });
  const said = answer.isOk ? `${name}: asked to ${verb}` : String(answer.body?.detail);
  return noted(SCHEDULES, said);
}

/** Throws `not-found`. */
export function jobNamed(jobs: readonly AnyJob[], name: string): AnyJob {
  const job = jobs.find((one) => one.name === name);
  if (job === undefined) throw new Problem("not-found", `There is no job ${JSON.stringify(name)}`);
  return job;
}
