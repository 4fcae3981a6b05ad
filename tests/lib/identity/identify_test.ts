import assert from "node:assert/strict";
import { isAdministrator, STRANGER, SYSTEM } from "../../../lib/identity/actor.ts";
import { type Credentials, type Identify, identifyBy } from "../../../lib/identity/identify.ts";
import { createUses } from "../../../lib/identity/uses.ts";
import { createLog } from "../../../lib/log.ts";
import { SYSTEM_USER_ID } from "../../../lib/store/users.ts";
import { openTestStore } from "../store/harness.ts";

const KEY = "0123456789abcdef0123456789ABCDEF";

const refused = (detail: RegExp) => ({
  name: "Problem",
  type: "unauthorized",
  detail,
  headers: { "www-authenticate": 'Bearer realm="foliolens"' },
});

const sending = (authorization: string | null): Credentials => ({ authorization, session: null, origin: null });

async function withIdentify(
  adminApiKey: string | undefined,
  test: (identify: Identify) => void | Promise<void>,
): Promise<void> {
  using opened = await openTestStore();
  const log = createLog({ level: "error", now: opened.ctx.now, write: () => {} });
  await test(identifyBy({ ctx: { ...opened.ctx, uses: createUses({ ...opened.ctx, log }) }, adminApiKey }));
}

Deno.test("nobody says who they are: a stranger", async () => {
  for (const adminApiKey of [KEY, undefined]) {
    await withIdentify(adminApiKey, (identify) => assert.equal(identify(sending(null)), STRANGER));
  }
  assert.equal(isAdministrator(STRANGER), false);
});

Deno.test("the key of the configuration is an administrator, who owns what the service itself made", () =>
  withIdentify(KEY, (identify) => {
    for (const authorization of [`Bearer ${KEY}`, `bearer ${KEY}`, `BEARER  ${KEY}`, ` Bearer ${KEY} `]) {
      assert.equal(identify(sending(authorization)), SYSTEM);
    }
    assert.equal(SYSTEM.id, SYSTEM_USER_ID);
    assert.equal(isAdministrator(SYSTEM), true);
  }));

Deno.test("another key is refused, however near it comes", () =>
  withIdentify(KEY, async (identify) => {
    for (
      const key of ["x", KEY.slice(0, -1), `${KEY}0`, KEY.toLowerCase(), KEY.replace("0", "O"), "undefined", "null"]
    ) {
      await assert.rejects(async () => await identify(sending(`Bearer ${key}`)), refused(/^The key is not known/), key);
    }
  }));

Deno.test("without a key in the configuration every key is refused", () =>
  withIdentify(undefined, async (identify) => {
    for (const key of [KEY, "undefined", "null", ""]) {
      const refusal = { name: "Problem", type: "unauthorized" };
      await assert.rejects(async () => await identify(sending(`Bearer ${key}`)), refusal);
    }
  }));

Deno.test("a header of another form is refused, not taken for none", () =>
  withIdentify(KEY, (identify) => {
    for (
      const authorization of ["", " ", KEY, "Bearer", "Bearer ", `Basic ${KEY}`, `Bearer ${KEY} x`, `Bearer${KEY}`]
    ) {
      const refusal = refused(/^The Authorization header is not of the form/);
      assert.throws(() => identify(sending(authorization)), refusal, authorization);
    }
  }));

Deno.test("a session that is not known makes a stranger; beside a key that is known it does not count", () =>
  withIdentify(KEY, async (identify) => {
    assert.equal(await identify({ ...sending(null), session: "unknown" }), STRANGER);
    assert.equal(identify({ ...sending(`Bearer ${KEY}`), session: "unknown" }), SYSTEM);
  }));
