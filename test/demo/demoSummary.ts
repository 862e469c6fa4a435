// What the demo says at its end: the branch, the change, the proof, and what to try next.
import { branchNameFor } from '../../shared/task/branchName.ts';
import type { Task } from '../../shared/task/task.ts';
import { checkLines } from '../../runner/cli/commands/show.ts';
import { colourDiff } from '../../runner/cli/display/colourDiff.ts';
import { line, renderLine, type Line } from '../../runner/cli/display/line.ts';
import { tokensOf } from '../../runner/cli/display/liveBlock.ts';
import { verdictLine } from '../../runner/cli/display/narrateEnd.ts';
import type { Paint } from '../../runner/cli/display/paint.ts';
import { cost, count, duration, tokens } from '../../runner/cli/display/quantities.ts';

const shownDiffLines = 40;

export interface DemoResult {
  readonly task: Task;
  readonly patch: string;
  readonly elapsedMs: number;
  /** Parts of the user's repository that the hand-off changed: none, or there is a bug. */
  readonly changedParts: readonly string[];
}

/** All of it as text that ends with a line feed. */
export function demoSummary(result: DemoResult, paint: Paint, columns: number): string {
  const { task } = result;
  const render = (lines: readonly Line[]): string[] =>
    lines.map((shown) => renderLine(shown, paint, columns));
  const parts = [
    ...render(diffHeading(result)),
    ...diffLines(result.patch, paint),
    ...render([
      line('Evidence', { tone: 'heading' }),
      ...(task.verdict === null ? [] : [verdictLine(task.verdict)]),
      ...checkLines(task).slice(1),
      line(
        `${count(task.rounds, 'round')}, ${count(task.turns, 'turn')}, ${tokens(tokensOf(task))}, ${cost(task.costUsd)}, ${duration(result.elapsedMs)}`,
        { depth: 1 },
      ),
      line('Your repository', { tone: 'heading' }),
      untouchedLine(result.changedParts),
      ...(task.ref === null
        ? []
        : [line(`The work is there, to be checked out as ${branchNameFor(task)}`, workLook)]),
      ...nextLines,
    ]),
  ];
  return `${parts.join('\n')}\n`;
}

const workLook = { depth: 1, mark: '●', tone: 'accent' } as const;

const nextLines: readonly Line[] = [
  line('Next', { tone: 'heading' }),
  line('npm run demo:editor', { depth: 1, mark: '›', tone: 'accent', aside: 'the same in the real editor' }),
  line('npx nightjar hand-off "…" --repo your/project', {
    depth: 1,
    mark: '›',
    tone: 'accent',
    aside: 'your own work, with your own model',
  }),
];

function diffHeading({ task }: DemoResult): Line[] {
  const aside = task.ref === null ? (task.commit ?? '') : branchNameFor(task);
  return [line('The change, against the working tree at hand-off', { tone: 'heading', aside })];
}

function diffLines(patch: string, paint: Paint): string[] {
  if (patch === '') return ['  none'];
  const lines = colourDiff(patch, paint);
  const left = lines.length - shownDiffLines;
  return [
    ...lines.slice(0, shownDiffLines),
    ...(left > 0 ? [paint('quiet', `and ${left} more lines`)] : []),
  ].map((text) => `  ${text}`);
}

function untouchedLine(changedParts: readonly string[]): Line {
  return changedParts.length === 0
    ? line('Untouched: index, working tree, branches and stash are byte for byte as they were', {
        depth: 1,
        mark: '✔',
        tone: 'good',
      })
    : line(`Changed by the hand-off: ${changedParts.join(', ')}`, { depth: 1, mark: '✖', tone: 'bad' });
}
