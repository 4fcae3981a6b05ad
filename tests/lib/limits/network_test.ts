import assert from "node:assert/strict";
import { forwardedFor, networkOf } from "../../../lib/limits/network.ts";

const NETWORKS: [address: string, network: string | undefined][] = [
  ["192.0.2.1", "192.0.2.1"],
  ["255.255.255.255", "255.255.255.255"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", undefined],
  ["unknown", undefined],
  ["_hidden", undefined],
  ["192.0.2", undefined],
  ["192.0.2.256", undefined],
  ["192.0.2.1.1", undefined],
  ["192.0.2.1:80", undefined],
  ["2001:db8::1::2", undefined],
  ["1:2:3:4:5:6:7", undefined],
  ["1:2:3:4:5:6:7:8:9", undefined],
  ["1:2:3:4:5:6:7:8::", undefined],
  ["2001:db8::12345", undefined],
  ["2001:db8::g", undefined],
  [":::", undefined],
];

Deno.test("addresses of one network have one text", () => {
  for (const [address, network] of NETWORKS) assert.equal(networkOf(address), network, address);
});

const FORWARDED: [header: string | null, address: string | undefined][] = [
  [null, undefined],
  ["", undefined],
  ["203.0.113.7", "203.0.113.7"],
  ["10.0.0.1, 203.0.113.7", "203.0.113.7"],
  ["evil,203.0.113.7 ", "203.0.113.7"],
  ["203.0.113.7, ", undefined],
  ["203.0.113.7, unknown", undefined],
  ["203.0.113.7:4711", "203.0.113.7"],
  ["[2001:db8::7]:4711", "2001:db8::7"],
  ["[2001:db8::7]", "2001:db8::7"],
  ["2001:db8::7", "2001:db8::7"],
];

Deno.test("X-Forwarded-For: the right-most, where it is an address", () => {
  for (const [header, address] of FORWARDED) assert.equal(forwardedFor(header), address, String(header));
});
