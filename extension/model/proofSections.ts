// What the task panel shows of what backs or doubts a result: findings in the tests, criteria, evidence.
import {
  crossRunTexts,
  criteriaText,
  findingCount,
  findingGroups,
  findingsText,
  inspectionOf,
  judgedCriteria,
  placeOf,
  type CrossRunText,
  type JudgedCriterion,
} from '../../shared/task/proof.ts';
import type { IntegrityFinding } from '../../shared/task/integrity.ts';
import type { Task } from '../../shared/task/task.ts';
import { shownImages, type KnownImages, type ShownImage } from './criterionImages.ts';
import { formatOneLine } from './formatting.ts';
import { verdictLooks } from './timelineHeader.ts';

export interface FindingRow extends Pick<IntegrityFinding, 'file' | 'line' | 'side' | 'message' | 'excerpt'> {
  readonly place: string;
  /** Where the line is, and how sure the finding is; empty where there is nothing to add. */
  readonly hint: string;
}

export interface IntegritySection {
  /** In short, for the line of the heading. */
  readonly aside: string;
  /** False where nobody has looked: there is nothing to read then. */
  readonly isKnown: boolean;
  readonly groups: readonly { readonly title: string; readonly findings: readonly FindingRow[] }[];
  readonly leftOut: number;
  /** Said where there is no finding; empty where there are. */
  readonly empty: string;
  readonly runs: readonly CrossRunText[];
}

/** Null before there is a result. */
export function integritySectionOf(task: Task): IntegritySection | null {
  if (task.commit === null || (task.verdict === null && task.integrity === undefined)) return null;
  const inspection = inspectionOf(task);
  const none = { groups: [], leftOut: 0, runs: [] };
  if (inspection === null) {
    const isOld = task.integrity !== undefined;
    const empty = isOld
      ? 'This commit has not been inspected; an earlier one was.'
      : 'Nobody has looked at what this change does to the tests.';
    return { aside: 'not inspected', isKnown: false, empty, ...none };
  }
  const count = findingCount(task);
  const isInspected = inspection.isInspected === true;
  const clean = isInspected ? 'nothing found' : 'not inspected';
  const empty = isInspected
    ? 'Nothing that weakens the tests or the checks.'
    : 'The change itself has not been inspected.';
  return {
    aside: count === 0 ? clean : findingsText(count),
    isKnown: true,
    groups: findingGroups(inspection.findings).map(({ title, findings }) => ({
      title,
      findings: findings.map(findingRow),
    })),
    leftOut: inspection.findingsLeftOut,
    empty: count === 0 ? empty : '',
    runs: crossRunTexts(inspection),
  };
}

function findingRow(finding: IntegrityFinding): FindingRow {
  const { file, line, side, message, excerpt, foundBy } = finding;
  const hints = [
    side === 'before' ? 'before the change' : '',
    foundBy === 'text' ? 'found by text, may be harmless' : '',
  ];
  return {
    ...{ file, line, side, message, excerpt: excerpt.trim() },
    place: placeOf(finding),
    hint: hints.filter((part) => part !== '').join(' · '),
  };
}

export interface CriterionRow extends JudgedCriterion {
  readonly images: readonly ShownImage[];
}

export interface CriteriaSection {
  readonly aside: string;
  /** False where no check ran on the result: then nothing is green. */
  readonly isProved: boolean;
  readonly rows: readonly CriterionRow[];
}

/** Null where the spec has none. */
export function criteriaSectionOf(task: Task, images?: KnownImages): CriteriaSection | null {
  const criteria = judgedCriteria(task);
  if (criteria.length === 0) return null;
  const rows = criteria.map((criterion) => ({ ...criterion, images: shownImages(criterion, images) }));
  return { aside: criteriaText(criteria), isProved: task.verdict !== 'unverified', rows };
}

/** What the user's repository has of a task's evidence. */
export type EvidenceReading =
  | { readonly state: 'missing' | 'unreadable' | 'otherCommit' | 'elsewhere' }
  | { readonly state: 'here'; readonly keyIds: readonly string[] };

export interface EvidenceSection {
  /** The verdict that it backs. */
  readonly label: string;
  readonly words: string;
  /** The whole ids of the keys, for the hover. */
  readonly title: string;
  readonly isDoubtful: boolean;
  readonly hasEvidence: boolean;
}

/** `reading` is null until the repository was asked. Null before there is a result. */
export function evidenceSectionOf(task: Task, reading: EvidenceReading | null): EvidenceSection | null {
  if (task.verdict === null) return null;
  const { label } = verdictLooks[task.verdict];
  if (task.evidence === undefined) {
    const words = 'The runner has given no evidence for this result.';
    return { label, words, title: '', isDoubtful: false, hasEvidence: false };
  }
  const { words, title = '', isDoubtful = false } = readingWords(reading);
  return { label, words, title, isDoubtful, hasEvidence: true };
}

/** Characters of a key's id that are shown. */
const keyLength = 16;

function readingWords(reading: EvidenceReading | null): {
  readonly words: string;
  readonly title?: string;
  readonly isDoubtful?: boolean;
} {
  if (reading === null) return { words: 'Reading…' };
  switch (reading.state) {
    case 'missing':
      return { words: 'Not in your repository yet: it comes with the branch.' };
    case 'elsewhere':
      return { words: 'The repository of this task is not on this machine.' };
    case 'unreadable':
      return { words: 'It can’t be read: it is not what a runner writes.', isDoubtful: true };
    case 'otherCommit':
      return { words: 'It is about another commit than this result.', isDoubtful: true };
    case 'here': {
      if (reading.keyIds.length === 0) return { words: 'Not signed.', isDoubtful: true };
      const shown = reading.keyIds.map((id) => formatOneLine(id, keyLength)).join(', ');
      return { words: `Signed by the runner’s key ${shown}`, title: reading.keyIds.join('\n') };
    }
  }
}
