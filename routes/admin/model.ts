/**
 * What there is to say of a kind of thing, so that its pages come by themselves: a list, a form to add one, a page of its own
 * with forms to change it, and one to delete it.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { Child } from "hono/jsx";
import { SYSTEM_USER_ID } from "../../lib/store/users.ts";
import type { Api, ApiQuestion } from "./api_client.ts";
import type { JsonObject } from "./fields.ts";
import { listAt } from "./list_place.ts";

// deno-lint-ignore no-explicit-any -- an item as the API answers it, which differs from model to model
export type Item = any;

export interface Column {
  readonly title: string;
  readonly show: (item: Item) => Child;
  /** Of figures: they stand at the right. */
  readonly isNumber?: boolean;
}

/** A choice above the list, passed on to the API. */
export interface Filter {
  readonly parameter: string;
  readonly title: string;
  /** Without them it is typed in. */
  readonly options?: readonly string[];
  /** What the API takes where nothing is chosen; otherwise any will do. */
  readonly fallback?: string;
}

export interface Form {
  readonly title: string;
  /** The one that the API's route validates with. */
  readonly schema: z.ZodType;
  readonly method: NonNullable<ApiQuestion["method"]>;
  /** The whole value is sent, rather than what was changed of it. */
  readonly isWhole: boolean;
  /** Of the API. */
  readonly path: (id: string) => string;
  /** The value that it is filled with at first. */
  readonly valueOf: (item: Item) => JsonObject;
  /** The API takes rows by the list: the value is sent as the only one, with what else the row is known by. */
  readonly asRow?: (id: string) => JsonObject;
  /** Where the form changes it. */
  readonly idAfter?: (item: Item) => string;
}

/** How items of a model end. */
export interface Removal {
  /** As a button says it, and as a notice says that it is done. */
  readonly verb: string;
  readonly done: string;
  /** What else goes, or why it cannot, in sentences. */
  readonly consequences: (api: Api, item: Item) => Promise<readonly string[]>;
}

/** Items of another model that belong to an item, in a table of their own. */
export interface Inline {
  readonly model: Model;
  /** What that list is asked by. */
  readonly query: (item: Item) => Readonly<Record<string, string>>;
}

/** The days of a list that is gone through by year and month. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Something to do to several items of a list at once. */
export interface Action {
  readonly name: string;
  readonly title: string;
  readonly run: (api: Api, id: string) => ReturnType<Api>;
  /** Asked about first, on a page of its own. */
  readonly isFinal?: boolean;
}

export interface Model {
  /** As in the path: `/admin/{name}`; the API's own, so that what the API calls something leads to its page. */
  readonly name: string;
  readonly title: string;
  readonly one: string;
  /** Pages that lead to its list, where it belongs to an item of another model. */
  readonly parents?: Trail;
  /** Of the API: the list, and an item of it. */
  readonly listPath: string;
  /** What is always asked of the list. */
  readonly listQuery?: Readonly<Record<string, string>>;
  readonly itemPath: (id: string) => string;
  /** Where the API has no path to read one item by, it is found in the list that it has. */
  readonly isFoundInList?: boolean;
  readonly idOf: (item: Item) => string;
  readonly titleOf: (item: Item) => string;
  /** The first leads to the item. */
  readonly columns: readonly Column[];
  /** The parameter of the API that searches. */
  readonly search?: { readonly parameter: string; readonly title: string };
  readonly filters?: readonly Filter[];
  /** The title of the column that the list is in the order of; the API gives it from either end. */
  readonly orderedBy?: (query: URLSearchParams) => string;
  /** Shown a month or a year at a time, of these days; nothing where there are none. */
  readonly span?: (api: Api) => Promise<Span | undefined>;
  readonly add?: Pick<Form, "title" | "schema" | "asRow"> & Partial<Pick<Form, "method">>;
  readonly change?: readonly Form[];
  /** Facts of an item that no form changes. */
  readonly facts?: (item: Item) => Readonly<Record<string, Child>>;
  /** What else is shown of it. */
  readonly details?: (item: Item) => Child;
  /** Other pages about an item. */
  readonly related?: (item: Item) => readonly { readonly href: string; readonly text: string }[];
  readonly inlines?: readonly Inline[];
  /** What the audit calls an item; absent where nothing of the kind is written down. */
  readonly auditTarget?: (id: string) => string;
  /** The path of the API that answers an item as CSV. */
  readonly csvPath?: (id: string) => string;
  readonly actions?: readonly Action[];
  /** Absent where nothing of the kind can be deleted. */
  readonly removal?: Removal;
}

/** What there is to do to several at once: also to delete them, where one can be deleted. */
export const actionsOf = ({ actions = [], removal, itemPath }: Model): readonly Action[] =>
  removal === undefined ? actions : [...actions, {
    ...{ name: "delete", title: removal.verb, isFinal: true },
    run: (api, id) => api(itemPath(id), { method: "DELETE" }),
  }];

export type Trail = readonly { readonly href: string; readonly text: string }[];

/** The way to a page of an item, past the list as it was asked for. */
export const trailTo = (model: Model, list: URLSearchParams): Trail => [
  ...model.parents ?? [],
  { href: pathOfList(model, list), text: model.title },
];

export const pathOfModel = ({ name }: Pick<Model, "name">): string => `/admin/${name}`;
/** Beside the list rather than in it, where items are, whose ids may be anything. */
export const pathOfAdd = ({ name }: Pick<Model, "name">): string => `/admin/add/${name}`;
export const pathOfActions = ({ name }: Pick<Model, "name">): string => `/admin/actions/${name}`;
/** Of the list, as it was asked for. */
export const pathOfList = (model: Model, list: URLSearchParams): string => listAt(pathOfModel(model), list);
export const pathOfItem = (model: Model, id: string): string => `${pathOfModel(model)}/${encodeURIComponent(id)}`;

/** To the page of whose something is: of the service itself there is none. */
export const linkToUser = (id: string): Trail =>
  id === SYSTEM_USER_ID ? [] : [{ href: `/admin/users/${encodeURIComponent(id)}`, text: "Whose it is" }];
