import { isIPv4, isIPv6 } from "node:net";

const mappedPrefix = "::ffff:";

/**
 * Whose requests those of an address are: an IPv4 address, or the /64 that an IPv6 address is in, for whoever has one
 * address of it has all of them.
 *
 * @param text an address as a socket or a proxy tells it, which may add a port or a zone
 * @returns undefined when it is none
 */
export function addressBlock(text: string | undefined): string | undefined {
  const address = bare(text ?? "");
  // As sockets that listen for both kinds tell those of IPv4, so it is most of them.
  const plain = address.startsWith(mappedPrefix) ? address.slice(mappedPrefix.length) : address;
  if (isIPv4(plain)) return plain;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff;
  if (mapped) return groups.slice(6).flatMap(bytesOf).join(".");
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** Without brackets, port and zone. */
function bare(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text.trim()) ?? [];
  const [, beforePort] = /^([\d.]+):\d+$/.exec(text.trim()) ?? [];
  return (bracketed ?? beforePort ?? text.trim()).replace(/%.*$/, "");
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // The URL parser writes every one in the same way, without dots and in the shortest form.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const numbers = (part: string): readonly number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail ?? "")];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function bytesOf(group: number): readonly number[] {
  return [group >> 8, group & 0xff];
}
