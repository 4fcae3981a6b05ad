/**
 * A day of a market: how it was pulled, its rows, what was corrected, and what waits in quarantine.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { labelOf } from "./field_view.tsx";
import { Instant } from "./instant.tsx";
import type { Item } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";
import { pathOfEntry } from "./quarantine_page.tsx";
import { Act, Facts, NextPage, Table } from "./table.tsx";

export interface MarketDayProps {
  readonly chrome: Chrome;
  readonly market: string;
  readonly date: string;
  /** What the calendar says of it. */
  readonly state: string;
  /** `undefined` of a day that nobody asked for. */
  readonly day: Item | undefined;
  /** Pages of what the API lists. */
  readonly rows: Item;
  readonly corrections: Item;
  readonly quarantined: Item;
  readonly query: URLSearchParams;
}

const VALUES = ["open", "high", "low", "close", "volume"] as const;

export const MarketDayPage = (props: MarketDayProps) => {
  const { chrome, market, date, state, day, rows, corrections, quarantined, query } = props;
  const here = `/admin/market/days/${market}/${date}`;
  const trail = [{ href: `/admin/market?${new URLSearchParams({ market, month: date.slice(0, 7) })}`, text: "Market" }];
  return (
    <Page chrome={chrome} title={`${date}, ${market}`} trail={trail}>
      <DayFacts state={state} day={day} />
      {chrome.mayWrite && (
        <div class="tools start">
          <Act action={`${here}/pull`} text="Pull this day" isFirst />
        </div>
      )}
      <Section title="In quarantine" items={quarantined.items} show={Quarantined}>
        <NextPage path={here} query={query} cursor={quarantined.next_cursor} parameter="quarantined" />
      </Section>
      <Section title="Corrections" items={corrections.items} show={Corrections}>
        <NextPage path={here} query={query} cursor={corrections.next_cursor} parameter="corrections" />
      </Section>
      <Section title="Rows" items={rows.items} show={Rows}>
        <NextPage path={here} query={query} cursor={rows.next_cursor} />
      </Section>
    </Page>
  );
};

const DayFacts = ({ state, day }: Pick<MarketDayProps, "state" | "day">) => (
  <>
    <Facts
      facts={[
        ["State", labelOf(state)],
        ["Rows", day?.rows],
        ["Quarantined", day?.quarantined],
        ["Revision", day?.revision],
        ["Source", day?.source],
        ["Fetched", day?.fetched_at ? <Instant at={day.fetched_at} /> : "never"],
      ]}
    />
    {day?.reason && <p class="quiet">{day.reason}</p>}
  </>
);

interface SectionProps {
  readonly title: string;
  readonly items: readonly Item[];
  readonly show: (props: { items: readonly Item[] }) => Child;
  readonly children: Child;
}

const Section = ({ title, items, show, children }: SectionProps) => (
  <section class="card">
    <h2>{title}</h2>
    {items.length === 0 ? <p class="quiet">None.</p> : show({ items })}
    {children}
  </section>
);

const Quarantined = ({ items }: { items: readonly Item[] }) => (
  <Table
    label="In quarantine"
    titles={["Asset", "Kind", "Reason", "State"]}
    rows={items.map(({ id, asset, kind, reason, state }) => [
      <a href={pathOfEntry(id)}>{asset ?? id}</a>,
      kind,
      labelOf(reason),
      state,
    ])}
  />
);

const Corrections = ({ items }: { items: readonly Item[] }) => (
  <Table
    label="Corrections"
    titles={["Asset", "Before", "After", "Source", "When"]}
    numbers={[1, 2]}
    rows={items.map(({ asset, old, new: now, replaced_at }) => [
      asset,
      differing(old, now),
      differing(now, old),
      now.source,
      <Instant at={replaced_at} />,
    ])}
  />
);

/** The values that are not the other's. */
const differing = (bar: Item, other: Item): string =>
  VALUES.filter((name) => bar[name] !== other[name]).map((name) => `${name} ${bar[name] ?? "none"}`).join(", ");

const Rows = ({ items }: { items: readonly Item[] }) => (
  <Table
    label="Rows"
    titles={["Asset", ...VALUES.map(labelOf), "Source"]}
    numbers={[1, 2, 3, 4, 5]}
    rows={items.map((bar) => [
      <a href={`/admin/assets/${encodeURIComponent(bar.asset)}`}>{bar.asset}</a>,
      ...VALUES.map((name) => bar[name] ?? ""),
      bar.source,
    ])}
  />
);
