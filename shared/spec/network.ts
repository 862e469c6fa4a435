// What a task's commands may reach of the network: chosen at hand-off, narrowed by the project, never widened by it.

/** From nothing to everything: a project may only lead to an earlier one. */
export const networkModes = ['off', 'hosts', 'registries', 'all'] as const;

export type NetworkMode = (typeof networkModes)[number];

/**
 * `hosts` are names such as `api.example.com` or `*.example.com`, a port behind them or not. They count with
 * `hosts` and, beside the package registries that the runner knows, with `registries`. `all` is every other machine; of the
 * runner's own it opens only what `hosts` names.
 */
export interface Network {
  readonly mode: NetworkMode;
  readonly hosts: readonly string[];
}

export const defaultNetwork: Network = { mode: 'registries', hosts: [] };

/** A host's name or a wildcard for all names below one, with a port from 1 to 65535 or without. */
export const hostPattern =
  /^(\*\.)?([a-z0-9_-]+\.)+[a-z0-9-]+(:([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/i;

export const mostHosts = 100;

/** What both allow. */
export function narrowed(chosen: Network, limit: Network | null): Network {
  if (limit === null || limit.mode === 'all') return chosen;
  if (chosen.mode === 'all') return limit;
  const mode =
    networkModes.indexOf(limit.mode) < networkModes.indexOf(chosen.mode) ? limit.mode : chosen.mode;
  // Of a host that only one of them names the other says no: which hosts `registries` stands for nobody here knows.
  const shared = chosen.hosts.flatMap((host) => limit.hosts.flatMap((other) => bothAllow(host, other) ?? []));
  return { mode, hosts: [...new Set(shared)].slice(0, mostHosts) };
}

/** The hosts that both stand for, null for none: of a wildcard and a name beneath it the name, of a port and none the port. */
function bothAllow(one: string, other: string): string | null {
  const [a, b] = [partsOf(one), partsOf(other)];
  if (a.port !== '' && b.port !== '' && a.port !== b.port) return null;
  const name = isBeneath(a.name, b.name) ? a.name : isBeneath(b.name, a.name) ? b.name : null;
  return name === null ? null : name + (a.port || b.port);
}

function partsOf(host: string): { readonly name: string; readonly port: string } {
  const colon = host.indexOf(':');
  const end = colon < 0 ? host.length : colon;
  return { name: host.slice(0, end).toLowerCase(), port: host.slice(end) };
}

/** Whether all that the name or wildcard stands for is in what the other one stands for. */
function isBeneath(name: string, other: string): boolean {
  return name === other || (other.startsWith('*.') && name.endsWith(other.slice(1)));
}

/** True where `network` may reach neither more nor less than `other`. */
export function isSameNetwork(network: Network, other: Network): boolean {
  return networkWords(network) === networkWords(other);
}

/** What a person may write for a network, in a list or one after the other. */
export const networkHint = 'off, registries, all, or names of hosts such as api.example.com';

/**
 * The network that a person means by `off`, `registries`, `all`, or hosts, `registries` among them or not;
 * null where they don't say that.
 */
export function networkFrom(written: readonly string[]): Network | null {
  const words = [...new Set(written.map((word) => word.trim().toLowerCase()).filter((word) => word !== ''))];
  const [only = ''] = words;
  if (words.length === 0) return null;
  if (words.length === 1 && (only === 'off' || only === 'all')) return { mode: only, hosts: [] };
  const hosts = words.filter((word) => word !== 'registries');
  if (hosts.length > mostHosts || !hosts.every(isHost)) return null;
  return { mode: hosts.length === words.length ? 'hosts' : 'registries', hosts };
}

/** True for what can be allowed by name. */
export function isHost(text: string): boolean {
  return hostPattern.test(text);
}

/** The same with more hosts, as a person allows them. */
export function widened(network: Network, hosts: readonly string[]): Network {
  const all = [...new Set([...network.hosts, ...hosts])].slice(0, mostHosts);
  return { mode: network.mode === 'off' ? 'hosts' : network.mode, hosts: all };
}

/** In words, for people: what comes after "Network: ". */
export function networkWords({ mode, hosts }: Network): string {
  const names = hosts.join(', ');
  switch (mode) {
    case 'off':
      return 'none';
    case 'hosts':
      return hosts.length === 0 ? 'none' : names;
    case 'registries':
      return hosts.length === 0 ? 'package registries' : `package registries, ${names}`;
    case 'all':
      return hosts.length === 0 ? 'everything' : `everything, ${names}`;
  }
}

/** True where a command could carry the code to places that nobody has named. */
export function isBeyondRegistries({ mode, hosts }: Network): boolean {
  return mode === 'all' || hosts.length > 0;
}
