// Folds what backs or doubts a task's result: criteria, integrity of tests, the runs that put tests to the test, circles.
import type { EventData, Fact } from './events.ts';
import type { CrossRunKind, IntegrityKind } from './integrity.ts';
import type { IntegrityState, Task } from './task.ts';

const proofTypes = [
  'criteriaJudged',
  'checkProposed',
  'crossRunStarted',
  'crossRunEnded',
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
    case 'crossRunEnded':
      return { integrity: withCrossRun(task, event.data) };
    case 'integrityInspected':
      return { integrity: inspected(task, event.data) };
    case 'stuckSeen': {
      const { sign, approach, detail, round, model } = event.data;
      return { stuck: { sign, approach, detail, round }, ...(model === null ? {} : { model }) };
    }
    case 'bestRoundTaken':
      return withRound(task, event.data);
  }
}

/** What runs have shown of the same commit stays. */
function inspected({ integrity }: Task, data: EventData<'integrityInspected'>): IntegrityState {
  const { commit, findings, findingsLeftOut } = data;
  const known = integrity?.commit === commit ? integrity : null;
  const byRuns = (known?.findings ?? []).filter(({ foundBy }) => foundBy === 'run');
  return {
    commit,
    isInspected: true,
    findings: [...findings, ...byRuns],
    findingsLeftOut,
    crossRuns: known?.crossRuns ?? [],
  };
}

const crossRunActivities = {
  baseTests: 'Running the old tests against the new code',
  newTests: 'Running the new tests against the old code',
} as const;

/** What only such a run can find. */
export const findingOf = {
  baseTests: 'oldTestFails',
  newTests: 'newTestProvesNothing',
} as const satisfies Record<CrossRunKind, IntegrityKind>;

function withCrossRun({ integrity }: Task, data: EventData<'crossRunEnded'>): IntegrityState {
  const { commit, kind, ran, note, findings } = data;
  const known =
    integrity?.commit === commit ? integrity : { commit, findings: [], findingsLeftOut: 0, crossRuns: [] };
  const crossRuns = [...known.crossRuns.filter((other) => other.kind !== kind), { kind, ran, note }];
  // After a crash a run is made again.
  const others = known.findings.filter((finding) => finding.kind !== findingOf[kind]);
  return { ...known, findings: [...others, ...findings], crossRuns };
}

/** The task as it was after an earlier round, as far as it shows results. */
function withRound(task: Task, data: EventData<'bestRoundTaken'>): Partial<Task> {
  const { commit, files, criteria, integrity } = data;
  const results = new Map(data.checks.map((check) => [check.name, check]));
  return {
    commit,
    files,
    checks: task.checks.map((check) => {
      const result = results.get(check.name);
      return result === undefined ? check : { ...check, ...result, commit };
    }),
    ...(criteria === undefined ? {} : { criteria, criteriaCommit: commit }),
    ...(integrity === undefined ? {} : { integrity: { commit, ...integrity } }),
  };
}
