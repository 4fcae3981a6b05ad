/**
 * What in a new OpenAPI document would break clients of the last release's. Made for documents of OpenAPI 3.1 as this project writes
 * them: what it does not know of a schema counts as a break when it changes.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { WHO } from "../../routes/access.ts";
import { type Effect, schemaChanges, type Schemas } from "./schema_changes.ts";

// deno-lint-ignore no-explicit-any -- documents of two versions, read as they come
type Json = any;

type Break = string;

/** Empty where every client of `before` goes on working with `after`. */
export function breakingChanges(before: Json, after: Json): Break[] {
  const { securitySchemes = {}, ...components } = before.components;
  const operations = Object.entries<Json>(before.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) return [`${name} is gone`];
      const schemas = { before: components.schemas, after: after.components.schemas };
      return [
        ...accessChanges(operation, now),
        ...parameterChanges(operation, now, schemas),
        ...bodyChanges(operation.requestBody, now.requestBody, schemas),
        ...answerChanges(operation.responses, now.responses, schemas),
      ].map((what) => `${name}: ${what}`);
    })
  );
  return [...schemeChanges(securitySchemes, after.components.securitySchemes ?? {}), ...operations];
}

/** How clients show who they are. */
function schemeChanges(before: Json, after: Json): Break[] {
  const said = (scheme: Json) => ({ ...scheme, description: undefined });
  return Object.keys(before).filter((name) => !isDeepStrictEqual(said(before[name]), said(after[name])))
    .map((name) => `${name} is another security scheme now`);
}

/** What programs that were generated from the document call it by, and who may. */
function accessChanges(before: Json, after: Json): Break[] {
  const rank = (operation: Json) => WHO.indexOf(operation["x-access"]);
  const alternatives = (after.security ?? []).map((one: Json) => JSON.stringify(one));
  const gone = (before.security ?? []).filter((one: Json) => !alternatives.includes(JSON.stringify(one)));
  return [
    ...(before.operationId === after.operationId ? [] : [`operationId is ${after.operationId} now`]),
    ...(rank(after) > rank(before) ? [`is for ${after["x-access"]} only`] : []),
    ...gone.map((one: Json) => `does not take ${JSON.stringify(one)} any more`),
  ];
}

function parameterChanges(before: Json, after: Json, schemas: Schemas): Break[] {
  const [was, is] = [before.parameters ?? [], after.parameters ?? []];
  const find = (among: Json[], { name, in: place }: Json) => among.find((one) => one.name === name && one.in === place);
  const gone = was.filter((one: Json) => find(is, one) === undefined);
  const needed = is.filter((one: Json) => one.required && !find(was, one)?.required);
  const changed = was.flatMap((one: Json) => {
    const now = find(is, one);
    return now === undefined ? [] : within(`parameter ${one.name}`, one.schema, now.schema, schemas, "narrower");
  });
  return [
    ...gone.map((one: Json) => `parameter ${one.name} is gone`),
    ...needed.map((one: Json) => `parameter ${one.name} is required now`),
    ...changed,
  ];
}

function bodyChanges(before: Json, after: Json, schemas: Schemas): Break[] {
  if (before === undefined) return after?.required ? ["a body is required now"] : [];
  if (after === undefined) return ["takes no body any more"];
  const became = after.required && !before.required ? ["a body is required now"] : [];
  return [...became, ...contentChanges("body", before.content, after.content, schemas, "narrower")];
}

function answerChanges(before: Json, after: Json, schemas: Schemas): Break[] {
  const gone = Object.keys(before).filter((status) => after[status] === undefined);
  // A new problem is told in the one form that all have; another success is one that clients do not look for.
  const added = Object.keys(after).filter((status) => before[status] === undefined && Number(status) < 400);
  const changed = Object.entries<Json>(before).filter(([status]) => after[status] !== undefined)
    .flatMap(([status, { content = {}, headers = {} }]) => [
      ...contentChanges(status, content, after[status].content ?? {}, schemas, "wider"),
      ...Object.keys(headers).filter((name) => after[status].headers?.[name] === undefined)
        .map((name) => `${status}: no ${name} any more`),
    ]);
  return [
    ...gone.map((status) => `does not answer ${status} any more`),
    ...added.map((status) => `answers ${status} now`),
    ...changed,
  ];
}

function contentChanges(at: string, before: Json, after: Json, schemas: Schemas, breaks: Effect): Break[] {
  return Object.entries<Json>(before).flatMap(([type, { schema }]) =>
    after[type] === undefined ? [`${at}: no ${type} any more`] : within(at, schema, after[type].schema, schemas, breaks)
  );
}

/** What is sent may only be asked less of; what is answered may only promise more. */
const within = (at: string, before: Json, after: Json, schemas: Schemas, breaks: Effect): Break[] =>
  schemaChanges(before, after, schemas).filter(({ effects }) => effects.includes(breaks))
    .map((change) => `${at}${change.at} ${change.what}`);
