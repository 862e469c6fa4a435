// What processes and all that they started use of the machine. Linux only: elsewhere nobody tells that cheaply.
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUse {
  /** Threads count as processes, as they do for the system's own limit. */
  readonly processes: number;
  readonly memoryBytes: number;
  /** Milliseconds of processor time, of those that have ended and were waited for too. */
  readonly cpuMs: number;
}

/** Milliseconds of one tick of the kernel's clock for programs: 100 Hz on every platform that Node runs on. */
const tickMs = 10;

interface Stat {
  readonly parent: number;
  readonly threads: number;
  readonly cpuMs: number;
}

/**
 * The use of each root with its descendants. Inside a process namespace nothing leaves the tree of its first process;
 * without one what detaches itself is not counted. Costs about 20 µs for each process of the machine.
 */
export function useOfTrees(roots: readonly number[]): ReadonlyMap<number, ProcessUse> {
  if (process.platform !== 'linux' || roots.length === 0) return new Map();
  const stats = new Map(pids().flatMap((pid) => statOf(pid) ?? []));
  const children = Map.groupBy(stats.keys(), (pid) => stats.get(pid)?.parent ?? 0);
  return new Map(roots.map((root) => [root, useOf(membersOf(root, children), stats)]));
}

function membersOf(root: number, children: ReadonlyMap<number, readonly number[]>): number[] {
  const members = [root];
  for (const member of members) members.push(...(children.get(member) ?? []));
  return members;
}

function useOf(members: readonly number[], stats: ReadonlyMap<number, Stat>): ProcessUse {
  let [processes, memoryBytes, cpuMs] = [0, 0, 0];
  for (const pid of members) {
    const stat = stats.get(pid);
    if (stat === undefined) continue;
    processes += stat.threads;
    cpuMs += stat.cpuMs;
    memoryBytes += residentBytes(pid);
  }
  return { processes, memoryBytes, cpuMs };
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Source: proc_pid_stat(5); the fields behind the name, which may itself hold spaces and brackets. */
function statOf(pid: number): [[number, Stat]] | null {
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === '') return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index] ?? 0);
  const ticks = number(11) + number(12) + number(13) + number(14);
  return [[pid, { parent: number(1), threads: number(17), cpuMs: ticks * tickMs }]];
}

/** Source: proc_pid_status(5); in KiB whatever the size of a page is. */
function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readIfThere(`/proc/${pid}/status`))?.[1];
  return Number(kib ?? 0) * 1024;
}

/** Empty for what is gone by now. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
