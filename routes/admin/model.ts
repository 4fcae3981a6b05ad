/**
 * What there is to say of a kind of thing, so that its pages come by themselves: a list, a form to add one, a page of its own
 * with forms to change it, and one to delete it.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { Child } from "hono/jsx";
import type { Api, ApiQuestion } from "./api_client.ts";
import type { JsonObject } from "./fields.ts";

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
}

/** Something to do to several items of a list at once. */
export interface Action {
  readonly name: string;
  readonly title: string;
  readonly run: (api: Api, id: string) => ReturnType<Api>;
}

export interface Model {
  /** As in the path: `/admin/{name}`. */
  readonly name: string;
  readonly title: string;
  readonly one: string;
  /** Of the API: the list, and an item of it. */
  readonly listPath: string;
  /** What is always asked of the list. */
  readonly listQuery?: Readonly<Record<string, string>>;
  readonly itemPath: (id: string) => string;
  readonly idOf: (item: Item) => string;
  readonly titleOf: (item: Item) => string;
  /** The first leads to the item. */
  readonly columns: readonly Column[];
  /** The parameter of the API that searches. */
  readonly search?: { readonly parameter: string; readonly title: string };
  readonly filters?: readonly Filter[];
  readonly add?: Omit<Form, "valueOf" | "method" | "path" | "isWhole">;
  readonly change?: readonly Form[];
  /** Facts of an item that no form changes. */
  readonly facts?: (item: Item) => Readonly<Record<string, Child>>;
  /** Other pages about an item. */
  readonly related?: (item: Item) => readonly { readonly href: string; readonly text: string }[];
  readonly actions?: readonly Action[];
  /** What else goes, or why it cannot, in sentences; absent where nothing of the kind can be deleted. */
  readonly deleting?: (api: Api, item: Item) => Promise<readonly string[]>;
}

export const pathOfModel = ({ name }: Model): string => `/admin/${name}`;
export const pathOfItem = (model: Model, id: string): string => `/admin/${model.name}/${encodeURIComponent(id)}`;
