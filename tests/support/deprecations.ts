/**
 * What an OpenAPI document says of things that will go, held against what is promised of them in docs/compatibility.md.
 *
 * @module
 */
// deno-lint-ignore no-explicit-any -- a document, read as it comes
type Json = any;

/** Of each answer of an operation in which something will go. */
const HEADERS = ["deprecation", "sunset", "link"];

/** They hold values, which may have any member. */
const VALUES = ["example", "examples", "default", "const", "enum"];

/** The headers that are missing where something is deprecated. */
export function unsaidDeprecations({ paths, components }: Json): string[] {
  return Object.entries<Json>(paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).filter(([, operation]) => isSomethingDeprecated(operation, components.schemas))
      .flatMap(([method, { responses }]) =>
        Object.entries<Json>(responses).filter(([status]) => Number(status) < 400).flatMap(([status, answer]) => {
          const said = Object.keys(answer.headers ?? {}).map((name) => name.toLowerCase());
          return HEADERS.filter((name) => !said.includes(name))
            .map((name) => `${method.toUpperCase()} ${path} ${status} has something deprecated, and no ${name}`);
        })
      )
  );
}

/** Of `properties` the members are called anything. */
function isSomethingDeprecated(part: Json, schemas: Json, seen = new Set<string>(), areNames = false): boolean {
  if (typeof part !== "object" || part === null) return false;
  if (part.deprecated === true && !areNames) return true;
  if (typeof part.$ref === "string" && !seen.has(part.$ref)) {
    seen.add(part.$ref);
    if (isSomethingDeprecated(schemas[part.$ref.split("/").at(-1)], schemas, seen)) return true;
  }
  return Object.entries(part).some(([name, inner]) =>
    (areNames || !VALUES.includes(name)) &&
    isSomethingDeprecated(inner, schemas, seen, !areNames && name === "properties")
  );
}
