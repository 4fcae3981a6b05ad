import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audited } from "../lib/audit.ts";
import type { Job } from "../lib/jobs/job.ts";
import { runNow, type ScheduleStatus, setPaused, timetableStatus } from "../lib/jobs/schedule.ts";
import type { Settle } from "../lib/store/settle.ts";
import { userAsking } from "../lib/identity/actor.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { actOnJob, ASKED, JobSchema, viewOfJob } from "./jobs.ts";
import { made } from "./idempotency.ts";
import { problems } from "./problem_response.ts";
import { InstantSchema, json, LOCATED, NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";

const ScheduleSchema = z.object({
  name: z.string().openapi({ example: "nightly-pull" }),
  job: z.string().openapi({ description: "What it asks for", example: "pull-market-day" }),
  time_zone: z.string().openapi({ example: "America/New_York" }),
  at: z.string().openapi({ example: "03:00" }),
  disabled_because: z.string().nullable(),
  paused: z.object({ at: InstantSchema, by: z.string() }).nullable(),
  next_due_at: InstantSchema,
  last_slot: InstantSchema.nullable(),
  last_job_id: z.string().nullable(),
}).openapi("Schedule");

const ScheduleNameSchema = z.strictObject({ name: z.string().max(100).openapi({ example: "nightly-pull" }) });

const tags = ["Jobs"];

const list = createRoute({
  method: "get",
  path: "/schedules",
  operationId: "listSchedules",
  summary: "What comes round by the clock",
  description: "Each schedule with its next time, and the job of its last one.",
  tags,
  ...requires({ who: "viewer" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(z.object({ items: z.array(ScheduleSchema) }).openapi("Schedules"), "All of them"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const pause = createRoute({
  method: "post",
  path: "/schedules/{name}/pause",
  operationId: "pauseSchedule",
  summary: "Pause a schedule",
  description: "It asks for nothing until it is resumed; its jobs can be asked for by hand.",
  tags,
  ...requires({ who: "administrator" }),
  request: { params: ScheduleNameSchema, query: NoQuerySchema },
  responses: {
    200: json(ScheduleSchema, "The schedule as it is now"),
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const resume = createRoute({
  ...pause,
  path: "/schedules/{name}/resume",
  operationId: "resumeSchedule",
  summary: "Resume a schedule",
  description: "Where slots were missed, the newest of them is asked for within a minute.",
});

const run = createRoute({
  ...pause,
  path: "/schedules/{name}/run",
  operationId: "runSchedule",
  summary: "Run a schedule's job now",
  description: "Beside its slots, also while it is paused.",
  responses: {
    202: { ...json(JobSchema, "The job, and in `Location` where it can be followed"), ...LOCATED },
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleList: RouteHandler<typeof list, AppEnv> = async (c) =>
  answer(c, { items: await timetableStatus(c.env.services) }, 200);

const handlePause: RouteHandler<typeof pause, AppEnv> = (c) => {
  const [{ id }, { name }] = [userAsking(c.env.actor, "Pausing a schedule"), c.req.valid("param")];
  return made(c, (settle) => setPaused(c.env.services, name, id, acting(c, "pause schedule", settle)), paused(c));
};

const handleResume: RouteHandler<typeof resume, AppEnv> = (c) => {
  const { name } = c.req.valid("param");
  return made(
    c,
    (settle) => setPaused(c.env.services, name, undefined, acting(c, "resume schedule", settle)),
    paused(c),
  );
};

const acting = (c: Context<AppEnv>, action: string, settle: Settle<ScheduleStatus>): Settle<ScheduleStatus> =>
  audited(contextOf(c), ({ name }) => ({ action, target: `/schedules/${name}` }), settle);

const paused = (c: Context<AppEnv>) => (status: ScheduleStatus) => answer(c, status, 200);

const handleRun: RouteHandler<typeof run, AppEnv> = async (c) => {
  const { id } = userAsking(c.env.actor, "Running a schedule");
  const { name } = c.req.valid("param");
  return await made(
    c,
    (settle) => runNow(c.env.services, name, id, audited(contextOf(c), actOnJob(ASKED), settle)),
    (job: Job) => answer(c, viewOfJob(job), 202, { headers: { location: `/jobs/${job.id}` } }),
  );
};

export const scheduleRoutes = (app: OpenAPIHono<AppEnv>) =>
  app.openapi(list, handleList).openapi(pause, handlePause).openapi(resume, handleResume).openapi(run, handleRun);
