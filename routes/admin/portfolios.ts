import { PORTFOLIO_STATUSES } from "../../lib/store/portfolios.ts";
import { InvestmentsSchema } from "../portfolio_schemas.ts";
import { NewPortfolioSchema, PortfolioPatchSchema } from "../portfolios.ts";
import { labelOf } from "./field_view.tsx";
import { DayOf, Instant } from "./instant.tsx";
import { type Item, linkToUser, type Model } from "./model.ts";
import { several } from "./several.ts";

const pathOf = (id: string): string => `/portfolios/${id}`;

export const portfolioModel: Model = {
  name: "portfolios",
  title: "Portfolios",
  one: "a portfolio",
  listPath: "/portfolios",
  listQuery: { scope: "all" },
  itemPath: pathOf,
  idOf: ({ id }: Item) => String(id),
  titleOf: ({ name }: Item) => name,
  columns: [
    { title: "Id", show: ({ id }) => id, isNumber: true },
    { title: "Name", show: ({ name }) => name },
    { title: "Owner", show: ({ owner }) => owner },
    { title: "Currency", show: ({ currency }) => currency },
    { title: "Visibility", show: ({ visibility }) => labelOf(visibility) },
    { title: "Investments", show: ({ investments }) => investments.length, isNumber: true },
    { title: "Changed", show: ({ updated_at }) => DayOf({ at: updated_at }) },
  ],
  search: { parameter: "q", title: "Name begins with" },
  filters: [
    { parameter: "status", title: "Status", options: PORTFOLIO_STATUSES, fallback: "active" },
    { parameter: "owner", title: "Owner" },
  ],
  orderedBy: (query) => query.get("q") && !query.get("owner") ? "Name" : "Id",
  add: { title: "New portfolio", schema: NewPortfolioSchema },
  change: [
    {
      title: "Facts",
      schema: PortfolioPatchSchema,
      method: "PATCH",
      isWhole: false,
      path: pathOf,
      valueOf: ({ name, visibility, status }: Item) => ({ name, visibility, status }),
    },
    {
      title: "Investments",
      schema: InvestmentsSchema,
      method: "PUT",
      isWhole: true,
      path: (id) => `${pathOf(id)}/investments`,
      valueOf: ({ investments }: Item) => ({ investments }),
    },
  ],
  facts: ({ id, owner, currency, created_at, updated_at }: Item) => ({
    "Id": id,
    "Owner": owner,
    "Currency": currency,
    "Created": Instant({ at: created_at }),
    "Changed": Instant({ at: updated_at }),
  }),
  related: ({ id, owner }: Item) => [
    { href: `/portfolios/${id}/sectors`, text: "By sector" },
    ...linkToUser(owner),
  ],
  auditTarget: pathOf,
  csvPath: (id) => `${pathOf(id)}/investments`,
  removal: {
    verb: "Delete",
    done: "was deleted",
    consequences: (_, { investments }: Item) =>
      Promise.resolve([
        `What it holds goes with it: ${several(investments.length, "investment")}.`,
        "Its id is never used again.",
      ]),
  },
};
