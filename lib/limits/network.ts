/**
 * Where a request comes from, as far as a limit goes: an IPv4 address, or the /64 of an IPv6 address, since one household or server
 * has all of that.
 *
 * @module
 */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/** One text for all addresses of one network; `undefined` for what is no address. */
export function networkOf(address: string): string | undefined {
  const plain = address.replace(/%.*$/, "");
  const ipv4 = MAPPED.exec(plain)?.[1] ?? plain;
  if (IPV4.test(ipv4)) return ipv4;
  const groups = groupsOf(plain);
  if (groups === undefined) return undefined;
  const [a, b, c, d, e, f, high = 0, low = 0] = groups;
  // The same IPv4 address, written in hexadecimal.
  if (!a && !b && !c && !d && !e && f === 0xffff) return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return `${groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16)).join(":")}::/64`;
}

/** The eight groups of an IPv6 address (RFC 4291, 2.2). */
function groupsOf(address: string): number[] | undefined {
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill("0"), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => parseInt(group, 16));
}

/** Of the other end of a connection; a socket of another kind than TCP's has none. */
export const hostOf = (address: Partial<Pick<Deno.NetAddr, "hostname">>): string => address.hostname ?? "unknown";

/** The right-most address of `X-Forwarded-For`: the one that the proxy before us saw itself, and no client can make up. */
export function forwardedFor(header: string | null): string | undefined {
  const last = header?.slice(header.lastIndexOf(",") + 1).trim() ?? "";
  // Some proxies add the port.
  const address = /^\[(.*)\](?::\d+)?$/.exec(last)?.[1] ?? /^([\d.]+):\d+$/.exec(last)?.[1] ?? last;
  return networkOf(address) === undefined ? undefined : address;
}
