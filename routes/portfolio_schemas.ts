import { z } from "@hono/zod-openapi";
import type { Context } from "../lib/context.ts";
import { MAX_INVESTMENTS } from "../lib/portfolios/investments.ts";
import type { Versioned } from "../lib/store/collection.ts";
import { type Portfolio, PORTFOLIO_STATUSES, VISIBILITIES } from "../lib/store/portfolios.ts";
import { decimalInput, decimalOutput } from "./decimal_schema.ts";
import { CurrencySchema, InstantSchema, nameSchema, SymbolSchema } from "./schemas.ts";

export const VisibilitySchema = z.enum(VISIBILITIES).openapi({ description: "Who may read it", example: "private" });
export const StatusSchema = z.enum(PORTFOLIO_STATUSES).openapi({ example: "active" });
export const PortfolioNameSchema = nameSchema(100).openapi({ example: "Growth" });

export const AmountSchema = decimalInput(
  { before: 18, after: 8 },
  (value) => value.eq(0) ? "must not be 0" : undefined,
).openapi({ description: "Shares, as a decimal; negative for a short position", example: "10" });

export const InvestmentInputSchema = z.strictObject({ asset: SymbolSchema, amount: AmountSchema })
  .openapi("InvestmentInput");

export const InvestmentsInputSchema = z.array(InvestmentInputSchema)
  .max(MAX_INVESTMENTS, `must have ${MAX_INVESTMENTS} investments at most`);

export const InvestmentsSchema = z.strictObject({ investments: InvestmentsInputSchema }).openapi("Investments", {
  example: { investments: [{ asset: "AAPL", amount: "10" }, { asset: "GS", amount: "-2.5" }] },
});

const HeldSchema = z.array(z.object({ asset: SymbolSchema, amount: decimalOutput("Shares", "10") }));

/** What a portfolio holds, in the form in which it can be sent back. */
export const HeldInvestmentsSchema = z.object({ investments: HeldSchema }).openapi("HeldInvestments");

export const PortfolioSchema = z.object({
  id: z.int().openapi({ example: 2 }),
  owner: z.string().openapi({ example: "usr_system" }),
  name: z.string().openapi({ example: "Growth" }),
  currency: CurrencySchema,
  visibility: VisibilitySchema,
  status: StatusSchema,
  investments: HeldSchema,
  created_at: InstantSchema,
  updated_at: InstantSchema,
}).openapi("Portfolio");

export const PortfolioIdSchema = z.strictObject({
  portfolio_id: z.string().regex(/^[1-9]\d{0,14}$/).transform(Number)
    .openapi({ type: "integer", minimum: 1, description: "The portfolio's id", example: 1 }),
});

/** The portfolio as it is answered, with symbols for asset numbers. */
export async function portfolioView(
  ctx: Context,
  { value: portfolio }: Versioned<Portfolio>,
): Promise<z.input<typeof PortfolioSchema>> {
  const assets = await ctx.assets.getMany(portfolio.investments.map(({ assetNo }) => assetNo));
  return {
    id: portfolio.id,
    owner: portfolio.owner,
    name: portfolio.name,
    currency: portfolio.currency,
    visibility: portfolio.visibility,
    status: portfolio.status,
    investments: portfolio.investments.map(({ amount }, i) => ({ asset: assets[i]?.value.symbol ?? "", amount })),
    created_at: portfolio.createdAt,
    updated_at: portfolio.updatedAt,
  };
}
