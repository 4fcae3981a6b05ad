import { z } from "@hono/zod-openapi";
import type { ListedSession } from "../lib/identity/sessions.ts";
import { InstantSchema } from "./schemas.ts";

export const SessionSchema = z.object({
  id: z.string().openapi({ example: "ses_6b1f0e1c9d2a4b3c5d6e7f80" }),
  user_agent: z.string().openapi({ description: "What the browser said of itself when it signed in" }),
  created_at: InstantSchema,
  last_used_at: InstantSchema,
  expires_at: InstantSchema,
  current: z.boolean().openapi({ description: "Whether this is the session that asks" }),
}).openapi("Session");

export const sessionView = ({ session, lastUsedAt, isCurrent }: ListedSession): z.input<typeof SessionSchema> => ({
  id: session.id,
  user_agent: session.userAgent,
  created_at: session.createdAt,
  last_used_at: lastUsedAt,
  expires_at: session.expiresAt,
  current: isCurrent,
});
