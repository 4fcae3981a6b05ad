import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { JOB_STATES } from "../lib/jobs/job.ts";
import { MAX_COUNTED, queueStatus } from "../lib/jobs/queue_status.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { problems } from "./problem_response.ts";
import { InstantSchema, json, NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";

const CountSchema = z.int().openapi({ description: `${MAX_COUNTED} stands for that many and more`, example: 3 });

const QueueSchema = z.object({
  due: z.int().openapi({ description: "Jobs that could run now and do not yet" }),
  oldest_due_at: InstantSchema.nullable(),
  by_state: z.object(Object.fromEntries(JOB_STATES.map((state) => [state, CountSchema]))),
  last_hour: z.object({ succeeded: CountSchema, dead: CountSchema })
    .openapi({ description: "Of the jobs that were first asked for within the last hour" }),
  workers: z.array(z.object({
    id: z.string(),
    version: z.string().openapi({ example: "0.1.0" }),
    started_at: InstantSchema,
    seen_at: InstantSchema,
    running: z.int(),
    leases: z.array(z.object({ job_id: z.string(), expires_at: InstantSchema })).openapi({
      description: "What it runs now, and until when it has to be heard of again so that it goes on running there",
    }),
  })).openapi({ description: "Processes that run jobs, heard of within the last minutes" }),
}).openapi("Queue");

const read = createRoute({
  method: "get",
  path: "/queue",
  operationId: "readQueue",
  summary: "The queue in numbers",
  description: "How much waits, runs and has ended, and who is at work.",
  tags: ["Jobs"],
  ...requires({ who: "viewer" }),
  request: { query: NoQuerySchema },
  responses: {
    200: json(QueueSchema, "The queue now"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "validation-failed"),
  },
});

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const status = await queueStatus(c.env.services);
  const workers = status.workers.map((worker) => ({ ...worker, leases: [...worker.leases] }));
  return answer(c, { ...status, workers }, 200);
};

export const queueRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(read, handleRead);
