/**
 * Writes the OpenAPI document to fixtures/openapi.json, where a test compares it with what is served.
 *
 * @module
 */
import { createApp } from "../routes/app.ts";
import { openApiDocument } from "../routes/openapi.ts";

const FILE = new URL("../fixtures/openapi.json", import.meta.url);

const app = createApp({ onInternalError: () => {} });
await Deno.writeTextFile(FILE, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
