import { z } from "zod";
import { type Collection, collection } from "./collection.ts";
import type { Store } from "./store.ts";

export const VISIBILITIES = ["private", "public"] as const;
export const PORTFOLIO_STATUSES = ["active", "inactive"] as const;

/** As they were stored until form 6. */
const rows = z.array(z.object({ assetNo: z.int().positive(), amount: z.string() }));

interface Columns {
  readonly assetNos: readonly number[];
  readonly amounts: readonly string[];
}

/** KV decodes columns in a third of the time that it takes for rows. */
const columns = z.custom<Columns>(areColumns, "columns of one length")
  .transform(({ assetNos, amounts }) => assetNos.map((assetNo, i) => ({ assetNo, amount: amounts[i] ?? "" })));

/** To ask each number and text by a schema of its own takes longer than all else of a portfolio. */
function areColumns(value: unknown): boolean {
  const { assetNos, amounts }: Partial<Record<string, unknown>> = Object(value);
  return Array.isArray(assetNos) && Array.isArray(amounts) && assetNos.length === amounts.length &&
    assetNos.every((no) => Number.isSafeInteger(no) && no > 0) && amounts.every((amount) => typeof amount === "string");
}

const schema = z.object({
  id: z.int().positive(),
  owner: z.string(),
  name: z.string(),
  currency: z.string(),
  visibility: z.enum(VISIBILITIES),
  status: z.enum(PORTFOLIO_STATUSES),
  /** In the order in which they were given. Amounts in plain decimal notation. */
  investments: z.union([columns, rows]),
  createdAt: z.string(),
  updatedAt: z.string(),
});

const inColumns = (investments: readonly Investment[]): Columns => ({
  assetNos: investments.map(({ assetNo }) => assetNo),
  amounts: investments.map(({ amount }) => amount),
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
    toStored: ({ investments, ...portfolio }) => ({ ...portfolio, investments: inColumns(investments) }),
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
