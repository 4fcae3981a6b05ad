import { ROLES } from "../../lib/store/users.ts";
import { RolePatchSchema } from "../users.ts";
import { apiKeyModel, sessionModel } from "./credentials.tsx";
import { labelOf } from "./field_view.tsx";
import { DayOf, Instant } from "./instant.tsx";
import type { Item, Model } from "./model.ts";
import { portfolioModel } from "./portfolios.ts";
import { several } from "./several.ts";

const pathOf = (id: string): string => `/users/${encodeURIComponent(id)}`;
const whose = ({ id }: Item) => ({ user: id });

export const userModel: Model = {
  name: "users",
  title: "Users",
  one: "a user",
  listPath: "/users",
  itemPath: pathOf,
  idOf: ({ id }: Item) => id,
  titleOf: ({ name, email }: Item) => email === null ? name : `${name} (${email})`,
  columns: [
    { title: "Name", show: ({ name }) => name },
    { title: "E-mail", show: ({ email }) => email ?? "" },
    { title: "Role", show: ({ role }) => labelOf(role) },
    { title: "Id", show: ({ id }) => id },
    { title: "Since", show: ({ created_at }) => DayOf({ at: created_at }) },
  ],
  search: { parameter: "q", title: "E-mail begins with" },
  filters: [{ parameter: "role", title: "Role", options: ROLES }],
  change: [{
    title: "What they may be",
    schema: RolePatchSchema,
    method: "PATCH",
    isWhole: true,
    path: pathOf,
    valueOf: ({ role }: Item) => ({ role }),
  }],
  facts: ({ id, name, email, role, created_at }: Item) => ({
    "Id": id,
    "Name": name,
    "E-mail": email ?? "none",
    "Role": labelOf(role),
    "Since": Instant({ at: created_at }),
  }),
  inlines: [
    { model: portfolioModel, query: ({ id }) => ({ owner: id }) },
    { model: apiKeyModel, query: whose },
    { model: sessionModel, query: whose },
  ],
  auditTarget: pathOf,
  removal: {
    verb: "Delete",
    done: "was deleted",
    consequences: async (api, { id, role }: Item) => {
      const query = new URLSearchParams({ user: id, limit: "200" });
      const owned = new URLSearchParams({ scope: "all", owner: id, limit: "200" });
      const lists = [`/portfolios?${owned}`, `/portfolios?status=inactive&${owned}`, `/user-api-keys?${query}`];
      const counts = await Promise.all([...lists, `/user-sessions?${query}`].map(async (path) => {
        const { body } = await api(path);
        return body.next_cursor === undefined ? String(body.items.length) : `more than ${body.items.length}`;
      }));
      const [active, inactive, keys = "", sessions = ""] = counts;
      return [
        `Their portfolios go with them: ${active} active, ${inactive} inactive.`,
        `What they come in by opens nothing any more: ${several(keys, "API key")}, ${several(sessions, "session")}.`,
        ...(role === "administrator" ? ["It is refused for the last administrator."] : []),
      ];
    },
  },
};
