// The row of a check, in the result and in the timeline: how it stands, what it ran, and the facts of its end.
import { formatCount, formatDuration } from '../model/formatting.ts';
import { flakyText } from '../../shared/task/proof.ts';
import type { Progress } from '../model/timelineItems.ts';
import { element, icon, type Child } from './dom.ts';

export interface Look {
  readonly icon: string;
  readonly tone: string;
  /** How it stands, for screen readers. */
  readonly word: string;
}

export const progressLooks: Readonly<Record<Progress, Look>> = {
  running: { icon: 'loading', tone: 'plain', word: 'Running' },
  passed: { icon: 'pass', tone: 'good', word: 'Passed' },
  failed: { icon: 'error', tone: 'bad', word: 'Failed' },
  interrupted: { icon: 'circle-slash', tone: 'muted', word: 'Interrupted' },
};

export interface CheckFacts {
  readonly name: string;
  readonly command: string;
  readonly timedOut: boolean;
  readonly exitCode: number | null;
  readonly problemCount: number;
  readonly durationMs: number | null;
}

/** `tags` stand before the facts. */
export function checkRow(check: CheckFacts, look: Look, ...tags: readonly Child[]): Child[] {
  return [
    icon(look.icon, { isSpinning: look === progressLooks.running, class: `tone-${look.tone}` }),
    element('span', { class: 'unseen' }, `${look.word}: `),
    element('span', { class: 'name' }, check.name),
    check.name === check.command
      ? null
      : element('code', { class: 'object', title: check.command }, check.command),
    element('span', { class: 'grow' }),
    ...tags,
    element(
      'span',
      { class: 'meta' },
      joinFacts(
        check.timedOut ? 'timed out' : null,
        check.exitCode === null || check.exitCode === 0 ? null : `exit ${check.exitCode}`,
        check.problemCount === 0 ? null : formatCount(check.problemCount, 'problem'),
        check.durationMs === null ? null : formatDuration(check.durationMs),
      ),
    ),
  ];
}

export function joinFacts(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ');
}

/** A check that failed and passed on the same commit is named, however it ended. */
export function flakyTag(isFlaky: boolean, runs?: number): HTMLElement | null {
  if (!isFlaky) return null;
  const title = 'It gave two answers on the same commit, so its result is worth less';
  return element('span', { class: 'tag tone-warning', title }, flakyText(runs));
}
