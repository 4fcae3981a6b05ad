/**
 * Quarantine: what waits for a decision, and an entry with the forms that decide on it.
 *
 * @module
 */
import { MARKETS } from "../../lib/store/market_days.ts";
import { QUARANTINE_KINDS, QUARANTINE_STATES } from "../../lib/store/quarantine.ts";
import { Choice } from "./choice.tsx";
import { Fields, type FormState, labelOf } from "./field_view.tsx";
import type { Field } from "./fields.ts";
import { DayOf, Instant } from "./instant.tsx";
import { fromList, listAt, placeIn } from "./list_place.ts";
import type { Item } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";
import { Act, Facts, NextPage, Table } from "./table.tsx";

const HERE = "/admin/market/quarantine";

export const pathOfEntry = (id: string): string => `${HERE}/${encodeURIComponent(id)}`;

export interface QuarantineProps {
  readonly chrome: Chrome;
  readonly entries: readonly Item[];
  readonly nextCursor: string | undefined;
  readonly query: URLSearchParams;
  /** What the API did not like about the search. */
  readonly error: string | undefined;
}

const MARKET = { href: "/admin/market", text: "Market" };

export const QuarantinePage = ({ chrome, entries, nextCursor, query, error }: QuarantineProps) => (
  <Page chrome={chrome} title="Quarantine" trail={[MARKET]}>
    <form method="get" class="search" role="search">
      <Choice id="state" title="State" options={QUARANTINE_STATES} chosen={query.get("state") ?? ""} />
      <Choice id="kind" title="Kind" options={QUARANTINE_KINDS} chosen={query.get("kind") ?? ""} />
      <Choice id="market" title="Market" options={MARKETS} chosen={query.get("market") ?? ""} />
      <div>
        <label for="asset">Asset</label>
        <input id="asset" name="asset" value={query.get("asset") ?? ""} />
      </div>
      <div>
        <label for="date">Date</label>
        <input id="date" name="date" type="date" value={query.get("date") ?? ""} />
      </div>
      <button type="submit">Find</button>
    </form>
    {error !== undefined && <p class="error" role="alert">{error}</p>}
    {entries.length === 0
      ? <p class="quiet">Nothing here that fits.</p>
      : <Entries entries={entries} list={placeIn(query)} />}
    <NextPage path={HERE} query={query} cursor={nextCursor} />
  </Page>
);

const Entries = ({ entries, list }: { entries: readonly Item[]; list: URLSearchParams }) => (
  <Table
    label="Quarantine"
    titles={["Date", "Asset", "Kind", "Reason", "State", "Recorded"]}
    rows={entries.map((entry) => [
      <a href={fromList(pathOfEntry(entry.id), list)} aria-label={`${entry.date} ${entry.asset ?? ""}`}>
        <DayOf at={entry.date} />
      </a>,
      entry.asset ?? "",
      entry.kind,
      labelOf(entry.reason),
      entry.state,
      <Instant at={entry.recorded_at} />,
    ])}
  />
);

export interface EntryProps {
  readonly chrome: Chrome;
  readonly entry: Item;
  readonly fields: readonly Field[];
  readonly state: FormState;
  /** Where one comes from. */
  readonly list: URLSearchParams;
}

const WAITING = new URLSearchParams({ state: "waiting" });

export const EntryPage = ({ chrome, entry, fields, state, list }: EntryProps) => {
  const trail = [MARKET, { href: listAt(HERE, list.size > 0 ? list : WAITING), text: "Quarantine" }];
  const mayDecide = chrome.mayWrite && entry.state === "waiting";
  return (
    <Page chrome={chrome} title={`${entry.asset ?? "A deleted asset"}, ${entry.date}`} trail={trail}>
      <Facts
        facts={[
          ["Kind", entry.kind],
          ["State", entry.state],
          ["Reason", labelOf(entry.reason)],
          ["Last good price", entry.compared_with && `${entry.compared_with.price} on ${entry.compared_with.date}`],
          ["Source", entry.source],
          ["Recorded", <Instant at={entry.recorded_at} />],
          ["Decided by", entry.decided_by],
          ["Decided", entry.decided_at && <Instant at={entry.decided_at} />],
        ]}
      />
      <Values title="As it was sent" row={entry.row} />
      {entry.corrected !== null && <Values title="As it was stored" row={entry.corrected} />}
      {mayDecide && <Decide id={entry.id} list={list} />}
      {mayDecide && <Correct {...{ entry, fields, state, list }} />}
    </Page>
  );
};

const Values = ({ title, row }: { title: string; row: Readonly<Record<string, string | null>> }) => (
  <section class="card">
    <h2>{title}</h2>
    <Facts facts={Object.entries(row).map(([name, value]) => [labelOf(name), value])} />
  </section>
);

const Decide = ({ id, list }: { id: string; list: URLSearchParams }) => (
  <div class="tools start">
    <Act action={fromList(`${pathOfEntry(id)}/accept`, list)} text="Accept as it was sent" isFirst />
    <Act action={fromList(`${pathOfEntry(id)}/reject`, list)} text="Reject" />
  </div>
);

const Correct = ({ entry, fields, state, list }: Omit<EntryProps, "chrome">) => (
  <form
    method="post"
    action={fromList(`${pathOfEntry(entry.id)}/correct`, list)}
    class="card"
    aria-label="Accept with other values"
  >
    <h2>Accept with other values</h2>
    {state.errors.size > 0 && (
      <p class="error" role="alert">
        {state.errors.get("")?.join("; ") ?? "Nothing was stored: see what is marked below."}
      </p>
    )}
    <div class="grid">
      <Fields fields={fields} state={state} at={[entry.kind]} />
    </div>
    <button type="submit">Accept these</button>
  </form>
);
