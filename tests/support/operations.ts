/**
 * Every operation of the OpenAPI document, with a path and a query that it can be asked by: for the tests that go over all.
 *
 * @module
 */
import type { OpenApiDocument, OpenApiOperation } from "./openapi_response.ts";
import type { TestService } from "./service.ts";

export interface Operation extends OpenApiOperation {
  readonly method: string;
  /** With its parameters filled in. */
  readonly path: string;
  /** As the document has it. */
  readonly template: string;
}

/** What stands for each parameter that a path or a query must have. */
const PARAMETERS: Readonly<Record<string, string>> = {
  portfolio_id: "1",
  symbol: "AAPL",
  job_id: "pull-market-day:2021-11-05",
  entry_id: "2021-11-05:1:bar:0123456789ab",
  date: "2021-11-05",
  from: "2021-11-01",
  to: "2021-11-30",
  q: "AAPL",
  prefix: '["assets"]',
  user_id: "usr_1",
  key_id: "key_1",
  audit_id: "2021-11-06T12:00:00.000Z-0123456789ab",
  session_id: "ses_1",
  name: "nightly-pull",
  provider: "oidc",
};

/** All services have one, which takes long to make. */
let made: string | undefined;

export async function documentOf(service: TestService): Promise<OpenApiDocument> {
  made ??= await (await service.request("/openapi.json")).text();
  return JSON.parse(made);
}

/** Those of the API; what a person follows in a browser answers pages, and is asked in tests of its own. */
export async function operationsOf(service: TestService): Promise<Operation[]> {
  return (await allOperationsOf(service)).filter((operation) => !isPage(operation));
}

export const isPage = ({ responses }: OpenApiOperation): boolean =>
  Object.values(responses).some(({ content = {} }) => "text/html" in content);

export async function allOperationsOf(service: TestService): Promise<Operation[]> {
  const { paths } = await documentOf(service);
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path: filled(template, operation),
      template,
    }))
  );
}

function filled(template: string, { parameters = [] }: OpenApiOperation): string {
  const path = template.replaceAll(/\{([^}]+)\}/g, (_, name) => valueOf(name));
  const query = parameters.filter((parameter) => parameter.in === "query" && parameter.required)
    .map(({ name }) => `${name}=${valueOf(name)}`);
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function valueOf(name: string): string {
  const value = PARAMETERS[name];
  if (value === undefined) throw new Error(`No test knows a value for the parameter ${name}: add one here`);
  return value;
}

/** The body that the document shows for an operation, if it takes one. */
export function exampleBodyOf({ components }: OpenApiDocument, { requestBody }: OpenApiOperation): unknown {
  const schema = requestBody?.content["application/json"]?.schema;
  if (schema === undefined) return undefined;
  const named = components.schemas[String(schema["$ref"]).split("/").at(-1) ?? ""];
  return schema["example"] ?? named?.["example"] ?? {};
}
