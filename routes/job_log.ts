import { createRoute, type OpenAPIHono, type RouteHandler, z } from "@hono/zod-openapi";
import { type LoggedRun, readJobLog } from "../lib/jobs/job_log.ts";
import { LEVELS } from "../lib/log.ts";
import { requires } from "./access.ts";
import { answer } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { JobIdSchema } from "./jobs.ts";
import { problems } from "./problem_response.ts";
import { InstantSchema, json, NoQuerySchema, NOT_MODIFIED } from "./schemas.ts";

const LoggedRunSchema = z.object({
  started_at: InstantSchema,
  attempt: z.int(),
  omitted: z.int().openapi({ description: "Earlier lines of this run that have made room" }),
  lines: z.array(z.object({
    at: InstantSchema,
    level: z.enum(LEVELS),
    message: z.string().openapi({ example: "The provider answered" }),
    fields: z.record(z.string(), z.any()).openapi({ example: { provider: "polygon", outcome: "ok" } }),
  })),
}).openapi("LoggedRun");

const read = createRoute({
  method: "get",
  path: "/jobs/{job_id}/log",
  operationId: "readJobLog",
  summary: "What a job has logged",
  description:
    "Of its last 10 runs, the newest first, the last 100 lines each; of all together 20,000 characters at most, to which each line counts 50 beside what it says. A line's message is cut at 300 characters and its fields at 700; secrets are kept back. Lines of a job that runs are there within seconds.",
  tags: ["Jobs"],
  ...requires({ who: "viewer" }),
  request: { params: JobIdSchema, query: NoQuerySchema },
  responses: {
    200: json(z.object({ items: z.array(LoggedRunSchema) }).openapi("JobLog"), "Its runs that have logged anything"),
    ...NOT_MODIFIED,
    ...problems("unauthorized", "forbidden", "not-found", "validation-failed"),
  },
});

const handleRead: RouteHandler<typeof read, AppEnv> = async (c) => {
  const runs = await readJobLog(c.env.services, c.req.valid("param").job_id);
  return answer(c, { items: runs.map(viewOfRun) }, 200);
};

const viewOfRun = (run: LoggedRun): z.input<typeof LoggedRunSchema> => ({ ...run, lines: [...run.lines] });

export const jobLogRoutes = (app: OpenAPIHono<AppEnv>) => app.openapi(read, handleRead);
