// What the commands of a task may reach, and what its sandbox blocked, in words and for the page.
import { isBeyondRegistries, isHost, networkWords } from '../../shared/spec/network.ts';
import type { BlockedHost } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { formatCount } from './formatting.ts';
import type { Chip } from './timelineItems.ts';

/** Hosts on a card; the command lists all of them. */
const mostOnCard = 8;

/** What a task's commands were kept from. */
export interface BlockedSection {
  readonly title: string;
  readonly hosts: readonly BlockedRow[];
  /** Hosts that are not on the card. */
  readonly more: number;
}

export interface BlockedRow {
  readonly host: string;
  readonly words: string;
  /** False for what is no name that could be allowed, such as `localhost`. */
  readonly canAllow: boolean;
}

export function unsandboxedChip({ sandbox }: Pick<Task, 'sandbox'>): Chip | null {
  if (sandbox !== 'none') return null;
  const title = 'Commands of this task run without a sandbox: they can do what the runner’s user can do.';
  return { label: 'Unsandboxed', icon: 'unlock', tone: 'warning', title };
}

/** Null where commands reach package registries at most, or where nothing holds them, which the other chip tells. */
export function networkChip({ sandbox, network }: Pick<Task, 'sandbox' | 'network'>): Chip | null {
  if (sandbox === 'none' || !isBeyondRegistries(network)) return null;
  const label =
    network.mode === 'all' ? 'Open Network' : `Network: ${formatCount(network.hosts.length, 'host')}`;
  const title = `Commands of this task can send your code to: ${networkWords(network)}.`;
  return { label, icon: 'globe', tone: 'warning', title };
}

/** What the commands may reach, for a line of facts. */
export function accessWords({ sandbox, network }: Pick<Task, 'sandbox' | 'network'>): string {
  return sandbox === 'none' ? 'everything, without a sandbox' : networkWords(network);
}

export function blockedOf({ blocked }: Pick<Task, 'blocked'>): BlockedSection | null {
  if (blocked.length === 0) return null;
  const shown = blocked.slice(0, mostOnCard);
  return {
    title: `The sandbox blocked ${blocked.length === 1 ? 'a host' : formatCount(blocked.length, 'host')}`,
    hosts: shown.map((row) => ({ host: row.host, words: blockedWords(row), canAllow: isHost(row.host) })),
    more: blocked.length - shown.length,
  };
}

/** A host, and how often it was asked for where that was more than once. */
export function blockedWords({ host, count }: BlockedHost): string {
  return count === 1 ? host : `${host} (${count} times)`;
}

/** The hosts that a person can allow for the task. */
export function allowableHosts({ blocked }: Pick<Task, 'blocked'>): readonly BlockedHost[] {
  return blocked.filter(({ host }) => isHost(host));
}
