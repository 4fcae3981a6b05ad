import assert from "node:assert/strict";
import { type Actor, isAdministrator, STRANGER, SYSTEM, SYSTEM_USER_ID } from "../../../lib/identity/actor.ts";
import { identifyBy } from "../../../lib/identity/identify.ts";

const KEY = "0123456789abcdef0123456789ABCDEF";

const refused = (detail: RegExp) => ({
  name: "Problem",
  type: "unauthorized",
  detail,
  headers: { "www-authenticate": 'Bearer realm="foliolens"' },
});

Deno.test("nobody says who they are: a stranger", () => {
  for (const adminApiKey of [KEY, undefined]) {
    assert.equal(identifyBy({ adminApiKey })({ authorization: null }), STRANGER);
  }
  assert.equal(isAdministrator(STRANGER), false);
});

Deno.test("the key of the configuration is an administrator, who owns what the service itself made", () => {
  const identify = identifyBy({ adminApiKey: KEY });
  for (const authorization of [`Bearer ${KEY}`, `bearer ${KEY}`, `BEARER  ${KEY}`, ` Bearer ${KEY} `]) {
    const actor = identify({ authorization }) as Actor;
    assert.equal(actor, SYSTEM);
    assert.equal(SYSTEM.id, SYSTEM_USER_ID);
    assert.equal(isAdministrator(actor), true);
  }
});

Deno.test("another key is refused, however near it comes", () => {
  const identify = identifyBy({ adminApiKey: KEY });
  for (const key of ["x", KEY.slice(0, -1), `${KEY}0`, KEY.toLowerCase(), KEY.replace("0", "O"), "undefined", "null"]) {
    assert.throws(() => identify({ authorization: `Bearer ${key}` }), refused(/^The key is not known$/), key);
  }
});

Deno.test("without a key in the configuration every key is refused", () => {
  const identify = identifyBy({ adminApiKey: undefined });
  for (const key of [KEY, "undefined", "null", ""]) {
    assert.throws(() => identify({ authorization: `Bearer ${key}` }), { name: "Problem", type: "unauthorized" });
  }
});

Deno.test("a header of another form is refused, not taken for none", () => {
  const identify = identifyBy({ adminApiKey: KEY });
  for (const authorization of ["", " ", KEY, "Bearer", "Bearer ", `Basic ${KEY}`, `Bearer ${KEY} x`, `Bearer${KEY}`]) {
    assert.throws(
      () => identify({ authorization }),
      refused(/^The Authorization header is not of the form/),
      authorization,
    );
  }
});
