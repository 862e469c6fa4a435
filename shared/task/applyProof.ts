// Folds what backs or doubts a task's result: criteria, integrity of tests, the runs that put tests to the test, circles.
import type { EventData, Fact } from './events.ts';
import type { CrossRunKind, IntegrityFinding, IntegrityKind } from './integrity.ts';
import type { IntegrityState, Task } from './task.ts';

const proofTypes = [
  'criteriaJudged',
  'checkProposed',
  'crossRunStarted',
  'crossRunEnded',
  'inspectionStarted',
  'integrityInspected',
  'stuckSeen',
  'bestRoundTaken',
] as const;

export type ProofEvent = Extract<Fact, { type: (typeof proofTypes)[number] }>;

export function isProof<Event extends Fact>(event: Event): event is Event & ProofEvent {
  return proofTypes.some((type) => type === event.type);
}

export function changeOfProof(task: Task, event: ProofEvent): Partial<Task> {
  switch (event.type) {
    case 'criteriaJudged':
      return { criteria: event.data.results, criteriaCommit: event.data.commit };
    case 'checkProposed':
      return {};
    case 'crossRunStarted':
      return { status: 'checking', activity: crossRunActivities[event.data.kind] };
    case 'inspectionStarted':
      return { status: 'checking', activity: inspectionActivity };
    case 'crossRunEnded':
    case 'integrityInspected':
      return changeOfIntegrity(task.integrity, event);
    case 'stuckSeen': {
      const { sign, approach, detail, round, model } = event.data;
      return { stuck: { sign, approach, detail, round }, ...(model === null ? {} : { model }) };
    }
    case 'bestRoundTaken':
      return { ...withRound(task, event.data), ...changeOfIntegrity(task.integrity, event) };
  }
}

/** What is known of a commit's tests once `event` is known; empty where it says nothing of them. */
export function changeOfIntegrity(
  known: IntegrityState | undefined,
  event: Fact,
): { readonly integrity?: IntegrityState } {
  switch (event.type) {
    case 'committed': {
      const { commit, keptOut = [] } = event.data;
      return keptOut.length === 0 ? {} : { integrity: withKeptOut(stateOf(known, commit), keptOut) };
    }
    case 'integrityInspected':
      return { integrity: inspected(stateOf(known, event.data.commit), event.data) };
    case 'crossRunEnded':
      return { integrity: withCrossRun(stateOf(known, event.data.commit), event.data) };
    case 'bestRoundTaken': {
      const { commit, integrity } = event.data;
      return integrity === undefined ? {} : { integrity: { commit, ...integrity } };
    }
    default:
      return {};
  }
}

function stateOf(known: IntegrityState | undefined, commit: string): IntegrityState {
  return known?.commit === commit ? known : { commit, findings: [], findingsLeftOut: 0, crossRuns: [] };
}

/** What was found by reading; what runs and the commit itself have shown of the same commit stays. */
function inspected(known: IntegrityState, data: EventData<'integrityInspected'>): IntegrityState {
  const shown = known.findings.filter(({ foundBy }) => foundBy === 'run');
  const { findings, findingsLeftOut } = data;
  return { ...known, isInspected: true, findings: [...findings, ...shown], findingsLeftOut };
}

/** A commit that was made without changes of protected paths. */
function withKeptOut(known: IntegrityState, keptOut: readonly string[]): IntegrityState {
  const others = known.findings.filter(({ kind }) => kind !== 'protectedPathChanged');
  const findings = keptOut.map((file): IntegrityFinding => {
    const message = 'The agent changed this protected path. The change is not in the commit.';
    return {
      kind: 'protectedPathChanged',
      file,
      line: null,
      side: 'before',
      message,
      excerpt: '',
      foundBy: 'run',
    };
  });
  return { ...known, findings: [...findings, ...others] };
}

export const crossRunActivities: Readonly<Record<CrossRunKind, string>> = {
  baseTests: 'Running the old tests on the new code',
  newTests: 'Running the new tests without the change',
};

export const inspectionActivity = 'Comparing the tests with those of before';

/** What only such a run can find. */
export const findingOf = {
  baseTests: 'oldTestFails',
  newTests: 'newTestProvesNothing',
} as const satisfies Record<CrossRunKind, IntegrityKind>;

function withCrossRun(known: IntegrityState, data: EventData<'crossRunEnded'>): IntegrityState {
  const { kind, ran, note, findings } = data;
  const crossRuns = [...known.crossRuns.filter((other) => other.kind !== kind), { kind, ran, note }];
  // After a crash a run is made again.
  const others = known.findings.filter((finding) => finding.kind !== findingOf[kind]);
  return { ...known, findings: [...others, ...findings], crossRuns };
}

/** The task as it was after an earlier round, as far as it shows results. */
function withRound(task: Task, data: EventData<'bestRoundTaken'>): Partial<Task> {
  const { commit, files, criteria } = data;
  const results = new Map(data.checks.map((check) => [check.name, check]));
  return {
    commit,
    files,
    checks: task.checks.map((check) => {
      const result = results.get(check.name);
      const known = { ...check };
      delete known.isFlaky;
      return result === undefined ? check : { ...known, ...result, commit };
    }),
    ...(criteria === undefined ? {} : { criteria, criteriaCommit: commit }),
  };
}
