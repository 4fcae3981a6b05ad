/**
 * Backfill: what it would ask for, before anybody asks for it.
 *
 * @module
 */
import { duration } from "./duration.ts";
import { Fields, type FormState } from "./field_view.tsx";
import type { Field } from "./fields.ts";
import type { Item } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";
import { Facts, Table } from "./table.tsx";

export interface BackfillProps {
  readonly chrome: Chrome;
  readonly fields: readonly Field[];
  readonly state: FormState;
  /** `undefined` until somebody asks for one. */
  readonly plan: Item | undefined;
}

const MARKET = { href: "/admin/market", text: "Market" };

export const BackfillPage = ({ chrome, fields, state, plan }: BackfillProps) => (
  <Page chrome={chrome} title="Backfill" trail={[MARKET]}>
    <p class="quiet">
      Of all assets, or of one; of all the history that the provider's plan includes where no days are named. What is
      stored is not asked for again.
    </p>
    <form method="get" class="card" aria-label="What to fill in">
      {state.errors.has("") && <p class="error" role="alert">{state.errors.get("")?.join("; ")}</p>}
      <div class="grid">
        <Fields fields={fields} state={state} />
      </div>
      <input type="hidden" name="plan" value="1" />
      <button type="submit" class={plan === undefined ? "first" : undefined}>Show the plan</button>
    </form>
    {plan !== undefined && <Plan chrome={chrome} plan={plan} fields={fields} state={state} />}
  </Page>
);

const Plan = ({ chrome, plan, fields, state }: BackfillProps & { plan: Item }) => (
  <section class="card">
    <h2>{`The plan, ${plan.from} to ${plan.to}`}</h2>
    {plan.clipped !== null && <p>{plan.clipped}</p>}
    {plan.disabled_because !== null && <p class="error">{`Nobody can be asked: ${plan.disabled_because}.`}</p>}
    <Facts
      facts={[
        ["Strategy", plan.strategy.replaceAll("_", " ")],
        [
          "Calls",
          `${plan.calls} for bars, ${plan.action_calls} for splits and dividends, ${plan.symbol_calls} for new symbols`,
        ],
        ["Expected time", duration(plan.expected_seconds)],
        ["Bars missing", `${plan.bars.missing} of ${plan.bars.expected}`],
      ]}
    />
    {plan.markets.length > 0 && <Markets markets={plan.markets} />}
    {isIdle(plan) && <p>There is nothing to ask for.</p>}
    {chrome.mayWrite && plan.disabled_because === null && !isIdle(plan) && (
      <form method="post" action="/admin/market/backfill" class="tools">
        {fields.map(({ name }) => <input type="hidden" name={`/${name}`} value={String(state.value[name] ?? "")} />)}
        <button type="submit" class="first">Fill it in</button>
      </form>
    )}
  </section>
);

const isIdle = ({ calls, action_calls, symbol_calls }: Item): boolean => calls + action_calls + symbol_calls === 0;

const Markets = ({ markets }: { markets: readonly Item[] }) => (
  <Table
    label="By market"
    titles={["Market", "Strategy", "Calls", "Sessions", "Assets", "Why not"]}
    numbers={[2, 3, 4]}
    rows={markets.map(({ market, strategy, calls, sessions, assets, not_entitled, refused_up_to }) => [
      market,
      strategy.replaceAll("_", " "),
      calls,
      sessions,
      assets,
      not_entitled ?? (refused_up_to === null ? "" : `refused up to ${refused_up_to}`),
    ])}
  />
);
