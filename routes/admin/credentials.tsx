/**
 * Keys and sessions: what they are, when they were used, and a way to end them. Never what opens anything.
 *
 * @module
 */
import type { Api } from "./api_client.ts";
import { DayOf, Instant } from "./instant.tsx";
import { type Item, linkToUser, type Model } from "./model.ts";

const byUser = { parameter: "user", title: "Whose" } as const;

export const apiKeyModel: Model = {
  name: "user-api-keys",
  title: "API keys",
  one: "an API key",
  listPath: "/user-api-keys",
  itemPath: (id) => `/user-api-keys/${encodeURIComponent(id)}`,
  idOf: ({ id }: Item) => id,
  titleOf: ({ name, prefix }: Item) => `${name} (${prefix}…)`,
  columns: [
    { title: "Name", show: ({ name }) => name },
    { title: "Begins", show: ({ prefix }) => prefix },
    { title: "Whose", show: ({ user }) => user },
    { title: "Scopes", show: ({ scopes }) => scopes.join(", ") },
    { title: "Made", show: ({ created_at }) => <DayOf at={created_at} /> },
    { title: "Expires", show: ({ expires_at }) => expires_at === null ? "never" : <DayOf at={expires_at} /> },
    { title: "Last used", show: ({ last_used_at }) => last_used_at === null ? "never" : <Instant at={last_used_at} /> },
  ],
  filters: [byUser],
  facts: (key: Item) => ({
    "Begins": key.prefix,
    "Whose": key.user,
    "Scopes": key.scopes.join(", "),
    "Web pages": key.allowed_origins.join(", ") || "any",
    "Made": <Instant at={key.created_at} />,
    "Expires": key.expires_at === null ? "never" : <Instant at={key.expires_at} />,
    "Last used": key.last_used_at === null ? "never" : <Instant at={key.last_used_at} />,
  }),
  related: ({ user }: Item) => linkToUser(user),
  auditTarget: (id) => `/user-api-keys/${id}`,
  removal: {
    verb: "Revoke",
    done: "was revoked",
    consequences: (_: Api, { user }: Item) =>
      Promise.resolve([`Whatever of ${user}'s asks with it is refused at once. It cannot be brought back.`]),
  },
};

export const sessionModel: Model = {
  name: "user-sessions",
  title: "Sessions",
  one: "a session",
  listPath: "/user-sessions",
  itemPath: (id) => `/user-sessions/${encodeURIComponent(id)}`,
  idOf: ({ id }: Item) => id,
  titleOf: ({ user, created_at }: Item) => `${user}, since ${created_at.slice(0, 16).replace("T", " ")}`,
  columns: [
    { title: "Whose", show: ({ user, current }) => current ? `${user} (this one)` : user },
    { title: "Browser", show: ({ user_agent }) => user_agent.slice(0, 80) },
    { title: "Since", show: ({ created_at }) => <Instant at={created_at} /> },
    { title: "Last used", show: ({ last_used_at }) => <Instant at={last_used_at} /> },
    { title: "Ends", show: ({ expires_at }) => <Instant at={expires_at} /> },
  ],
  filters: [byUser],
  facts: (session: Item) => ({
    "Whose": session.user,
    "Browser": session.user_agent,
    "Since": <Instant at={session.created_at} />,
    "Last used": <Instant at={session.last_used_at} />,
    "Ends at the latest": <Instant at={session.expires_at} />,
    "This session": session.current ? "yes" : "no",
  }),
  related: ({ user }: Item) => linkToUser(user),
  auditTarget: (id) => `/user-sessions/${id}`,
  removal: {
    verb: "End",
    done: "was ended",
    consequences: (_: Api, { user, current }: Item) =>
      Promise.resolve([
        current ? "It is the one that you ask by: you are signed out." : `${user} has to sign in again.`,
      ]),
  },
};
