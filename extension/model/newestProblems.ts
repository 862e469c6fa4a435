// Finds the problems of a task's newest round, for the editor's own list of problems.
import type { Problem, TaskEvent } from '../../shared/task/events.ts';
import { ProblemHistory, problemText, type ProblemAge } from '../../shared/task/problemHistory.ts';

export interface RoundProblem {
  readonly problem: Problem;
  readonly age: ProblemAge;
  /** Name of the check that found it. */
  readonly check: string;
}

export interface RoundProblems {
  /** 0 is the baseline, before the agent has started. */
  readonly round: number;
  readonly problems: readonly RoundProblem[];
  /** Problems that only the logs have. */
  readonly leftOut: number;
}

const nothing: RoundProblems = { round: 0, problems: [], leftOut: 0 };

/** `events` are all of one task, in order. Each check counts with its newest end in that round. */
export function newestProblems(events: readonly TaskEvent[]): RoundProblems {
  const history = new ProblemHistory();
  const byCheck = new Map<string, RoundProblems>();
  for (const { type, data } of events) {
    if (type !== 'checkEnded' || data.proposedFor !== undefined) continue;
    const { round, name: check, problems, problemsLeftOut: leftOut } = data;
    const { ages } = history.add(data);
    const aged = problems.map((problem, index) => ({ problem, age: ages[index] ?? 'new', check }));
    byCheck.set(check, { round, problems: aged, leftOut });
  }
  const newest = Math.max(0, ...[...byCheck.values()].map(({ round }) => round));
  return [...byCheck.values()]
    .filter(({ round }) => round === newest)
    .reduce(
      (all, one) => ({
        round: newest,
        problems: [...all.problems, ...one.problems],
        leftOut: all.leftOut + one.leftOut,
      }),
      nothing,
    );
}

/** One message of the list: the file of the user may differ from the one in which it was found. */
export function listedText({ problem, age, check }: RoundProblem): string {
  const before = age === 'alreadyFailing' ? ', already failing at hand-off' : '';
  return `${problemText(problem)}\n(in the task’s branch, found by ${check}${before})`;
}

/** Whether the path leads to a file within the repository, and into nothing of git's. */
export function isWithin(path: string): boolean {
  const parts = path.split(/[\\/]/);
  const isRelative = path !== '' && !/^(?:[\\/]|[A-Za-z]:)/.test(path);
  return isRelative && !parts.includes('..') && parts[0]?.toLowerCase() !== '.git';
}
