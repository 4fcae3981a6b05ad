/**
 * The verifier: what it found when it last ran, and a button to run it.
 *
 * @module
 */
import { REMEDIES } from "../../lib/repair/remedies.ts";
import type { FaultKind } from "../../lib/verify/check.ts";
import { VERIFY, VERIFY_JOB_ID } from "../../lib/verify/verify_store.ts";
import { labelOf } from "./field_view.tsx";
import { Instant, Said } from "./instant.tsx";
import { pathOfJob, State } from "./jobs_page.tsx";
import type { Item } from "./model.ts";
import { noted } from "./notice.ts";
import { type Chrome, Page } from "./page.tsx";
import { Act, Facts, Table } from "./table.tsx";
import { type Shown, throwUnlessOk, type Visit } from "./visit.ts";

const HERE = "/admin/verifier";

interface VerifierProps {
  readonly chrome: Chrome;
  /** `undefined` where it never ran. */
  readonly job: Item;
}

const VerifierPage = ({ chrome, job }: VerifierProps) => (
  <Page chrome={chrome} title="Verifier" refreshSeconds={isAtWork(job) ? 2 : 0}>
    <p class="quiet">
      It proves that every index, count, sheet and series of the store agrees with the rest, while everything goes on.
    </p>
    {chrome.mayWrite && !isAtWork(job) && (
      <div class="tools start">
        <Act action={`${HERE}/run`} text="Run it now" isFirst />
      </div>
    )}
    {job === undefined ? <p>It has not run yet.</p> : <Report job={job} />}
  </Page>
);

const isAtWork = (job: Item): boolean => job !== undefined && job.finished_at === null;

const Report = ({ job }: { job: Item }) => (
  <section class="card">
    <h2>{isAtWork(job) ? "So far" : "The last report"}</h2>
    <p>
      <State state={job.state} />{" "}
      <a href={pathOfJob(job.id)}>{job.finished_at === null ? "at work" : <Instant at={job.finished_at} />}</a>
    </p>
    {job.error !== null && (
      <p class="error">
        <Said text={job.error} />
      </p>
    )}
    {job.result !== null && <Found result={job.result} isOver={!isAtWork(job)} />}
  </section>
);

const Found = ({ result: { faults, listed, looked_at }, isOver }: { result: Item; isOver: boolean }) => (
  <>
    <p class={faults > 0 ? "error" : undefined}>
      <strong>{faults > 0 ? `${faults} faults.` : isOver ? "No fault." : "No fault so far."}</strong>
    </p>
    {faults > 0 && isOver && (
      <p>
        <code>deno task verify --repair</code> makes anew what is derived, and says what to do about the rest.
      </p>
    )}
    {listed.length > 0 && (
      <Table
        label="Faults"
        titles={["Kind", "Key", "What is wrong", "What mends it"]}
        rows={listed.map(({ kind, key, what }: Item) => [nameOf(kind), <code>{key}</code>, what, remedyOf(kind)])}
      />
    )}
    <h3>Looked at</h3>
    <Facts facts={Object.entries(looked_at).map(([what, count]) => [what.replaceAll("_", " "), String(count)])} />
  </>
);

/** A report of an earlier version names no kinds. */
const nameOf = (kind: FaultKind | undefined): string => kind === undefined ? "" : labelOf(kind);

function remedyOf(kind: FaultKind | undefined): string {
  const remedy = kind && REMEDIES[kind];
  if (remedy === undefined) return "";
  return "advice" in remedy ? `By hand: ${remedy.advice}` : "--repair";
}

export async function showVerifier({ api, chrome }: Visit): Promise<Shown> {
  const answer = await api(`/jobs/${encodeURIComponent(VERIFY_JOB_ID)}`);
  if (answer.status !== 404) throwUnlessOk(answer);
  const job = answer.isOk ? answer.body : undefined;
  return { page: <VerifierPage chrome={chrome} job={job} />, status: 200 };
}

export async function runVerifier({ api }: Visit): Promise<Shown> {
  throwUnlessOk(await api("/jobs", { method: "POST", body: { name: VERIFY, args: {} } }));
  return noted(HERE, "Asked for");
}
