import assert from "node:assert/strict";
import { sectorBySic } from "../../../lib/market/sic.ts";

/** Codes with the industry that the SIC manual (1987) gives them, and the edges of ranges that are cut out of others. */
const CASES: readonly (readonly [string, string])[] = [
  ["1311", "energy"], // crude petroleum and natural gas
  ["2911", "energy"], // petroleum refining
  ["4922", "energy"], // natural gas transmission, cut out of utilities
  ["4923", "utilities"],
  ["4911", "utilities"], // electric services
  ["4950", "industrials"], // sanitary services
  ["4960", "utilities"], // steam supply
  ["1040", "materials"], // gold and silver ores
  ["2821", "materials"], // plastics materials
  ["2834", "health_care"], // pharmaceutical preparations
  ["2837", "unclassified"],
  ["2840", "consumer_staples"], // soap and detergents
  ["2851", "materials"], // paints
  ["3000", "materials"],
  ["3011", "consumer_discretionary"], // tires
  ["3021", "consumer_discretionary"], // rubber footwear
  ["3089", "materials"], // plastics products
  ["3559", "information_technology"], // special industry machinery
  ["3560", "industrials"],
  ["3571", "information_technology"], // electronic computers
  ["3674", "information_technology"], // semiconductors
  ["3711", "consumer_discretionary"], // motor vehicles
  ["3713", "industrials"], // truck and bus bodies
  ["3714", "consumer_discretionary"], // motor vehicle parts
  ["3715", "industrials"], // truck trailers
  ["3721", "industrials"], // aircraft
  ["3812", "industrials"], // search and navigation instruments
  ["3825", "information_technology"],
  ["3826", "health_care"], // laboratory analytical instruments
  ["3841", "health_care"], // surgical instruments
  ["4813", "communication_services"], // telephone communications
  ["5047", "health_care"], // medical equipment, wholesale
  ["5051", "materials"], // metals service centers
  ["5099", "industrials"],
  ["5331", "consumer_staples"], // variety stores
  ["5311", "consumer_discretionary"], // department stores
  ["5812", "consumer_discretionary"], // eating places
  ["5912", "consumer_staples"], // drug stores
  ["6021", "financials"], // national commercial banks
  ["6324", "health_care"], // hospital and medical service plans
  ["6512", "real_estate"],
  ["6792", "energy"], // oil royalty traders
  ["6798", "real_estate"], // real estate investment trusts
  ["6799", "financials"],
  ["7372", "information_technology"], // prepackaged software
  ["7311", "communication_services"], // advertising agencies
  ["7812", "communication_services"], // motion picture production
  ["8731", "health_care"], // commercial physical research
  ["8734", "health_care"], // testing laboratories
  ["8742", "industrials"], // management consulting
  ["100", "consumer_staples"], // agricultural production, its code without the leading zero
  ["0100", "consumer_staples"],
];

Deno.test("a SIC code stands in the sector that the table gives it", () => {
  for (const [code, sector] of CASES) assert.equal(sectorBySic("XYZ", code), sector, `SIC ${code}`);
});

Deno.test("a known issuer's sector wins over its code", () => {
  assert.equal(sectorBySic("GOOGL", "7370"), "communication_services");
  assert.equal(sectorBySic("V", "7389"), "financials");
});

Deno.test("what says nothing is unclassified", () => {
  for (const code of [null, "", "abcd", "99999", "9999"]) assert.equal(sectorBySic("XYZ", code), "unclassified");
  assert.equal(sectorBySic("toString", null), "unclassified");
});
