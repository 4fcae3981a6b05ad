/**
 * A store in which every operation finds something, and everybody who may ask: what random requests are sent to.
 *
 * @module
 */
import { SCOPES } from "../../lib/store/api_keys.ts";
import { type Ask, asking } from "../support/asking.ts";
import { addAsset, addAssets, addCloses } from "../support/factories.ts";
import { startFull } from "../support/full_store.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import type { TestService } from "../support/service.ts";
import type { Hints } from "./values.ts";

/** From who may nothing to who may all. */
export const ACTORS = ["stranger", "ada", "bob", "reader", "writer", "viewer", "administrator", "operator"] as const;
export type ActorName = typeof ACTORS[number];

export interface World extends AsyncDisposable {
  readonly service: TestService;
  readonly as: Readonly<Record<ActorName, Ask>>;
}

export async function startWorld(): Promise<World> {
  const service = await startFull();
  await addAssets(service, "GS");
  await addAsset(service, { symbol: "X:BTCUSD", kind: "crypto", sector_weights: { energy: 0.4 } });
  await addAsset(service, { symbol: "LLOY", currency: "GBp" });
  await addAsset(service, { symbol: "EUR", kind: "currency", currency: "EUR" });
  await addCloses(service, "AAPL", { "2021-11-03": "150", "2021-11-04": "149.5" });
  await addCloses(service, "GS", { "2021-11-03": "400", "2021-11-05": "407.08" });
  await service.admin("/portfolios/1/investments/GS", { method: "PUT", body: { amount: "2" } });
  const ada = await person(service, "usr_ada");
  const bob = await person(service, "usr_bob");
  const [viewer, administrator] = [
    await person(service, "usr_viewer", "viewer"),
    await person(service, "usr_root", "administrator"),
  ];
  for (const { ask, id } of [ada, bob]) {
    const investments = [{ asset: "AAPL", amount: "1" }, { asset: "EUR", amount: "-3.5" }];
    await ask("/portfolios", { method: "POST", body: { name: `of ${id}`, investments } });
  }
  const [reader, writer] = [await makeKey(ada, ["portfolios:read"]), await makeKey(ada, SCOPES.slice(0, 3))];
  return {
    service,
    as: {
      ...{ stranger: asking(service.request, {}), ada: ada.ask, bob: bob.ask, viewer: viewer.ask },
      ...{ reader: withKey(service, reader), writer: withKey(service, writer) },
      ...{ administrator: administrator.ask, operator: service.admin },
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

const SYMBOLS = ["AAPL", "GS", "X:BTCUSD", "EUR", "LLOY", "NEW", "a.b-c"];
const DAYS = ["2021-11-01", "2021-11-03", "2021-11-04", "2021-11-05", "2021-11-06", "2021-12-01"];
const DECIMALS = ["1", "-2.5", "0.00000001", 3, -1.25, "999999999999999999", "007", "0", "1e3", ".5", "5."];

/** What the store knows, and what it knows a meaning of, by the name that it stands under. */
export const HINTS: Hints = {
  ...{ symbol: SYMBOLS, asset: SYMBOLS, benchmark: SYMBOLS, portfolio_id: [1, 2, 3, 4, 999] },
  ...{ date: DAYS, from: DAYS, to: DAYS, as_of: DAYS, since: DAYS, execution_date: DAYS, ex_dividend_date: DAYS },
  ...{ amount: DECIMALS, close: DECIMALS, open: DECIMALS, high: DECIMALS, low: DECIMALS, volume: DECIMALS },
  ...{ vwap: DECIMALS, pre_market: DECIMALS, split_from: ["1", 2, "7"], split_to: ["4", 1, "0.5"] },
  ...{ cash_amount: ["0.22", 1, "0"], currency: ["USD", "EUR", "GBp", "XXX", "usd"] },
  ...{
    job_id: ["pull-market-day:2021-11-05", "pull-market-day:2021-11-04"],
    entry_id: ["2021-11-05:1:bar:0123456789ab"],
  },
  ...{ user_id: ["usr_1", "usr_ada", "usr_bob", "usr_viewer", "usr_root", "usr_system"], user: ["usr_ada", "usr_1"] },
  ...{ owner: ["usr_ada", "usr_system"], key_id: ["key_1"], session_id: ["ses_1"], actor: ["usr_root", "usr_system"] },
  ...{ target: ["/portfolios/1"], prefix: ['["assets"]', '["portfolios",1]', "[]", '["idempotency"]', '["jobs"'] },
  ...{
    window: ["1y", "5d", "3w", "2m", "100y", "0d"],
    confidence: ["0.95", "0.9,0.99", 0.95, 0.5],
    horizon: [1, 10, 252],
  },
  ...{
    rolling: [2, 63, 1000],
    lookback: [2, 63, 250],
    risk_free: [0, 0.02, -0.5],
    include: ["investments", "explain"],
  },
  ...{ shock: [["energy:-0.1"], ["AAPL:-1", "all:0.5"]], explain: [true, false], limit: [1, 2, 50, 200] },
  ...{
    name: ["of usr_ada", "Growth", "pull-market-day", "nightly-pull", "backfill", "verify", "é", "\u{1f4b0}", " x "],
  },
  ...{
    args: [{}, { date: "2021-11-05" }, { asset: "AAPL" }, { date: "2021-11-06" }, { date: "2030-01-01" }, { date: 1 }],
  },
  ...{
    "Idempotency-Key": ["again", "once more", "x".repeat(255)],
    "if-match": ["*", '"x"', "{{etag}}", 'W/"x"', "x,", ""],
  },
  ...{ return_to: ["/admin", "//example.com", "https://example.com", "/\\example.com"], provider: ["oidc", "github"] },
  ...{
    key: ["flk_unknown"],
    token: ["x"],
    code: ["x"],
    state: ["x"],
    expires_at: ["2021-11-07T00:00:00Z", "2021-11-05T00:00:00Z"],
  },
  ...{
    allowed_origins: [["https://example.com"], ["https://example.com/x"], []],
    cursor: ["x", "Zk8xQ2dUAgAAAAAAAAAA"],
  },
};
