/**
 * The inspector: what is stored, entry by entry.
 *
 * @module
 */
import type { Item } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";
import { NextPage, Table } from "./table.tsx";
import { read, searched, type Shown, type Visit } from "./visit.ts";

const HERE = "/admin/inspector";
const PAGE = "20";

const pathOfPrefix = (prefix: readonly unknown[]): string =>
  `${HERE}?${new URLSearchParams({ prefix: JSON.stringify(prefix) })}`;

interface InspectorProps {
  readonly chrome: Chrome;
  readonly query: URLSearchParams;
  readonly families: readonly string[];
  /** `undefined` until a prefix is asked for that can be understood. */
  readonly entries: Item;
  readonly error: string | undefined;
}

const InspectorPage = ({ chrome, query, families, entries, error }: InspectorProps) => (
  <Page chrome={chrome} title="Inspector">
    <form method="get" class="search" role="search">
      <div>
        <label for="prefix">Key, or its first parts, as JSON</label>
        <input
          id="prefix"
          name="prefix"
          value={query.get("prefix") ?? ""}
          size={40}
          placeholder='["assets"]'
          autocomplete="off"
          aria-invalid={error === undefined ? undefined : "true"}
          aria-describedby={error === undefined ? undefined : "prefix!"}
        />
      </div>
      <button type="submit">Look</button>
    </form>
    {error !== undefined && <p class="error" id="prefix!" role="alert">{error}</p>}
    {entries === undefined ? <Families families={families} /> : <Entries query={query} entries={entries} />}
    <p class="hint quiet">
      It shows what is stored, and changes nothing. Digests of keys, sessions and sign-ins are kept back, and so are
      answers that are kept for a second asking: they may hold a new key.
    </p>
  </Page>
);

const Families = ({ families }: { families: readonly string[] }) => (
  <section class="card">
    <h2>What there is</h2>
    <ul class="columns">
      {families.map((name) => (
        <li>
          <a href={pathOfPrefix([name])}>{name}</a>
        </li>
      ))}
    </ul>
  </section>
);

const Entries = ({ query, entries }: { query: URLSearchParams; entries: Item }) => (
  <>
    <p>
      <a href={HERE}>All that there is</a>
    </p>
    {entries.items.length === 0
      ? <p class="quiet">Nothing is stored there.</p>
      : <EntryTable entries={entries.items} />}
    <NextPage path={HERE} query={query} cursor={entries.next_cursor} />
  </>
);

const EntryTable = ({ entries }: { entries: readonly Item[] }) => (
  <Table
    label="Entries"
    titles={["Key", "Value", "Bytes", "Versionstamp"]}
    numbers={[2]}
    rows={entries.map(({ key, value, bytes, versionstamp }) => [
      <a href={pathOfPrefix(key)}>
        <code>{JSON.stringify(key)}</code>
      </a>,
      <Value value={value} />,
      bytes,
      <code>{versionstamp}</code>,
    ])}
  />
);

const SHORT_CHARS = 80;

function Value({ value }: { value: unknown }) {
  const text = JSON.stringify(value);
  if (text.length <= SHORT_CHARS) return <code>{text}</code>;
  return (
    <details>
      <summary>
        <code>{`${text.slice(0, SHORT_CHARS)}…`}</code>
      </summary>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}

const NOT_ASKED = { error: undefined, body: undefined };

export async function showInspector({ api, chrome, query }: Visit): Promise<Shown> {
  const asked = new URLSearchParams({ limit: PAGE });
  for (const name of ["prefix", "cursor"]) if (query.get(name)) asked.set(name, query.get(name) ?? "");
  const { items: families } = await read(api, "/inspector/families");
  const { error, body } = asked.has("prefix") ? await searched(api, `/inspector/entries?${asked}`) : NOT_ASKED;
  const entries = error === undefined ? body : undefined;
  return {
    page: <InspectorPage {...{ chrome, query, families, entries, error }} />,
    status: error === undefined ? 200 : 422,
  };
}
