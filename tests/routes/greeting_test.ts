import assert from "node:assert/strict";
import { readConfig } from "../../lib/config.ts";
import { greeting } from "../../routes/greeting.ts";

const said = (env: Record<string, string>, address: Partial<Deno.NetAddr>) =>
  greeting({
    config: readConfig((name) => env[name]),
    address: address as Deno.NetAddr,
    ...{ setUp: "of-the-link", isDemoThere: false, startMs: 1 },
  });

const explorer = (text: string) => /API explorer +(\S+)/.exec(text)?.[1];

Deno.test("what the start prints leads to where users find it; of a port of the system's choice, to where it listens", () => {
  assert.equal(explorer(said({ PORT: "0" }, { hostname: "127.0.0.1", port: 4123 })), "http://127.0.0.1:4123/docs");
  assert.equal(explorer(said({ PORT: "0" }, { hostname: "::1", port: 4123 })), "http://[::1]:4123/docs");
  const PUBLIC_URL = "https://folio.example.com";
  assert.equal(explorer(said({ PUBLIC_URL }, { hostname: "0.0.0.0", port: 8000 })), `${PUBLIC_URL}/docs`);
});

Deno.test("where a platform listens on something else than a port, it is the address that users have", () => {
  const PUBLIC_URL = "https://folio.example.com";
  assert.equal(explorer(said({ PUBLIC_URL }, {})), `${PUBLIC_URL}/docs`);
});

Deno.test("the set-up link stands there with its token", () => {
  const text = said({}, { hostname: "127.0.0.1", port: 8000 });
  assert.match(text, / http:\/\/localhost:8000\/auth\/set-up\?token=of-the-link /);
});
