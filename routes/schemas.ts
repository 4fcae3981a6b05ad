/**
 * Schemas that several resources share.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { isCurrencyCode, MINOR_UNIT_CODES } from "../lib/analysis/currency.ts";
import { canGoOn, isDay } from "../lib/day.ts";
import { SECTORS, SYMBOL_FORM } from "../lib/store/assets.ts";
import type { Page } from "../lib/store/collection.ts";

export const MAX_LIMIT = 200;

export const DaySchema = z.string().refine(
  isDay,
  "must be a day of the calendar from 1970-01-01 on, such as 2021-11-05",
)
  .openapi({ format: "date", example: "2021-11-05" });

/** One from which days are counted on. */
export const CountedDaySchema = DaySchema.refine((day) => !isDay(day) || canGoOn(day), "must be before the year 9999")
  .openapi({ format: "date", example: "2021-11-05" });

export const InstantSchema = z.string().openapi({ format: "date-time", example: "2021-11-06T07:00:12.345Z" });

export const SectorSchema = z.enum(SECTORS).openapi("Sector", { examples: ["information_technology"] });

/** A union, because a nullable schema that has a name is written to the OpenAPI document as one that null never meets. */
export const NullableSectorSchema = z.union([SectorSchema, z.null()], `must be null or one of ${SECTORS.join(", ")}`);

/** Case-sensitive, since providers' symbols are. */
export const SymbolSchema = z.string()
  .regex(SYMBOL_FORM, "must be 1 to 20 letters, digits, dots, hyphens or colons")
  .refine((symbol) => symbol !== "." && symbol !== "..", "must not be . or .., which no path can name")
  .openapi({ example: "AAPL" });

export const CurrencySchema = z.string()
  .refine(isCurrencyCode, "must be a currency code of ISO 4217 such as USD")
  .openapi({ pattern: "^[A-Z]{3}$", example: "USD" });

/** What prices may be quoted in. */
export const AssetCurrencySchema = z.string()
  .refine(
    (code) => isCurrencyCode(code) || MINOR_UNIT_CODES.includes(code),
    "must be a currency code of ISO 4217 such as USD, or a minor unit such as GBp",
  )
  .openapi({
    pattern: "^[A-Za-z]{3}$",
    description: `Of ISO 4217, or the minor unit that it is quoted in: ${MINOR_UNIT_CODES.join(", ")}`,
    example: "USD",
  });

// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** A name as people write it: trimmed, composed (NFC), without control characters. */
export const nameSchema = (maxLength: number) =>
  z.string()
    .refine(
      (text) => text.isWellFormed() && !CONTROL.test(text),
      "must not contain control characters or lone surrogates",
    )
    .transform((text) => text.normalize("NFC").trim())
    .pipe(
      z.string().min(1, "must not be empty")
        // As JSON Schema counts: a character outside the basic plane is two units of UTF-16.
        .refine((text) => [...text].length <= maxLength, `must have ${maxLength} characters at most`),
    ).openapi({ type: "string", minLength: 1, maxLength });

/** `?limit=` and `?cursor=`, and what the list itself is asked by; a parameter that the list does not know is refused. */
export const listQuery = <const T extends z.ZodRawShape>(shape: T) =>
  z.strictObject({
    limit: z.string().regex(/^\d{1,3}$/, `must be a whole number from 1 to ${MAX_LIMIT}`).transform(Number)
      .pipe(z.number().min(1, `must be 1 to ${MAX_LIMIT}`).max(MAX_LIMIT, `must be 1 to ${MAX_LIMIT}`)).optional()
      .openapi({ type: "integer", minimum: 1, maximum: MAX_LIMIT, default: 50, description: "Items on a page" }),
    cursor: z.string().max(2_000).optional()
      .openapi({ description: "`next_cursor` of the page before", example: "Zk8xQ2dUAgAAAAAAAAAA" }),
    ...shape,
  });

export const OrderSchema = z.enum(["asc", "desc"]).optional()
  .openapi({ description: "The order that the list has, or its opposite", default: "asc" });

export const DEFAULT_LIMIT = 50;

export const pageSchema = <T extends z.ZodType>(item: T, name: string) =>
  z.object({
    items: z.array(item),
    next_cursor: z.string().optional().openapi({ description: "Absent on the last page" }),
  }).openapi(name);

/** A page and its `Link` header (RFC 8288). */
export function pageAnswer<T, W>(page: Page<T>, view: (item: T) => W, url: string) {
  const items = page.items.map(view);
  if (page.nextCursor === undefined) return { body: { items }, headers: {} };
  const next = new URL(url);
  next.searchParams.set("cursor", page.nextCursor);
  return {
    body: { items, next_cursor: page.nextCursor },
    headers: { link: `<${next.pathname}${next.search}>; rel="next"` },
  };
}

/** Where no parameter is known, none is taken. */
export const NoQuerySchema = z.strictObject({});

export const IfMatchHeaderSchema = z.object({
  "if-match": z.string().optional().openapi({ description: "Entity tags of the versions that may be changed, or `*`" }),
});

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

/** To a GET that names the present version. */
export const NOT_MODIFIED = {
  304: { description: "Nothing has changed since the version that `If-None-Match` names" },
};

/** Of an answer that says where what it made is. */
export const LOCATED = { headers: { Location: { $ref: "#/components/headers/Location" } } };

export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { "application/json": { schema } } },
});
