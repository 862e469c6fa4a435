// Finds the brokers that a runner has started and what these started themselves, as the kernel tells it. Linux only.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAlive } from './processes.ts';

export interface FoundBroker {
  readonly pid: number;
  /** Absolute; its sockets lie there. */
  readonly folder: string;
  /** What it has started: the ends of its sockets. */
  readonly children: readonly number[];
}

/** The brokers whose parent is `runner`. */
export function brokersOf(runner: number): readonly FoundBroker[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name), line: read(name, 'cmdline') }));
  return all
    .filter(({ pid, parent, line }) => parent === runner && isAlive(pid) && /roker/.test(line))
    .map(({ pid }) => ({
      pid,
      folder: dirname(readlinkSync(`/proc/${pid}/cwd`)),
      children: all.filter(({ parent }) => parent === pid).map((child) => child.pid),
    }));
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0);
}

/** Empty for what has ended meanwhile. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
