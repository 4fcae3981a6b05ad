import type { Context } from "hono";
import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { type ActOnMarket, audited } from "../lib/audit.ts";
import { MAX_ID_CHARS } from "../lib/jobs/bounds.ts";
import { enqueueJob } from "../lib/jobs/enqueue.ts";
import { type Job, JOB_STATES, jobView } from "../lib/jobs/job.ts";
import { cancelJob, getJob, listJobs, retryJob } from "../lib/jobs/ledger.ts";
import { letProviderBeTried } from "../lib/market/provider_state.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { made } from "./idempotency.ts";
import { problems } from "./problem_response.ts";
import {
  DEFAULT_LIMIT,
  InstantSchema,
  json,
  jsonBody,
  listQuery,
  LOCATED,
  NoQuerySchema,
  NOT_MODIFIED,
  pageAnswer,
  pageSchema,
} from "./schemas.ts";

export const JobSchema = z.object({
  id: z.string().openapi({ example: "pull-market-day:2021-11-05" }),
  name: z.string().openapi({ example: "pull-market-day" }),
  args: z.record(z.string(), z.any()).openapi({ example: { date: "2021-11-05" } }),
  state: z.enum(JOB_STATES).openapi({
    description: "`failed` will be tried again; `succeeded`, `cancelled` and `dead` are ends",
  }),
  attempts: z.int(),
  due_at: InstantSchema,
  created_at: InstantSchema,
  started_at: InstantSchema.nullable(),
  finished_at: InstantSchema.nullable(),
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  result: z.any().openapi({
    type: ["object", "null"],
    example: { written: 5000, unchanged: 0, corrected: 0, quarantined: 2, provider_calls: 1 },
  }),
  error: z.string().nullable(),
  timeline: z.array(z.object({ at: InstantSchema, event: z.string(), detail: z.string() })),
}).openapi("Job");

const NewJobSchema = z.strictObject({
  name: z.string().max(100).openapi({ example: "pull-market-day" }),
  args: z.record(z.string(), z.unknown()).default({}).openapi({ example: { date: "2021-11-05" } }),
}).openapi("NewJob", { example: { name: "pull-market-day", args: { date: "2021-11-05" } } });

export const JobIdSchema = z.strictObject({
  job_id: z.string().max(MAX_ID_CHARS).openapi({ example: "pull-market-day:2021-11-05" }),
});

const tags = ["Jobs"];

const list = createRoute({
  method: "get",
  path: "/jobs",
  operationId: "listJobs",
  summary: "List jobs",
  description: "Newest first.",
  tags,
  ...requires({ who: "viewer" }),
  request: { query: listQuery({ state: z.enum(JOB_STATES).optional(), name: z.string().max(100).optional() }) },
  responses: {
    200: json(pageSchema(JobSchema, "JobPage"), "A page of jobs"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const create = createRoute({
  method: "post",
  path: "/jobs",
  operationId: "createJob",
  summary: "Ask for a job",
  description:
    "A job that waits or runs already is answered as it is; one that has ended is run again under the same id. `pull-market-day` without a date pulls the newest session that should be there.",
  tags,
  ...requires({ who: "administrator" }, {}),
  request: { query: NoQuerySchema, ...jsonBody(NewJobSchema) },
  responses: {
    202: { ...json(JobSchema, "The job, and in `Location` where it can be followed"), ...LOCATED },
    ...problems("malformed-request", "unauthorized", "forbidden", "payload-too-large"),
    ...problems("unsupported-media-type", "validation-failed"),
  },
});

const read = createRoute({
  method: "get",
  path: "/jobs/{job_id}",
  operationId: "readJob",
  summary: "Read a job",
  description: "With its progress and its timeline.",
  tags,
  ...requires({ who: "viewer" }),
  request: { params: JobIdSchema, query: NoQuerySchema },
  responses: {
    200: json(JobSchema, "The job"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const retry = createRoute({
  method: "post",
  path: "/jobs/{job_id}/retry",
  operationId: "retryJob",
  summary: "Try a job again now",
  description: "One that is dead, failed or cancelled.",
  tags,
  ...requires({ who: "administrator" }),
  request: { params: JobIdSchema, query: NoQuerySchema },
  responses: {
    202: json(JobSchema, "The job as it is now"),
    ...problems("unauthorized", "forbidden", "not-found", "conflict", "validation-failed"),
  },
});

const cancel = createRoute({
  ...retry,
  path: "/jobs/{job_id}/cancel",
  operationId: "cancelJob",
  summary: "Cancel a job",
  description: "One that runs is asked to stop, and ends as soon as it has heard of it.",
});

export const ASKED = "ask for job";

const handleList: RouteHandler<typeof list, AppEnv> = async (c) => {
  const { limit = DEFAULT_LIMIT, ...query } = c.req.valid("query");
  const { body, headers } = pageAnswer(await listJobs(c.env.services, { limit, ...query }), viewOfJob, c.req.url);
  return answer(c, body, 200, { headers });
};

const handleCreate: RouteHandler<typeof create, AppEnv> = async (c) => {
  await letProviderBeTried(c.env.services);
  const request = { ...c.req.valid("json"), by: "an administrator" };
  return await made(
    c,
    (settle) => enqueueJob(c.env.services, request, audited(contextOf(c), actOnJob(ASKED), settle)),
    (job: Job) => answer(c, viewOfJob(job), 202, { headers: { location: `/jobs/${job.id}` } }),
  );
};

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) =>
  answer(c, viewOfJob(await getJob(c.env.services, c.req.valid("param").job_id)), 200);

const handleRetry: RouteHandler<typeof retry, AppEnv> = async (c) => {
  const { job_id } = c.req.valid("param");
  // First: once the job is queued, a worker may have it before anything else happens.
  await letProviderBeTried(c.env.services);
  return await made(
    c,
    (settle) => retryJob(c.env.services, job_id, audited(contextOf(c), actOnJob("retry job"), settle)),
    accepted(c),
  );
};

const handleCancel: RouteHandler<typeof cancel, AppEnv> = (c) => {
  const { job_id } = c.req.valid("param");
  return made(
    c,
    (settle) => cancelJob(c.env.services, job_id, audited(contextOf(c), actOnJob("cancel job"), settle)),
    accepted(c),
  );
};

/** Who asked for a job, and what for; what came of it, the job's own timeline says. */
export const actOnJob = (action: string) => ({ id, args }: Job): ActOnMarket => ({
  ...{ action, target: `/jobs/${id}` },
  ...(action === ASKED && { after: { args: JSON.stringify(args) } }),
});

const accepted = (c: Context<AppEnv>) => (job: Job) => answer(c, viewOfJob(job), 202);

export const viewOfJob = (job: Job): z.input<typeof JobSchema> => jobView(job);

export const jobRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(create, handleCreate).openapi(read, handleRead).openapi(retry, handleRetry)
    .openapi(cancel, handleCancel);
