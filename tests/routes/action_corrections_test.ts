import assert from "node:assert/strict";
import { assertProblem, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAssets } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const MINUTE_MS = 60_000;

/** Sends one, and answers when; the next comes a minute later. */
async function send(service: TestService, path: string, item: Json): Promise<string> {
  const at = service.clock.now().toISOString();
  await bodyOf(await service.admin(path, { method: "PUT", body: { items: [item] } }));
  await service.clock.advance(MINUTE_MS);
  return at;
}

Deno.test("splits that were corrected and withdrawn: what was known, since when and until when", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "TSLA");
  const path = "/assets/AAPL/splits";
  const split = (split_to: string) => ({ execution_date: "2020-08-31", split_from: "1", split_to });
  const later = { execution_date: "2021-08-31", split_from: "1", split_to: "2" };
  assert.deepEqual(await itemsOf(await service.request(`${path}/corrections`)), []);
  const first = await send(service, path, split("3"));
  const corrected = await send(service, path, split("4"));
  const other = await send(service, path, later);
  const withdrawn = service.clock.now().toISOString();
  await service.admin(`${path}/2021-08-31`, { method: "DELETE" });
  await service.clock.advance(MINUTE_MS);
  await send(service, path, later);
  const said = (item: Json, recorded_at: string) => ({ ...item, source: "manual", recorded_at });
  const corrections = [
    { old: said(split("3"), first), new: said(split("4"), corrected), replaced_at: corrected },
    { old: said(later, other), new: null, replaced_at: withdrawn },
  ];
  assert.deepEqual(await itemsOf(await service.request(`${path}/corrections`)), corrections);
  assert.deepEqual(await itemsOf(await service.request("/assets/TSLA/splits/corrections")), []);
  const page = await bodyOf(await service.request(`${path}/corrections?limit=1`));
  assert.deepEqual(page["items"], corrections.slice(0, 1));
  const next = await service.request(`${path}/corrections?limit=1&cursor=${page["next_cursor"]}`);
  assert.deepEqual(await bodyOf(next), { items: corrections.slice(1) });
});

Deno.test("dividends likewise, by date before the time that they came", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const path = "/assets/AAPL/dividends";
  const dividend = (ex_dividend_date: string, cash_amount: string) => ({ ex_dividend_date, cash_amount });
  for (const [date, cash] of [["2021-02-05", "0.2"], ["2020-11-06", "0.1"], ["2021-02-05", "0.205"]] as const) {
    await send(service, path, dividend(date, cash));
  }
  await send(service, path, dividend("2020-11-06", "0.15"));
  await send(service, path, dividend("2020-11-06", "0.205"));
  const items = await itemsOf(await service.request(`${path}/corrections`));
  const amounts = items.map(({ old, new: now }) => {
    const [before, after] = [old as Json, now as Json];
    return [before["ex_dividend_date"], before["cash_amount"], after["cash_amount"]];
  });
  assert.deepEqual(amounts, [
    ["2020-11-06", "0.1", "0.15"],
    ["2020-11-06", "0.15", "0.205"],
    ["2021-02-05", "0.2", "0.205"],
  ]);
});

Deno.test("no corrections of an asset that there is not, nor by another list's cursor", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await assertProblem(await service.request("/assets/NONE/splits/corrections"), "not-found");
  await assertProblem(await service.request("/assets/AAPL/dividends/corrections?cursor=abc"), "validation-failed");
  await assertProblem(await service.request("/assets/AAPL/dividends/corrections?limit=0"), "validation-failed");
});
