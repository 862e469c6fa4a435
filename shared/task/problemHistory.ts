// Tells the problems of one round from those of earlier ones: what is new, what stays, what was there all along, what is gone.
import type { EventData, Fact, Problem } from './events.ts';

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

/** How many problems are of each age, and how many are gone. */
export interface ProblemCounts {
  readonly new: number;
  readonly stays: number;
  readonly gone: number;
  readonly alreadyFailing: number;
}

export const noProblems: ProblemCounts = { new: 0, stays: 0, gone: 0, alreadyFailing: 0 };

/** `counts` with those of one more check. */
export function withChange(counts: ProblemCounts, { ages, gone }: ProblemChange): ProblemCounts {
  const count = (age: ProblemAge): number => counts[age] + ages.filter((one) => one === age).length;
  return {
    new: count('new'),
    stays: count('stays'),
    gone: counts.gone + gone.length,
    alreadyFailing: count('alreadyFailing'),
  };
}

/** `2 new, 1 gone, 3 already failing`, without what there is none of; empty where there is nothing to say. */
export function countsText(counts: ProblemCounts): string {
  const parts = [
    [counts.new, 'new'],
    [counts.stays, 'still there'],
    [counts.gone, 'gone'],
    [counts.alreadyFailing, 'already failing'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

/** What the checks of each round changed, all together; round 0 is the baseline. */
export function problemsByRound(events: Iterable<Fact>): ReadonlyMap<number, ProblemCounts> {
  const history = new ProblemHistory();
  const rounds = new Map<number, ProblemCounts>();
  for (const event of events) {
    if (event.type !== 'checkEnded' || event.data.proposedFor !== undefined) continue;
    const { round } = event.data;
    rounds.set(round, withChange(rounds.get(round) ?? noProblems, history.add(event.data)));
  }
  return rounds;
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
