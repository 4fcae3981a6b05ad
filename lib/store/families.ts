/**
 * Which entries follow a version. A family's version is the versionstamp of the last commit that touched one of its entries:
 * answers name it, ETags are made of it, and caches of other processes follow it.
 *
 * @module
 */
export type Family = "market" | "portfolios" | "identity";

export const FAMILIES: readonly Family[] = ["market", "portfolios", "identity"];

const FAMILY_OF: Readonly<Record<string, Family>> = {
  assets: "market",
  assets_by_symbol: "market",
  assets_by_sector: "market",
  assets_by_former_symbol: "market",
  assets_by_kind: "market",
  assets_by_status: "market",
  shards: "market",
  series: "market",
  sheets: "market",
  superseded: "market",
  forgotten_before: "market",
  market_days: "market",
  market_days_by_market: "market",
  holidays: "market",
  quarantine_by_waiting: "market",
  asked_histories: "market",
  splits: "market",
  dividends: "market",
  superseded_splits: "market",
  superseded_dividends: "market",
  portfolios: "portfolios",
  portfolios_by_owner: "portfolios",
  portfolios_by_visibility: "portfolios",
  portfolios_by_status: "portfolios",
  portfolios_by_name: "portfolios",
  portfolios_by_owner_and_name: "portfolios",
  portfolios_by_asset: "portfolios",
  users: "identity",
  users_by_role: "identity",
  users_by_email: "identity",
  users_by_leaving: "identity",
  sessions: "identity",
  sessions_by_digest: "identity",
  sessions_by_user: "identity",
  api_keys: "identity",
  api_keys_by_digest: "identity",
  api_keys_by_user: "identity",
};

/** The family of an entry; only entries of a family are ever cached. */
export const familyOf = (key: Deno.KvKey): Family | undefined => FAMILY_OF[String(key[0])];

export const versionKey = (family: Family): Deno.KvKey => ["versions", family];
