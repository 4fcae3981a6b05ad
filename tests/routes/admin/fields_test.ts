import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { changedMembers, fieldsOf, readForm } from "../../../routes/admin/fields.ts";
import { NewAssetSchema } from "../../../routes/asset_schemas.ts";
import { InvestmentsSchema } from "../../../routes/portfolio_schemas.ts";

function typed(values: Record<string, string>): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) form.append(name, value);
  return form;
}

Deno.test("a schema's fields: what is required, what may be null, what is chosen from", () => {
  const fields = fieldsOf(NewAssetSchema);
  assert.deepEqual(fields.map(({ name, type, isRequired, isNullable }) => [name, type, isRequired, isNullable]), [
    ["symbol", "text", true, false],
    ["name", "text", false, false],
    ["kind", "choice", false, false],
    ["currency", "text", false, false],
    ["status", "choice", false, false],
    ["listed_on", "text", false, false],
    ["sector", "choice", false, true],
    ["sector_weights", "group", false, true],
  ]);
});

Deno.test("what was typed becomes what the API takes", () => {
  const form = typed({
    "/symbol": "",
    "/name": " ABC ",
    "/kind": "fund",
    "/currency": "",
    "/status": "active",
    "/sector": "",
    "/sector_weights/energy": "0.25",
    "/sector_weights/materials": "half",
    "/sector_weights/utilities": "",
  });
  assert.deepEqual(readForm(fieldsOf(NewAssetSchema), form), {
    // Required, so that the API says that it is empty.
    symbol: "",
    name: "ABC",
    kind: "fund",
    status: "active",
    sector: null,
    // What is no number goes on as it was typed, for the API to name.
    sector_weights: { energy: 0.25, materials: "half" },
  });
});

Deno.test("rows in which nothing was typed are left out", () => {
  const form = typed({
    "/investments/0/asset": "AAPL",
    "/investments/0/amount": "010",
    "/investments/1/asset": "",
    "/investments/1/amount": " ",
    "/investments/2/asset": "GS",
    "/investments/2/amount": "",
  });
  assert.deepEqual(readForm(fieldsOf(InvestmentsSchema), form), {
    investments: [{ asset: "AAPL", amount: "010" }, { asset: "GS", amount: "" }],
  });
});

Deno.test("ticks, several choices, and numbers in no notation of JSON", () => {
  const schema = z.strictObject({
    is_public: z.boolean(),
    scopes: z.array(z.enum(["read", "write"])),
    count: z.int().optional(),
  });
  const form = typed({ "/is_public": "true", "/count": "0x10" });
  form.append("/scopes", "read");
  form.append("/scopes", "write");
  assert.deepEqual(readForm(fieldsOf(schema), form), { is_public: true, scopes: ["read", "write"], count: "0x10" });
  assert.deepEqual(readForm(fieldsOf(schema), typed({})), { is_public: false, scopes: [] });
});

Deno.test("what no form has an input for is refused when the pages are made", () => {
  assert.throws(() => fieldsOf(z.strictObject({ anything: z.record(z.string(), z.unknown()).array() })), TypeError);
});

Deno.test("only what was changed is sent", () => {
  const before = { name: "A", sector: "energy", sector_weights: null };
  assert.deepEqual(changedMembers(before, { name: "A", sector: null, sector_weights: { energy: 1 } }), {
    sector: null,
    sector_weights: { energy: 1 },
  });
  assert.deepEqual(changedMembers(before, before), {});
});
