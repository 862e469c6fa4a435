// The runner's disk as a table: what each task takes there, the largest first, and what the stores take.
import type { DiskReport } from '../../../shared/protocol/disk.ts';
import { statusWords } from './liveBlock.ts';
import { line, type Line } from './line.ts';
import { age, count, size } from './quantities.ts';

type Cells = readonly [task: string, status: string, workspace: string, logs: string, age: string];

const titles: Cells = ['task', 'status', 'workspace', 'logs', 'last change'];

/** `now` is what ages are counted from. */
export function diskTable({ usedBytes, tasks, stores, setUps }: DiskReport, now: Date): readonly Line[] {
  const rows = tasks
    .toSorted((one, other) => (other.workspaceBytes ?? 0) - (one.workspaceBytes ?? 0))
    .map((task): Cells => [
      task.taskId,
      statusWords[task.status],
      measured(task.workspaceBytes),
      measured(task.logBytes),
      age(now.getTime() - new Date(task.updatedAt).getTime()),
    ]);
  return [
    line('Disk', { tone: 'heading', aside: size(usedBytes) }),
    ...(rows.length === 0 ? [] : aligned([titles, ...rows])),
    line(`${count(stores.count, 'store')} of repositories`, { depth: 1, aside: size(stores.bytes) }),
    ...(setUps === undefined || setUps.count === 0
      ? []
      : [
          line(`${count(setUps.count, 'set-up')} kept for other tasks`, {
            depth: 1,
            aside: size(setUps.bytes),
          }),
        ]),
  ];
}

function measured(bytes: number | null): string {
  return bytes === null ? '…' : size(bytes);
}

function aligned(rows: readonly Cells[]): Line[] {
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      column === 2 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    return line(cells.join('  ').trimEnd(), { depth: 1, tone: index === 0 ? 'quiet' : 'plain' });
  });
}
