import { Changes } from "./audit_entries.tsx";
import { Instant } from "./instant.tsx";
import type { Item, Model } from "./model.ts";

export const auditModel: Model = {
  name: "audit",
  title: "Audit",
  one: "an entry",
  listPath: "/audit",
  itemPath: (id) => `/audit/${encodeURIComponent(id)}`,
  idOf: ({ id }: Item) => id,
  titleOf: ({ action, target }: Item) => `${action} ${target}`,
  columns: [
    { title: "When", show: ({ at }) => <Instant at={at} /> },
    { title: "Who", show: ({ actor }) => actor },
    { title: "What", show: ({ action }) => action },
    { title: "Of", show: ({ target }) => target },
    { title: "Whose", show: ({ owner }) => owner },
    { title: "Changes", show: ({ changes, omitted }) => changes.length + omitted, isNumber: true },
  ],
  filters: [{ parameter: "actor", title: "Who" }, { parameter: "target", title: "Of, such as /portfolios/2" }],
  facts: ({ at, actor, by, action, target, owner }: Item) => ({
    "When": <Instant at={at} />,
    "Who": actor,
    "By": by,
    "What": action,
    "Of": target,
    "Whose": owner,
  }),
  details: (entry) => <Changes entry={entry} />,
  related: ({ target }: Item) => [{ href: `/admin${target}`, text: "To it, if it is still there" }],
};
