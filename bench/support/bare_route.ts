/**
 * The peer: one Hono route that answers the bytes of a file, in a process of its own: `deno run -A bare_route.ts FILE`.
 *
 * @module
 */
import { Hono } from "hono";

const [file = ""] = Deno.args;
const bytes = await Deno.readTextFile(file);
const app = new Hono();
app.get("/portfolios/:id/sectors", () => new Response(bytes, { headers: { "content-type": "application/json" } }));
Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`) },
  app.fetch,
);
