/**
 * What a page's handler is given, and what it answers.
 *
 * @module
 */
import type { Context } from "hono";
import { Problem, PROBLEMS, type ProblemType } from "../../lib/problem.ts";
import type { AppEnv } from "../env.ts";
import { type Api, type ApiAnswer, errorsOf } from "./api_client.ts";
import type { Item } from "./model.ts";
import type { Chrome } from "./page.tsx";

export interface Visit {
  readonly api: Api;
  readonly chrome: Chrome;
  readonly query: URLSearchParams;
  /** What was asked of the list that one comes from. */
  readonly list: URLSearchParams;
}

/** A page, where to go on, or a file. */
export type Shown =
  | { readonly page: unknown; readonly status: number }
  | { readonly location: string; readonly notice?: string }
  | { readonly csv: string; readonly name: string };

export type Show = (visit: Visit, c: Context<AppEnv>) => Shown | Promise<Shown>;
export type Take = (visit: Visit, c: Context<AppEnv>, data: URLSearchParams) => Shown | Promise<Shown>;

/** Pages that are shown, and forms that are taken. */
export interface Pages {
  readonly show: (path: string, show: Show) => void;
  readonly take: (path: string, take: Take) => void;
}

export const param = (c: Context<AppEnv>, name: string): string => c.req.param(name) ?? "";

/** The body of what is there. Throws the problem that the API answers otherwise. */
export async function read(api: Api, path: string): Promise<Item> {
  const answer = await api(path);
  throwUnlessOk(answer);
  return answer.body;
}

/** What a search found, or what the API did not like about it. */
export async function searched(api: Api, path: string): Promise<{ error: string | undefined; body: Item }> {
  const answer = await api(path);
  if (answer.status === 422) return { error: [...errorsOf(answer).values()].flat().join("; "), body: {} };
  throwUnlessOk(answer);
  return { error: undefined, body: answer.body };
}

/** What the API refused is said by a page of ours. */
export function throwUnlessOk({ isOk, body }: ApiAnswer): void {
  if (isOk) return;
  const type = String(body?.type).replace("/problems/", "");
  throw new Problem(Object.hasOwn(PROBLEMS, type) ? type as ProblemType : "internal", String(body?.detail));
}
