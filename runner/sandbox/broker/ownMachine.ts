// Tells which hosts are the runner's own machine, or speak for it: they stay closed even where the network is open.
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** By name the library resolves a host once, and refuses these by itself; it leaves addresses to whoever it asks. */
const closedRanges: readonly (readonly [address: string, prefix: number])[] = [
  // This machine, in all of its spellings.
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
  ['::', 128],
  ['::1', 128],
  // The link: what a cloud tells its machines of themselves, keys included, lies here.
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['224.0.0.0', 4],
  ['ff00::', 8],
  ['255.255.255.255', 32],
  // The same of clouds that have it elsewhere: Alibaba, Azure, Oracle, Amazon, Google.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
];

/** IPv6 forms that a network may deliver to the IPv4 address in them: mapped, compatible and translated; NAT64; 6to4. */
const carrying = [
  /^::(?:ffff:(?:0:)?)?([0-9a-f]+):([0-9a-f]+)$/,
  /^64:ff9b::([0-9a-f]+):([0-9a-f]+)$/,
  /^2002:([0-9a-f]+):([0-9a-f]+):/,
];

/** `host` is a name or an address as a command wrote it, in any of the forms that a system's look-up takes. */
export function isOwnMachine(host: string): boolean {
  const name = plainForm(host);
  if (name === null) return true;
  if (/(^|\.)localhost\.?$/.test(name)) return true;
  return isIP(name) !== 0 && [name, ...carriedBy(name)].some(isClosed);
}

/** One spelling for each address: `127.1`, `0x7f000001` and `2130706433` are one. Null for what can be no host. */
function plainForm(host: string): string | null {
  const bare = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const url = `http://${isIP(bare) === 6 ? `[${bare}]` : bare}/`;
  if (/[\s/\\?#@]/.test(bare) || !URL.canParse(url)) return null;
  return new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function carriedBy(address: string): string[] {
  const [, high, low] = carrying.map((form) => form.exec(address)).find((found) => found !== null) ?? [];
  if (high === undefined || low === undefined) return [];
  const number = parseInt(high, 16) * 0x1_0000 + parseInt(low, 16);
  return [[24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')];
}

function isClosed(address: string): boolean {
  const list = new BlockList();
  for (const [start, prefix] of closedRanges) list.addSubnet(start, prefix, familyOf(start));
  // What listens on all interfaces answers at each of their addresses; they may change while the runner runs.
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  for (const { address: one } of own) list.addAddress(one, familyOf(one));
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
