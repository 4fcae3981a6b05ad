/**
 * What tests say of answers: status first, then headers, then body.
 *
 * @module
 */
import assert from "node:assert/strict";
import { PROBLEMS, type ProblemType, type ValueError } from "../../lib/problem.ts";
import type { TestService } from "./service.ts";

export type Json = Record<string, unknown>;

/** The JSON body of an answer of this status. */
export async function bodyOf<T = Json>(response: Response, status = 200): Promise<T> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.equal(response.headers.get("content-type"), "application/json");
  return JSON.parse(text);
}

/** The items of a page. */
export const itemsOf = async (response: Response): Promise<Json[]> => (await bodyOf<{ items: Json[] }>(response)).items;

/** A problem of this type; where `errors` are given, exactly these. */
export async function assertProblem(
  response: Response,
  type: ProblemType,
  errors?: readonly ValueError[],
): Promise<Json> {
  const text = await response.text();
  assert.equal(response.status, PROBLEMS[type].status, text);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const body = JSON.parse(text);
  assert.deepEqual([body.type, body.title], [`/problems/${type}`, PROBLEMS[type].title]);
  if (errors !== undefined) assert.deepEqual(body.errors, errors);
  return body;
}

/** Everything that is stored, with its versions. */
export const dump = (kv: Deno.Kv): Promise<Deno.KvEntry<unknown>[]> => Array.fromAsync(kv.list({ prefix: [] }));

/** A write that is refused as this problem, and leaves the store as it was. */
export async function assertRefused(
  service: TestService,
  ask: () => Promise<Response>,
  type: ProblemType,
  errors?: readonly ValueError[],
): Promise<Json> {
  const before = await dump(service.kv);
  const problem = await assertProblem(await ask(), type, errors);
  assert.deepEqual(await dump(service.kv), before, "Something was stored all the same");
  return problem;
}

/** What of an answer's tag `If-Match` goes by: the version, without the form that it was told in. */
export const versionOf = ({ headers }: Response): string => headers.get("etag")?.replace(/~[^"]*/, "") ?? "";
