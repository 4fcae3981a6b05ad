/**
 * A store with something of every kind, for tests of whatever the API has.
 *
 * @module
 */
import {
  addAssets,
  addCloses,
  addCredentials,
  addMarketDay,
  addPortfolio,
  addUser,
  addWaitingBar,
} from "./factories.ts";
import { startService, type TestService } from "./service.ts";

/** A store in which every operation finds what it is asked for. */
export async function startFull(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-11-05": "151.28" });
  await addMarketDay(service, "2021-11-05");
  await addWaitingBar(service, "2021-11-05");
  await addPortfolio(service, { AAPL: "100" }, { visibility: "public" });
  await addUser(service, "usr_1");
  await addCredentials(service, "usr_1");
  await service.admin("/jobs", { method: "POST", body: { name: "pull-market-day", args: { date: "2021-11-05" } } });
  return service;
}
