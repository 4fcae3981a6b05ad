import assert from "node:assert/strict";
import { addDays } from "../../../lib/day.ts";
import { newestSession } from "../../../lib/market/calendar.ts";
import { type MarketDay, marketDayCollection } from "../../../lib/store/market_days.ts";
import { startService, type TestService } from "../../support/service.ts";

const THURSDAY_NOON = new Date("2024-07-11T16:00:00Z");

const know = ({ store }: TestService, date: string, status: MarketDay["status"]) =>
  marketDayCollection(store).update(`stocks:${date}`, () => ({
    ...{ market: "stocks", date, status, rows: 0, quarantined: 0, revision: 1, source: "polygon" },
    ...{ fetchedAt: "2024-07-10T07:00:00.000Z", reason: null },
  }));

Deno.test("the newest session is yesterday, whether it was pulled, is pending or is not known yet", async () => {
  await using service = await startService();
  assert.equal(await newestSession(service.services, "stocks", THURSDAY_NOON), "2024-07-10");
  for (const status of ["pending", "complete"] as const) {
    await know(service, "2024-07-10", status);
    assert.equal(await newestSession(service.services, "stocks", THURSDAY_NOON), "2024-07-10", status);
  }
});

Deno.test("closed days and the weekends between them are passed over", async () => {
  await using service = await startService();
  for (const date of ["2024-07-10", "2024-07-09", "2024-07-08"]) await know(service, date, "closed");
  assert.equal(await newestSession(service.services, "stocks", THURSDAY_NOON), "2024-07-05");
});

Deno.test("a market that seems closed for ever is asked about its newest weekday again", async () => {
  await using service = await startService();
  for (let back = 0; back <= 60; back++) await know(service, addDays("2024-07-10", -back), "closed");
  assert.equal(await newestSession(service.services, "stocks", THURSDAY_NOON), "2024-07-10");
});
