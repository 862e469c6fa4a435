// How a result looks wherever it is shown. Green is for what was proved and not doubted, and for nothing else.
import type { Verdict } from '../../shared/task/events.ts';
import { findingCount, findingsText } from '../../shared/task/proof.ts';
import type { Task } from '../../shared/task/task.ts';
import type { Tone } from './timelineItems.ts';

/** What of a task decides how its result looks. */
export type Result = Pick<Task, 'verdict' | 'integrity' | 'commit'>;

/** The icon of a verdict, in the view and in the panel. */
export const verdictIcons: Readonly<Record<Verdict, string>> = {
  verified: 'verified-filled',
  partlyVerified: 'verified',
  unverified: 'unverified',
  failed: 'error',
};

const verdictTones: Readonly<Record<Verdict, Tone>> = {
  verified: 'good',
  partlyVerified: 'warning',
  unverified: 'muted',
  failed: 'bad',
};

/** Findings in the tests cast a doubt on whatever the checks say. */
export function resultTone(result: Result): Tone {
  if (result.verdict === null) return 'plain';
  const tone = verdictTones[result.verdict];
  return findingCount(result) > 0 && tone !== 'bad' ? 'warning' : tone;
}

/** Theme colours of the view; null leaves the theme's default. */
export const toneColors: Readonly<Record<Tone, string | null>> = {
  plain: null,
  good: 'testing.iconPassed',
  warning: 'list.warningForeground',
  bad: 'list.errorForeground',
  muted: 'disabledForeground',
};

/** The verdict in the words of the glossary, and how much was found: `verified · 2 findings`. */
export function resultWords(result: Result): string {
  const count = findingCount(result);
  const found = count === 0 ? '' : findingsText(count);
  return [verdictWords(result.verdict), found].filter((part) => part !== '').join(' · ');
}

/** The verdict in the words of the glossary. */
export function verdictWords(verdict: Task['verdict']): string {
  switch (verdict) {
    case 'verified':
      return 'verified';
    case 'partlyVerified':
      return 'partly verified';
    case 'unverified':
      return 'unverified';
    case 'failed':
      return 'checks failed';
    case null:
      return '';
  }
}
