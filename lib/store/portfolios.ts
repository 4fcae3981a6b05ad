import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

export const VISIBILITIES = ["private", "public"] as const;
export const PORTFOLIO_STATUSES = ["active", "inactive"] as const;

const schema = z.object({
  id: z.int().positive(),
  owner: z.string(),
  name: z.string(),
  currency: z.string(),
  visibility: z.enum(VISIBILITIES),
  status: z.enum(PORTFOLIO_STATUSES),
  /** In the order in which they were given. Amounts in plain decimal notation. */
  investments: z.array(z.object({ assetNo: z.int().positive(), amount: z.string() })),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type Portfolio = z.infer<typeof schema>;
export type Investment = Portfolio["investments"][number];
export type Visibility = Portfolio["visibility"];
export type PortfolioStatus = Portfolio["status"];

export const portfolioCollection = (store: Store): Collection<Portfolio, number> =>
  collection(store, {
    name: "portfolios",
    schemaVersion: 1,
    schema,
    idOf: (portfolio) => portfolio.id,
    unique: { owner_and_name: (portfolio) => [portfolio.owner, portfolio.name] },
    indexes: {
      owner: (portfolio) => [[portfolio.owner, portfolio.status]],
      visibility: (portfolio) => [[portfolio.visibility, portfolio.status]],
      status: (portfolio) => [[portfolio.status]],
      name: (portfolio) => [[portfolio.status, portfolio.name.toLowerCase()]],
      asset: (portfolio) => portfolio.investments.map(({ assetNo }) => [assetNo]),
    },
  });
