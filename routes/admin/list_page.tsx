/**
 * The list of a model: searched, filtered, a page at a time, with actions on what is ticked.
 *
 * @module
 */
import { labelOf } from "./field_view.tsx";
import { fromList, placeIn } from "./list_place.ts";
import {
  actionsOf,
  type Filter,
  type Item,
  type Model,
  pathOfActions,
  pathOfAdd,
  pathOfItem,
  pathOfList,
  pathOfModel,
  type Span,
} from "./model.ts";
import { type Chrome, Page } from "./page.tsx";
import { PeriodNav } from "./span.tsx";

export interface ListProps {
  readonly chrome: Chrome;
  readonly model: Model;
  readonly query: URLSearchParams;
  readonly items: readonly Item[];
  readonly nextCursor: string | undefined;
  /** What the API did not like about the search. */
  readonly error: string | undefined;
  /** Of a list that is gone through by date: all its days, and those that are shown. */
  readonly dates: { readonly span: Span; readonly period: string } | undefined;
}

export const ListPage = ({ chrome, model, query, items, nextCursor, error, dates }: ListProps) => (
  <Page chrome={chrome} title={model.title} trail={model.parents ?? []}>
    <div class="tools">
      <Search model={model} query={query} />
      {model.add !== undefined && chrome.mayWrite && (
        <a class="button first" href={fromList(pathOfAdd(model), placeIn(query))}>{`Add ${model.one}`}</a>
      )}
    </div>
    {dates !== undefined && <PeriodNav path={pathOfModel(model)} {...dates} />}
    {error !== undefined && <p class="error" role="alert">{error}</p>}
    {error === undefined && (items.length === 0
      ? <None isAsked={isAsked(model, query)} isOver={nextCursor === undefined} />
      : <Table {...{ chrome, model, items, query }} />)}
    <Pages model={model} query={query} nextCursor={nextCursor} />
  </Page>
);

/** A search may look through a part of what there is, find nothing, and go on. */
const None = ({ isAsked, isOver }: { isAsked: boolean; isOver: boolean }) => (
  <p class="quiet">
    {!isAsked
      ? "Nothing here yet."
      : isOver
      ? "Nothing here that fits."
      : "Nothing that fits so far: the search goes on on the next page."}
  </p>
);

/** The parameters of the API that a list page passes on, beside the cursor and the order. */
export const listParameters = ({ search, filters = [] }: Model): string[] => [
  ...(search === undefined ? [] : [search.parameter]),
  ...filters.map(({ parameter }) => parameter),
];

const isAsked = (model: Model, query: URLSearchParams): boolean =>
  listParameters(model).some((name) => (query.get(name) ?? "") !== "");

function Search({ model, query }: { model: Model; query: URLSearchParams }) {
  const { search, filters = [] } = model;
  if (search === undefined && filters.length === 0) return null;
  return (
    <form method="get" class="search" role="search">
      {search !== undefined && (
        <div>
          <label for="search">{search.title}</label>
          <input id="search" type="search" name={search.parameter} value={query.get(search.parameter) ?? ""} />
        </div>
      )}
      {filters.map((filter) => <FilterInput filter={filter} chosen={query.get(filter.parameter) ?? ""} />)}
      {model.orderedBy !== undefined && query.has("order") && (
        <input type="hidden" name="order" value={query.get("order") ?? ""} />
      )}
      <button type="submit">Find</button>
      {isAsked(model, query) && <a href={pathOfModel(model)}>Show all</a>}
    </form>
  );
}

const FilterInput = ({ filter, chosen }: { filter: Filter; chosen: string }) => {
  const id = `filter-${filter.parameter}`;
  return (
    <div>
      <label for={id}>{filter.title}</label>
      {filter.options === undefined
        ? <input id={id} name={filter.parameter} value={chosen} />
        : (
          <select id={id} name={filter.parameter}>
            {filter.fallback === undefined && <option value="">any</option>}
            {filter.options.map((option) => (
              <option value={option} selected={option === chosen}>{labelOf(option)}</option>
            ))}
          </select>
        )}
    </div>
  );
};

function Table({ chrome, model, items, query }: Pick<ListProps, "chrome" | "model" | "items" | "query">) {
  const actions = actionsOf(model);
  const table = <Rows {...{ model, items, query }} isTicked={actions.length > 0 && chrome.mayWrite} />;
  if (actions.length === 0 || !chrome.mayWrite) return table;
  return (
    <form method="post" action={fromList(pathOfActions(model), placeIn(query))}>
      {table}
      <div class="tools">
        <label for="action">With the ticked</label>
        <select id="action" name="action">
          {actions.map(({ name, title }) => <option value={name}>{title}</option>)}
        </select>
        <button type="submit">Go</button>
      </div>
    </form>
  );
}

interface RowsProps extends Pick<ListProps, "model" | "items"> {
  readonly isTicked?: boolean;
  /** Of the list's own page: what was asked of it. */
  readonly query?: URLSearchParams;
}

export const Rows = ({ model, items, query, isTicked = false }: RowsProps) => (
  <div class="wide" role="region" aria-label={model.title} tabindex={0}>
    <table>
      <thead>
        <tr>
          {isTicked && (
            <th scope="col">
              <span class="unseen">Ticked</span>
            </th>
          )}
          {model.columns.map(({ title, isNumber }) =>
            query !== undefined && model.orderedBy?.(query) === title
              ? <OrderedHeader model={model} title={title} query={query} isNumber={isNumber ?? false} />
              : <th scope="col" class={isNumber ? "number" : ""}>{title}</th>
          )}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => <ItemRow {...{ model, item, isTicked }} list={placeIn(query ?? new URLSearchParams())} />)}
      </tbody>
    </table>
  </div>
);

/** Leads to the same list from its other end. */
function OrderedHeader({ model, title, query, isNumber }: {
  model: Model;
  title: string;
  query: URLSearchParams;
  isNumber: boolean;
}) {
  const isReversed = query.get("order") === "desc";
  const other = asked(query);
  other.set("order", isReversed ? "asc" : "desc");
  return (
    <th scope="col" class={isNumber ? "number" : ""} aria-sort={isReversed ? "descending" : "ascending"}>
      <a href={`${pathOfModel(model)}?${other}`}>
        {title} <span aria-hidden="true">{isReversed ? "↓" : "↑"}</span>
      </a>
    </th>
  );
}

/** What is asked of a list, wherever one is in it. */
function asked(query: URLSearchParams): URLSearchParams {
  const kept = placeIn(query);
  kept.delete("cursor");
  return kept;
}

function ItemRow({ model, item, isTicked, list }: {
  model: Model;
  item: Item;
  isTicked: boolean;
  list: URLSearchParams;
}) {
  const id = model.idOf(item);
  return (
    <tr>
      {isTicked && (
        <td>
          <input type="checkbox" name="id" value={id} aria-label={`Tick ${model.titleOf(item)}`} />
        </td>
      )}
      {model.columns.map(({ show, isNumber }, column) => (
        <td class={isNumber ? "number" : ""}>
          {column === 0 ? <a href={fromList(pathOfItem(model, id), list)}>{show(item)}</a> : show(item)}
        </td>
      ))}
    </tr>
  );
}

function Pages({ model, query, nextCursor }: Pick<ListProps, "model" | "query" | "nextCursor">) {
  const kept = asked(query);
  const first = pathOfList(model, kept);
  if (!query.has("cursor") && nextCursor === undefined) return null;
  if (nextCursor !== undefined) kept.set("cursor", nextCursor);
  return (
    <nav class="pages" aria-label="Pages">
      {query.has("cursor") && <a href={first}>First page</a>}
      {nextCursor !== undefined && <a rel="next" href={`${pathOfModel(model)}?${kept}`}>Next page</a>}
    </nav>
  );
}
