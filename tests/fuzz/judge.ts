/**
 * What has to hold for the answer to any request, by what was wrong with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { isDay } from "../../lib/day.ts";
import type { OpenApiDocument } from "../support/openapi_response.ts";
import { refusedForItsMeaning } from "./meanings.ts";
import type { FuzzedRequest } from "./requests.ts";
import type { Schema } from "./values.ts";

export type Judge = (request: FuzzedRequest, answer: Response) => Promise<void>;

/** Answers to what could not be read or was not valid. */
const REFUSALS = [400, 413, 415, 422];

export function judgeBy(document: OpenApiDocument): Judge {
  const isValid = bodyValidator(document);
  return async (request, answer) => {
    const { operation, sent: { method, path, headers, body = "" }, json, fault } = request;
    const wrong = fault ?? (json !== undefined && !isValid(json.schema, json.value) ? "the body" : undefined);
    const text = await answer.text();
    const said = `${operation}: ${method} ${path.slice(0, 300)} ${body.slice(0, 500)}\n${answer.status} ${
      text.slice(0, 500)
    }`;
    assert.ok(answer.status < 500 || answer.status === 503 || answer.status === 502, said);
    if (answer.status === 503) assert.ok(answer.headers.get("retry-after"), `${said}\nhas no Retry-After`);
    if (wrong !== undefined) {
      assert.ok(answer.status >= 400 && answer.status < 500, `Wrong is ${wrong}, and yet: ${said}`);
    }
    if (wrong !== undefined || !REFUSALS.includes(answer.status) || !text.startsWith("{")) return;
    // Of CSV the schema says that it is text.
    if (headers["content-type"] === "text/csv") return;
    assert.ok(refusedForItsMeaning(operation, text), `The document allows what is refused: ${said}`);
  };
}

function bodyValidator({ components }: OpenApiDocument): (schema: Schema, value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, formats: FORMATS, validateFormats: true });
  ajv.addSchema({ $id: "openapi", components });
  const compiled = new Map<Schema, ValidateFunction>();
  return (schema, value) => {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
    const validate = compiled.get(schema) ?? ajv.compile(absolute);
    compiled.set(schema, validate);
    return validate(value);
  };
}

/** As what is sent may be written. */
const FORMATS = {
  date: isDay,
  "date-time": (text: string) =>
    isDay(text.slice(0, 10)) && /T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text.slice(10)),
  decimal: true,
  "uri-reference": true,
} as const;
