// Shows what backs or doubts a task's result: what was found in its tests, its criteria, circles, the evidence.
import type { CriterionState } from '../../../shared/task/criteria.ts';
import {
  criterionImages,
  crossRunTexts,
  criterionWords,
  findingGroups,
  inspectionOf,
  judgedCriteria,
  stuckTexts,
  type JudgedCriterion,
} from '../../../shared/task/proof.ts';
import type { IntegrityState, Task } from '../../../shared/task/task.ts';
import { cleanText, firstLine } from './displayWidth.ts';
import { line, type Line } from './line.ts';
import { evidenceLine } from './narrateEnd.ts';
import { findingLines } from './narrateProof.ts';
import type { Tone } from './paint.ts';

/** Nothing before there is a result, or where nobody has looked at one. */
export function integrityLines(task: Task): Line[] {
  if (task.commit === null || (task.verdict === null && task.integrity === undefined)) return [];
  const heading = line('Integrity of the tests', { tone: 'heading' });
  const inspection = inspectionOf(task);
  if (inspection === null) return [heading, line('Not inspected', { depth: 1, mark: '·', tone: 'quiet' })];
  const empty = inspection.isInspected === true ? 'Nothing found in the tests' : 'Not inspected by reading';
  return [heading, ...inspectionLines(inspection, empty)];
}

/** What was found and what was run; `empty` is said where nothing was found. */
export function inspectionLines(
  inspection: Pick<IntegrityState, 'findings' | 'findingsLeftOut' | 'crossRuns'>,
  empty: string,
): Line[] {
  const { findings, findingsLeftOut } = inspection;
  return [
    ...(findings.length + findingsLeftOut === 0 ? [line(empty, { depth: 1, mark: '·', tone: 'quiet' })] : []),
    ...findingGroups(findings).flatMap((group) => [
      line(group.title, { depth: 1, tone: 'attention', aside: String(group.findings.length) }),
      ...findingLines(group.findings, { depth: 2, limit: group.findings.length, leftOut: 0 }),
    ]),
    ...(findingsLeftOut === 0 ? [] : [line(`and ${findingsLeftOut} more`, { depth: 1, tone: 'quiet' })]),
    ...crossRunTexts(inspection).map(({ text, note }) =>
      line(text, { depth: 1, mark: '·', tone: 'quiet', aside: firstLine(note) }),
    ),
  ];
}

const criterionLooks: Readonly<Record<CriterionState, { readonly mark: string; readonly tone: Tone }>> = {
  met: { mark: '✔', tone: 'good' },
  notMet: { mark: '✖', tone: 'bad' },
  toJudge: { mark: '?', tone: 'quiet' },
  notRun: { mark: '·', tone: 'quiet' },
};

/** What is left to a person is never shown as met, and nothing is where no check ran. */
export function criteriaLines(task: Task): Line[] {
  const criteria = judgedCriteria(task);
  if (criteria.length === 0) return [];
  const isProved = task.verdict !== 'unverified';
  return [
    line('Criteria', { tone: 'heading' }),
    ...criteria.flatMap((criterion) => [
      criterionLine(criterion, isProved),
      ...imageLines(criterion, task.id),
    ]),
  ];
}

/** Nothing is shown as good where it is not proved. */
export function criterionLine(criterion: JudgedCriterion, isProved: boolean): Line {
  const { mark, tone } = criterionLooks[criterion.state];
  return line(firstLine(criterion.text), {
    depth: 1,
    mark,
    tone: tone === 'good' && !isProved ? 'quiet' : tone,
    aside: criterionAside(criterion),
  });
}

/** How to get what is to be looked at: a terminal shows no image. */
function imageLines(criterion: JudgedCriterion, taskId: string): Line[] {
  const images = criterionImages(criterion);
  return images.map(({ name, isBefore }) => {
    const word = images.length === 1 ? 'Image' : isBefore ? 'Before' : 'After';
    const aside = `nightjar log ${taskId} --image ${name}`;
    return line(`${word}: ${name}`, { depth: 2, tone: 'quiet', aside });
  });
}

function criterionAside({ state, boundBy, command, detail }: JudgedCriterion): string {
  const facts = [
    criterionWords[state].toLowerCase(),
    boundBy === 'agent' ? 'the agent’s own check' : '',
    command ?? '',
    firstLine(detail),
  ];
  return cleanText(facts.filter((fact) => fact !== '').join(' · '));
}

export function stuckLines({ stuck }: Task): Line[] {
  if (stuck === undefined) return [];
  const { seen, by, now } = stuckTexts(stuck);
  return [
    line(`${seen} (round ${stuck.round})`, { mark: '↻', tone: 'attention', aside: firstLine(by) }),
    line(now, { depth: 1, tone: 'quiet' }),
  ];
}

export function evidenceLines(task: Task): Line[] {
  return task.evidence === undefined ? [] : [evidenceLine(task.id)];
}
