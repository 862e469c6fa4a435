// Tells what backs or doubts a result while it comes in: criteria, findings in the tests, cross-runs, circles.
import { changeOfIntegrity, type ProofEvent } from '../../../shared/task/applyProof.ts';
import type { EventData, TaskEvent } from '../../../shared/task/events.ts';
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import {
  criteriaText,
  crossRunText,
  findingCount,
  findingGroups,
  findingsText,
  foundBy,
  placeOf,
  stuckTexts,
} from '../../../shared/task/proof.ts';
import type { Task } from '../../../shared/task/task.ts';
import { cleanText, firstLine } from './displayWidth.ts';
import { line, type Line } from './line.ts';
import { duration } from './quantities.ts';

/** What the story has told so far: `commit` is the newest one. */
export interface KnownProof extends Pick<Task, 'commit' | 'integrity'> {
  /** The criteria in the order of the spec. */
  readonly criteria: readonly string[];
}

const shownFindings = 5;

/** What is known once `event` is told. */
export function proofOf(known: KnownProof, event: TaskEvent): KnownProof {
  const now = { ...known, ...changeOfIntegrity(known.integrity, event) };
  switch (event.type) {
    case 'taskCreated':
      return { ...now, criteria: event.data.spec.criteria.map(({ text }) => text) };
    case 'committed':
    case 'bestRoundTaken':
      return { ...now, commit: event.data.commit };
    default:
      return now;
  }
}

export function narrateProof(
  event: ProofEvent,
  known: KnownProof,
  detail: 'milestones' | 'everything',
): Line[] {
  switch (event.type) {
    case 'criteriaJudged':
      return criteriaJudged(event.data, known.criteria);
    case 'checkProposed': {
      const text = `The agent proposes a check: ${cleanText(event.data.command)}`;
      const criterion = firstLine(known.criteria[event.data.criterion] ?? '');
      return [line(text, { depth: 1, mark: '·', tone: 'quiet', aside: criterion && `for “${criterion}”` })];
    }
    case 'crossRunStarted':
    case 'inspectionStarted':
      return [];
    case 'crossRunEnded':
      return crossRunEnded(event.data, detail);
    case 'integrityInspected':
      return inspected(event.data, known, detail);
    case 'stuckSeen': {
      const { seen, by, now } = stuckTexts(event.data);
      const quiet = { depth: 2, tone: 'quiet' } as const;
      return [
        line(seen, { depth: 1, mark: '↻', tone: 'attention' }),
        ...(by === '' ? [] : [line(firstLine(by), quiet)]),
        line(cleanText(now), quiet),
      ];
    }
    case 'bestRoundTaken':
      return [
        line(`Took round ${event.data.round} again: no later one was better`, { mark: '●', tone: 'accent' }),
      ];
  }
}

/** Its runs decide whether it counts: a failure is no bad news where it has to fail. */
export function proposalRun({ name, passed }: EventData<'checkEnded'>): Line {
  return line(`${cleanText(name)}: ${passed ? 'passes' : 'fails'}`, { depth: 1, mark: '·', tone: 'quiet' });
}

function criteriaJudged({ results }: EventData<'criteriaJudged'>, criteria: readonly string[]): Line[] {
  if (results.length === 0) return [];
  const failed = results.filter(({ state }) => state === 'notMet');
  const decided = results.some(({ state }) => state !== 'toJudge');
  const isProved = decided && results.every(({ state }) => state === 'met' || state === 'toJudge');
  return [
    line(`Criteria: ${criteriaText(results)}`, {
      depth: 1,
      mark: failed.length > 0 ? '✖' : isProved ? '✔' : '·',
      tone: failed.length > 0 ? 'bad' : isProved ? 'good' : 'quiet',
    }),
    ...failed.map(({ criterion, detail }) =>
      line(firstLine(criteria[criterion] ?? `Criterion ${criterion + 1}`), {
        depth: 2,
        mark: '✖',
        tone: 'bad',
        aside: firstLine(detail),
      }),
    ),
  ];
}

function inspected(
  data: EventData<'integrityInspected'>,
  known: KnownProof,
  detail: 'milestones' | 'everything',
): Line[] {
  const count = data.findings.length + data.findingsLeftOut;
  if (count === 0) {
    const text = findingCount(known) === 0 ? 'Nothing found in the tests' : 'Nothing else found in the tests';
    return [line(text, { depth: 1, mark: '·', tone: 'quiet' })];
  }
  const limit = detail === 'everything' ? data.findings.length : shownFindings;
  return [
    line(`${findingsText(count)} in the tests`, { depth: 1, mark: '!', tone: 'attention' }),
    ...findingLines(data.findings, { depth: 2, limit, leftOut: data.findingsLeftOut }),
  ];
}

function crossRunEnded(data: EventData<'crossRunEnded'>, detail: 'milestones' | 'everything'): Line[] {
  const { text, isDoubt, note } = crossRunText(data, foundBy(data.kind, data.findings));
  const limit = detail === 'everything' ? data.findings.length : shownFindings;
  return [
    line(text, {
      depth: 1,
      mark: isDoubt ? '!' : '·',
      tone: isDoubt ? 'attention' : 'quiet',
      aside: note === '' ? duration(data.durationMs) : firstLine(note),
    }),
    ...findingLines(data.findings, { depth: 2, limit, leftOut: 0 }),
  ];
}

/** Where first: in a narrow terminal the end of a line is the first to go. */
export function findingLines(
  findings: readonly IntegrityFinding[],
  { depth, limit, leftOut }: { readonly depth: number; readonly limit: number; readonly leftOut: number },
): Line[] {
  const sorted = findingGroups(findings).flatMap((group) => group.findings);
  const left = findings.length + leftOut - Math.min(limit, sorted.length);
  return [
    ...sorted.slice(0, limit).map((finding) => findingLine(finding, depth)),
    ...(left > 0 ? [line(`and ${left} more`, { depth, tone: 'quiet' })] : []),
  ];
}

function findingLine(finding: IntegrityFinding, depth: number): Line {
  const side = finding.side === 'before' ? 'before the change' : '';
  const guess = finding.foundBy === 'text' ? 'found by text' : '';
  return line(`${cleanText(placeOf(finding))}  ${firstLine(finding.message)}`, {
    depth,
    mark: '!',
    tone: 'attention',
    aside: [side, guess].filter((part) => part !== '').join(' · '),
  });
}
