// Tells the problems of one round from those of earlier ones: what is new, what stays, what was there all along, what is gone.
import type { EventData, Problem } from './events.ts';

/** `alreadyFailing` is what the baseline had, too: the agent did not bring it. `stays` came with an earlier round. */
export type ProblemAge = 'new' | 'stays' | 'alreadyFailing';

export interface ProblemChange {
  /** One for each problem of the round, in their order. */
  readonly ages: readonly ProblemAge[];
  /** What the round before had and this one has not. */
  readonly gone: readonly Problem[];
}

/** Problems that look the same are told apart by their number: a third of two is new. */
export function compareProblems(
  now: readonly Problem[],
  earlier: { readonly before: readonly Problem[]; readonly baseline: readonly Problem[] },
): ProblemChange {
  const inBaseline = counted(earlier.baseline);
  const inBefore = counted(earlier.before);
  const left = counted(now);
  const ages = now.map((problem): ProblemAge => {
    const wasBefore = taken(inBefore, problem);
    if (taken(inBaseline, problem)) return 'alreadyFailing';
    return wasBefore ? 'stays' : 'new';
  });
  return { ages, gone: earlier.before.filter((problem) => !taken(left, problem)) };
}

/** Follows the checks of one task through its rounds. */
export class ProblemHistory {
  readonly #baseline = new Map<string, readonly Problem[]>();
  readonly #before = new Map<string, readonly Problem[]>();

  /** What a check's end changed; of the baseline itself nothing is new and nothing gone. */
  add({ name, round, problems, problemsLeftOut }: EventData<'checkEnded'>): ProblemChange {
    if (round === 0) this.#baseline.set(name, problems);
    const baseline = this.#baseline.get(name) ?? [];
    const change = compareProblems(problems, { before: this.#before.get(name) ?? baseline, baseline });
    this.#before.set(name, problems);
    // Of too many problems some are left out; that one is not among the others says nothing then.
    return problemsLeftOut > 0 ? { ...change, gone: [] } : change;
  }
}

/** `2 new, 1 gone, 3 already failing`, without what there is none of; empty where nothing changed and nothing is left. */
export function changeText({ ages, gone }: ProblemChange): string {
  const count = (age: ProblemAge): number => ages.filter((one) => one === age).length;
  const parts = [
    [count('new'), 'new'],
    [count('stays'), 'still there'],
    [gone.length, 'gone'],
    [count('alreadyFailing'), 'already failing'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}

/** A problem in one sentence: the test, what is wrong, the rule. */
export function problemText({ test, message, rule }: Problem): string {
  return `${test === undefined ? '' : `${test}: `}${message}${rule === undefined ? '' : ` (${rule})`}`;
}

function counted(problems: readonly Problem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const problem of problems) {
    const name = nameOf(problem);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Takes one of those that are left. */
function taken(counts: Map<string, number>, problem: Problem): boolean {
  const name = nameOf(problem);
  const count = counts.get(name) ?? 0;
  counts.set(name, count - 1);
  return count > 0;
}

/** Logs of earlier versions have no fingerprints. */
function nameOf({ fingerprint, file, message }: Problem): string {
  return fingerprint ?? JSON.stringify([file, message]);
}
