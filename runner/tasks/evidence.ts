// Puts together what backs a delivered result: pure, from the task's events and a few facts that were asked for.
import {
  predicateType,
  statementType,
  type CheckEvidence,
  type EnvironmentEvidence,
  type Predicate,
  type Statement,
} from '../../shared/evidence/statement.ts';
import type { BlockedHost, EndReason, EventData, TaskEvent, Verdict } from '../../shared/task/events.ts';
import type { CheckResult, Run } from './run.ts';
import { verdictReasons } from './verdict.ts';

/** What only the world can tell. */
export interface AskedFacts {
  readonly specSha256: string;
  readonly environment: Omit<EnvironmentEvidence, 'sandbox' | 'network' | 'setUp'>;
  /** SHA-256 by the name of the log or image; one that is gone has none. */
  readonly logs: ReadonlyMap<string, string>;
}

export interface Delivery {
  readonly verdict: Verdict;
  readonly reason: EndReason;
}

/** What says nothing of the work: a delivery that was cut off and is made again tells the same. */
const aside: ReadonlySet<TaskEvent['type']> = new Set([
  ...(['deliverStarted', 'interrupted', 'runnerEnded', 'diskFull', 'sandboxChanged'] as const),
  ...(['workspaceLost', 'workspaceReclaimed', 'prioritized', 'sharingChanged'] as const),
]);

/** The names of the logs and images whose hashes the evidence needs. */
export function logsOfEvidence(run: Run): string[] {
  return lastChecks(run).flatMap(({ log, image }) => [log ?? [], image ?? []].flat());
}

export function statementOf(
  run: Run,
  events: readonly TaskEvent[],
  { verdict, reason }: Delivery,
  asked: AskedFacts,
): Statement {
  const { task, created } = run;
  const checks = lastChecks(run).map((check) => checkEvidence(run, events, check, asked.logs));
  const { integrity, criteria = [], criteriaCommit } = task;
  const predicate: Predicate = {
    task: { id: task.id, title: task.title, specSha256: asked.specSha256 },
    base: task.snapshot.base,
    snapshot: task.snapshot.commit,
    verdict,
    endReason: reason,
    reasons: reasonsOf(run),
    checks,
    criteria: (criteriaCommit === run.head ? criteria : []).map(({ criterion, ...result }) => ({
      text: created.spec.criteria[criterion]?.text ?? '',
      ...result,
    })),
    integrity:
      integrity?.commit === run.head
        ? {
            findings: integrity.findings,
            findingsLeftOut: integrity.findingsLeftOut,
            crossRuns: integrity.crossRuns,
          }
        : null,
    environment: {
      ...asked.environment,
      sandbox: task.sandbox,
      network: task.network,
      setUp: created.setUp,
    },
    models: modelsOf(created.model, events),
    turns: task.turns,
    rounds: task.rounds,
    usage: task.usage,
    costUsd: task.costUsd,
    assumptions: assumptionsOf(events),
    accessBlocked: blockedOf(events),
    time: {
      createdAt: task.createdAt,
      endedAt: events.findLast(({ type }) => !aside.has(type))?.at ?? task.createdAt,
    },
  };
  return {
    _type: statementType,
    subject: [{ name: task.repository.name, digest: { gitCommit: run.head } }],
    predicateType,
    predicate,
  };
}

/** Those that ran on what is delivered. */
function lastChecks({ roundChecks, head }: Run): readonly CheckResult[] {
  return roundChecks.filter(({ commit }) => commit === head);
}

function checkEvidence(
  run: Run,
  events: readonly TaskEvent[],
  check: CheckResult,
  logs: AskedFacts['logs'],
): CheckEvidence {
  const { name, command, round, commit, log, image, flakyRuns } = check;
  const asked = run.created.checks.find((other) => other.name === name);
  const baseline = run.baseline.find((other) => other.name === name);
  const { startedAt, endedAt } = timesOf(events, check);
  return {
    name,
    ...(asked?.kind === undefined ? {} : { kind: asked.kind }),
    command,
    // A check that the spec does not name is one that the agent proposed; it has the usual time.
    timeoutMs: asked?.timeoutMs ?? 10 * 60_000,
    round,
    commit,
    ...outcomeOf(check),
    problems: check.problems.length + check.problemsLeftOut,
    startedAt,
    endedAt,
    log: log === null ? null : { name: log, sha256: logs.get(log) ?? null },
    ...(image === undefined ? {} : { image: { name: image, sha256: logs.get(image) ?? null } }),
    ...(flakyRuns === undefined ? {} : { flakyRuns }),
    baseline: baseline === undefined ? null : outcomeOf(baseline),
  };
}

function outcomeOf({ passed, exitCode, timedOut, durationMs }: CheckResult) {
  return { passed, exitCode, timedOut, durationMs };
}

function timesOf(
  events: readonly TaskEvent[],
  { name, round }: CheckResult,
): { readonly startedAt: string | null; readonly endedAt: string } {
  const isIts = (event: TaskEvent, type: 'checkStarted' | 'checkEnded'): boolean =>
    event.type === type &&
    event.data.name === name &&
    event.data.round === round &&
    event.data.proposedFor === undefined;
  const end = events.findLastIndex((event) => isIts(event, 'checkEnded'));
  const start = events.slice(0, end).findLast((event) => isIts(event, 'checkStarted'));
  return { startedAt: start?.at ?? null, endedAt: events[end]?.at ?? '' };
}

/** What speaks for the verdict, and what speaks against it. */
function reasonsOf(run: Run): string[] {
  const { integrity } = run.task;
  const findings = integrity?.commit === run.head ? integrity.findings.length + integrity.findingsLeftOut : 0;
  const found =
    findings === 0
      ? []
      : [`${findings === 1 ? 'One finding' : `${findings} findings`} on the integrity of the tests.`];
  return [...found, ...verdictReasons(run)];
}

function modelsOf(first: string, events: readonly TaskEvent[]): string[] {
  const later = events.flatMap((event) => (event.type === 'stuckSeen' ? (event.data.model ?? []) : []));
  return [...new Set([first, ...later])];
}

function assumptionsOf(events: readonly TaskEvent[]): Predicate['assumptions'] {
  const questions = new Map<string, EventData<'questionAsked'>>();
  const assumptions: Predicate['assumptions'] = [];
  for (const { type, data } of events) {
    if (type === 'questionAsked') questions.set(data.questionId, data);
    if (type === 'questionAnswered' && data.by === 'default')
      assumptions.push({ question: questions.get(data.questionId)?.text ?? '', answer: data.text });
  }
  return assumptions;
}

function blockedOf(events: readonly TaskEvent[]): BlockedHost[] {
  const counts = new Map<string, number>();
  for (const { type, data } of events) {
    if (type !== 'accessBlocked') continue;
    for (const { host, count } of data.hosts) counts.set(host, (counts.get(host) ?? 0) + count);
  }
  return [...counts].map(([host, count]) => ({ host, count }));
}
