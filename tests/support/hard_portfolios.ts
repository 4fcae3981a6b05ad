/**
 * The portfolios that whatever is told of one has to bear: empty, all short, worth nothing, unpriced, of a single session.
 *
 * @module
 */
import { addAsset, addCloses, addPortfolio } from "./factories.ts";
import { addReturns } from "./price_series.ts";
import type { TestService } from "./service.ts";

const HARD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  empty: {},
  short: { AA: "-1" },
  nothing: { AA: "1", BB: "-1" },
  unpriced: { NONE: "1" },
  new: { NEW: "1" },
};

/** All of them, public, with what they hold; answers their ids and names. */
export async function addHardPortfolios(service: TestService): Promise<{ id: number; name: string }[]> {
  await addReturns(service, { symbol: "AA" }, [0.1, -0.2, 0.3]);
  await addReturns(service, { symbol: "BB" }, [0.1, -0.2, 0.3]);
  await addAsset(service, { symbol: "NEW", name: "New & <b>bold</b>" });
  await addCloses(service, "NEW", { "2021-11-05": "5" });
  await addAsset(service, { symbol: "NONE" });
  const added: { id: number; name: string }[] = [];
  for (const [name, amounts] of Object.entries(HARD)) {
    const { id } = await addPortfolio(service, amounts, { visibility: "public", name });
    added.push({ id: Number(id), name });
  }
  return added;
}
