import { z } from "@hono/zod-openapi";
import { ROLES, type User } from "../lib/store/users.ts";
import { InstantSchema, nameSchema } from "./schemas.ts";

export const RoleSchema = z.enum(ROLES).openapi({
  description: "`viewer` reads everything and changes nothing; `administrator` runs the place",
  example: "user",
});

export const UserNameSchema = nameSchema(100).openapi({ example: "Ada Lovelace" });

export const UserSchema = z.object({
  id: z.string().openapi({ example: "usr_6b1f0e1c9d2a4b3c5d6e7f80" }),
  email: z.string().nullable().openapi({ description: "As the sign-in's provider said it last" }),
  name: z.string(),
  role: RoleSchema,
  created_at: InstantSchema,
}).openapi("User");

export const userView = ({ id, email, name, role, createdAt }: User): z.input<typeof UserSchema> => ({
  ...{ id, email, name, role },
  created_at: createdAt,
});
