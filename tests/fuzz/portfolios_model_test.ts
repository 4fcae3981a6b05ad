/**
 * Portfolios as several people change them, side by side with a model of a few lines: every status, and every portfolio as each of
 * them sees it, is what the model says.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { verify } from "../../lib/verify/mod.ts";
import { bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { type Ask, asking } from "../support/asking.ts";
import { addAssets } from "../support/factories.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";
import { runs } from "./runs.ts";

const NAMES = ["stranger", "ada", "bob", "adas reader", "adas writer", "viewer", "administrator"] as const;
type Name = typeof NAMES[number];

interface Portfolio {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly visibility: string;
  readonly status: string;
  readonly investments: readonly (readonly [asset: string, amount: string])[];
}

/** What the service is held against. */
interface Model {
  readonly portfolios: Map<number, Portfolio>;
  readonly assets: Set<string>;
  lastId: number;
}

interface Real {
  readonly service: TestService;
  readonly as: Readonly<Record<Name, Ask>>;
}

type Command = fc.AsyncCommand<Model, Real>;

/** Whose portfolios one's own are, and what one may do. */
const ID: Readonly<Record<Name, string | undefined>> = {
  ...{ "stranger": undefined, "ada": "usr_ada", "bob": "usr_bob", "viewer": "usr_viewer", "administrator": "usr_root" },
  ...{ "adas reader": "usr_ada", "adas writer": "usr_ada" },
};
const seesAll = (name: Name) => name === "viewer" || name === "administrator";
const isAdministrator = (name: Name) => name === "administrator";

/** Before anything is looked at: who may write at all. */
function barred(name: Name): number | undefined {
  if (name === "stranger") return 401;
  return name === "viewer" || name === "adas reader" ? 403 : undefined;
}

const sees = (name: Name, { owner, visibility }: Portfolio) =>
  visibility === "public" || owner === ID[name] || seesAll(name);

/** What is refused for what is sent, whatever it is sent to: no schema says that nothing is no amount. */
const invalid = (amounts: readonly string[]) => amounts.includes(NOTHING) ? 422 : undefined;
const amountsOf = (investments: Portfolio["investments"]) => investments.map(([, amount]) => amount);

/** What a change of a portfolio is refused with, whatever the change is. */
function refusal(name: Name, portfolio: Portfolio | undefined): number | undefined {
  const status = barred(name);
  if (status !== undefined) return status;
  if (portfolio === undefined || !sees(name, portfolio)) return 404;
  return portfolio.owner === ID[name] || isAdministrator(name) ? undefined : 403;
}

const isTaken = ({ portfolios }: Model, owner: string | undefined, name: string, but?: number) =>
  [...portfolios.values()].some((one) => one.owner === owner && one.name === name && one.id !== but);

interface Step {
  readonly text: string;
  readonly actor: Name;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** What is answered, and what it does to the model then. */
  expected(model: Model): number | (() => number);
}

/** A request as a command: its status is the model's. */
const command = ({ text, actor, method, path, body, expected }: Step): Command => ({
  check: () => true,
  toString: () => `${actor}: ${text}`,
  async run(model, { as }) {
    const said = expected(model);
    const answer = await as[actor](path, { method, ...(body !== undefined && { body }) });
    const seen = answer.status;
    assert.equal(seen, typeof said === "number" ? said : said(), `${actor}: ${text}: ${await answer.text()}`);
  },
});

/** Mostly those who get somewhere. */
const anyName = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...NAMES) }, {
  weight: 3,
  arbitrary: fc.constantFrom<Name>("ada", "administrator"),
});
const anyId = fc.integer({ min: 1, max: 4 });
const anyTitle = fc.constantFrom("Growth", "Income", "\u{1f4b0}");
const anySymbol = fc.constantFrom("AAPL", "GS");
const NOTHING = "0";
const anyAmount = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("1", "-2.5", "0.00000001") },
  { weight: 1, arbitrary: fc.constant(NOTHING) },
);
const anyVisibility = fc.constantFrom("private", "public");
const anyInvestments = fc.array(fc.tuple(anySymbol, anyAmount), { maxLength: 3 });

const asSent = (investments: readonly (readonly [string, string])[]) =>
  investments.map(([asset, amount]) => ({ asset, amount }));
const isFitting = ({ assets }: Model, investments: readonly (readonly [string, string])[]) =>
  investments.every(([asset]) => assets.has(asset)) &&
  new Set(investments.map(([asset]) => asset)).size === investments.length;

const create = fc.record({ actor: anyName, name: anyTitle, visibility: anyVisibility, investments: anyInvestments })
  .map((
    { actor, name, visibility, investments },
  ) =>
    command({
      ...{ text: `create ${name} ${investments}`, actor, method: "POST", path: "/portfolios" },
      body: { name, visibility, investments: asSent(investments) },
      expected(model) {
        const owner = ID[actor];
        const status = barred(actor) ?? invalid(amountsOf(investments));
        if (status !== undefined || owner === undefined) return status ?? 401;
        if (isTaken(model, owner, name)) return 409;
        if (!isFitting(model, investments)) return 422;
        return () => {
          const id = ++model.lastId;
          model.portfolios.set(id, { id, owner, name, visibility, status: "active", investments });
          return 201;
        };
      },
    })
  );

/** A change of a portfolio that is there and may be changed. */
const changing = (
  step: Omit<Step, "expected"> & { id: number; amounts?: readonly string[] },
  change: (model: Model, before: Portfolio) => Portfolio | number,
) =>
  command({
    ...step,
    expected(model) {
      const before = model.portfolios.get(step.id);
      const status = barred(step.actor) ?? invalid(step.amounts ?? []) ?? refusal(step.actor, before);
      if (status !== undefined || before === undefined) return status ?? 404;
      const after = change(model, before);
      return typeof after === "number" ? after : () => {
        model.portfolios.set(step.id, after);
        return 200;
      };
    },
  });

const patch = fc.record({
  ...{ actor: anyName, id: anyId },
  body: fc.record({ name: anyTitle, visibility: anyVisibility, status: fc.constantFrom("active", "inactive") }, {
    requiredKeys: [],
  }),
}).map(({ actor, id, body }) =>
  changing(
    { text: `patch ${id} ${JSON.stringify(body)}`, actor, id, method: "PATCH", path: `/portfolios/${id}`, body },
    (model, before) =>
      body.name !== undefined && isTaken(model, before.owner, body.name, id) ? 409 : { ...before, ...body },
  )
);

const replace = fc.record({ actor: anyName, id: anyId, investments: anyInvestments }).map((
  { actor, id, investments },
) =>
  changing({
    ...{ text: `replace ${id} ${investments}`, actor, id, method: "PUT", path: `/portfolios/${id}/investments` },
    ...{ body: { investments: asSent(investments) }, amounts: amountsOf(investments) },
  }, (model, before) => isFitting(model, investments) ? { ...before, investments } : 422)
);

const set = fc.record({ actor: anyName, id: anyId, symbol: anySymbol, amount: anyAmount }).map((
  { actor, id, symbol, amount },
) =>
  changing({
    ...{
      text: `set ${id} ${symbol}`,
      actor,
      id,
      method: "PUT",
      path: `/portfolios/${id}/investments/${symbol}`,
      body: { amount },
      amounts: [amount],
    },
  }, ({ assets }, before) => {
    if (!assets.has(symbol)) return 404;
    const place = before.investments.findIndex(([asset]) => asset === symbol);
    const investment = [symbol, amount] as const;
    const investments = place < 0 ? [...before.investments, investment] : before.investments.with(place, investment);
    return { ...before, investments };
  })
);

const removeOne = fc.record({ actor: anyName, id: anyId, symbol: anySymbol }).map(({ actor, id, symbol }) =>
  changing(
    { text: `remove ${id} ${symbol}`, actor, id, method: "DELETE", path: `/portfolios/${id}/investments/${symbol}` },
    (_, before) => {
      const investments = before.investments.filter(([asset]) => asset !== symbol);
      return investments.length === before.investments.length ? 404 : { ...before, investments };
    },
  )
);

const remove = fc.record({ actor: anyName, id: anyId }).map(({ actor, id }) =>
  command({
    ...{ text: `delete ${id}`, actor, method: "DELETE", path: `/portfolios/${id}` },
    expected: (model) =>
      refusal(actor, model.portfolios.get(id)) ?? (() => {
        model.portfolios.delete(id);
        return 204;
      }),
  })
);

const forAdministrators = (actor: Name) => actor === "stranger" ? 401 : isAdministrator(actor) ? undefined : 403;

const addAsset = fc.record({ actor: anyName, symbol: anySymbol }).map(({ actor, symbol }) =>
  command({
    ...{ text: `add ${symbol}`, actor, method: "POST", path: "/assets", body: { symbol } },
    expected: ({ assets }) =>
      forAdministrators(actor) ?? (assets.has(symbol) ? 409 : () => {
        assets.add(symbol);
        return 201;
      }),
  })
);

const deleteAsset = fc.record({ actor: anyName, symbol: anySymbol }).map(({ actor, symbol }) =>
  command({
    ...{ text: `delete ${symbol}`, actor, method: "DELETE", path: `/assets/${symbol}` },
    expected({ assets, portfolios }) {
      const status = forAdministrators(actor) ?? (assets.has(symbol) ? undefined : 404);
      if (status !== undefined) return status;
      const isHeld = [...portfolios.values()].some(({ investments }) =>
        investments.some(([asset]) => asset === symbol)
      );
      return isHeld ? 409 : () => {
        assets.delete(symbol);
        return 204;
      };
    },
  })
);

const shown = ({ id, owner, name, visibility, status, investments }: Json) => ({
  ...{ id, owner, name, visibility, status },
  investments: (investments as Json[]).map(({ asset, amount }) => [asset, amount]),
});

/** One portfolio, and every list, as somebody sees them. */
const look = fc.record({ actor: anyName, id: anyId }).map(({ actor, id }): Command => ({
  check: () => true,
  toString: () => `${actor}: look at ${id}`,
  async run({ portfolios }, { as }) {
    const one = portfolios.get(id);
    const answer = await as[actor](`/portfolios/${id}`);
    const isSeen = one !== undefined && sees(actor, one);
    assert.equal(answer.status, isSeen ? 200 : 404);
    if (isSeen) assert.deepEqual(shown(await bodyOf(answer)), one);
    const all = [...portfolios.values()].filter(({ status }) => status === "active").toSorted((a, b) => a.id - b.id);
    const listed = async (scope: string) => (await itemsOf(await as[actor](`/portfolios?scope=${scope}`))).map(shown);
    assert.deepEqual(await listed("public"), all.filter(({ visibility }) => visibility === "public"));
    if (actor !== "stranger") assert.deepEqual(await listed("own"), all.filter(({ owner }) => owner === ID[actor]));
    if (seesAll(actor)) assert.deepEqual(await listed("all"), all);
  },
}));

async function start(): Promise<Real> {
  const service = await startService();
  await addAssets(service, "AAPL");
  const [ada, bob] = [await person(service, "usr_ada"), await person(service, "usr_bob")];
  const [reader, writer] = [
    await makeKey(ada, ["portfolios:read"]),
    await makeKey(ada, ["portfolios:read", "portfolios:write"]),
  ];
  const as = {
    ...{ "stranger": asking(service.request, {}), "ada": ada.ask, "bob": bob.ask },
    ...{ "adas reader": withKey(service, reader), "adas writer": withKey(service, writer) },
    "viewer": (await person(service, "usr_viewer", "viewer")).ask,
    "administrator": (await person(service, "usr_root", "administrator")).ask,
  };
  return { service, as };
}

Deno.test("portfolios and assets under many hands are what a model of them says", async () => {
  const kinds = [create, create, patch, replace, set, removeOne, remove, addAsset, deleteAsset, look];
  await fc.assert(
    fc.asyncProperty(fc.commands(kinds, { maxCommands: 250, size: "max" }), async (commands) => {
      const real = await start();
      await using service = real.service;
      const model = { portfolios: new Map(), assets: new Set(["AAPL"]), lastId: 0 };
      await fc.asyncModelRun(() => ({ model, real }), commands);
      assert.deepEqual(await Array.fromAsync(verify(service.services)), []);
    }),
    runs(4),
  );
});
