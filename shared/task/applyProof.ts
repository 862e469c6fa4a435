// Folds what backs or doubts a task's result: criteria, integrity of tests, the runs that put tests to the test, circles.
import type { EventData, Fact } from './events.ts';
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
      return { criteria: event.data.results };
    case 'checkProposed':
      return {};
    case 'crossRunStarted':
      return { status: 'checking', activity: crossRunActivities[event.data.kind] };
    case 'crossRunEnded':
      return { integrity: withCrossRun(task, event.data) };
    case 'integrityInspected':
      return { integrity: inspected(event.data) };
    case 'stuckSeen': {
      const { sign, approach, detail, round, model } = event.data;
      return { stuck: { sign, approach, detail, round }, ...(model === null ? {} : { model }) };
    }
    case 'bestRoundTaken':
      return withRound(task, event.data);
  }
}

function inspected({ commit, findings, findingsLeftOut }: EventData<'integrityInspected'>): IntegrityState {
  return { commit, findings, findingsLeftOut, crossRuns: [] };
}

const crossRunActivities = {
  baseTests: 'Running the old tests against the new code',
  newTests: 'Running the new tests against the old code',
} as const;

function withCrossRun({ integrity }: Task, data: EventData<'crossRunEnded'>): IntegrityState {
  const { commit, kind, ran, note, findings } = data;
  const known =
    integrity?.commit === commit ? integrity : { commit, findings: [], findingsLeftOut: 0, crossRuns: [] };
  const crossRuns = [...known.crossRuns.filter((other) => other.kind !== kind), { kind, ran, note }];
  return { ...known, findings: [...known.findings, ...findings], crossRuns };
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
    ...(criteria === undefined ? {} : { criteria }),
    ...(integrity === undefined ? {} : { integrity: { commit, ...integrity } }),
  };
}
