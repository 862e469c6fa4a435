// The one item in the status bar and the badge of the view: what runs, and what waits for the user.
import { activityText } from '../../shared/task/activityText.ts';
import type { Task } from '../../shared/task/task.ts';
import { formatCount } from './formatting.ts';
import { isRunning } from './taskActions.ts';
import { statusLooks } from './taskRows.ts';
import { escapeMarkdown } from './taskTooltip.ts';

/** How this window stands to the runner: the values of the context key `nightjar.runner`. */
export type RunnerState = 'none' | 'connecting' | 'ready' | 'offline';

export interface StatusBarText {
  /** Codicons and numbers. */
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  /** The same for screen readers. */
  readonly spoken: string;
  /** True only while a task waits for an answer. */
  readonly isWarning: boolean;
}

/** What waits for the user, in the order of the view's groups: each status with its words for one task and for many. */
const waiting = [
  { status: 'needsInput', one: 'needs your input', many: 'need your input' },
  { status: 'failed', one: 'has failed', many: 'have failed' },
  { status: 'readyForReview', one: 'is ready to review', many: 'are ready to review' },
] as const;

/** What the status bar shows; null hides the item. */
export function statusBarText(tasks: readonly Task[], runner: RunnerState): StatusBarText | null {
  const runningCount = tasks.filter(isRunning).length;
  const needsAnswer = tasks.some(({ status }) => status === 'needsInput');
  if (runner === 'offline') {
    if (runningCount === 0 && !needsAnswer) return null;
    const spoken = 'Nightjar: the runner is not reachable';
    return { text: '$(debug-disconnect) Nightjar', tooltip: `${spoken}.`, spoken, isWarning: false };
  }
  const parts = [
    {
      count: runningCount,
      icon: statusLooks.working.icon,
      words: runningCount === 1 ? 'is running' : 'are running',
    },
    ...waitingParts(tasks),
  ].filter(({ count }) => count > 0);
  if (parts.length === 0) return null;
  return {
    text: parts.map(({ count, icon }) => `$(${icon}) ${count}`).join(' '),
    tooltip: tooltipOf(tasks),
    spoken: `Nightjar: ${sentenceOf(parts)}`,
    isWarning: needsAnswer,
  };
}

/**
 * The number on the view's icon and its sentence; undefined where nothing waits for the user. It counts the tasks of
 * the groups "Needs You" and "Ready to Review": a failed one until it is run again, answered or put away.
 */
export function badgeOf(
  tasks: readonly Task[],
): { readonly value: number; readonly tooltip: string } | undefined {
  const parts = waitingParts(tasks);
  const value = parts.reduce((sum, { count }) => sum + count, 0);
  return value === 0 ? undefined : { value, tooltip: sentenceOf(parts) };
}

interface Part {
  readonly count: number;
  readonly icon: string;
  readonly words: string;
}

function waitingParts(tasks: readonly Task[]): Part[] {
  return waiting
    .map(({ status, one, many }) => {
      const count = tasks.filter((task) => task.status === status).length;
      return { count, icon: statusLooks[status].icon, words: count === 1 ? one : many };
    })
    .filter(({ count }) => count > 0);
}

function sentenceOf(parts: readonly Part[]): string {
  return parts.map(({ count, words }) => `${formatCount(count, 'background task')} ${words}`).join(', ');
}

/** At most this many tasks are listed in the hover. */
const maxListed = 8;

function tooltipOf(tasks: readonly Task[]): string {
  const counted = tasks.filter(({ status }) => statusLooks[status].group !== 'done');
  const lines = counted.slice(0, maxListed).map((task) => {
    const branch = task.repository.branch === null ? '' : ` (${task.repository.branch})`;
    const place = escapeMarkdown(`${task.repository.name}${branch}`);
    return `- **${escapeMarkdown(task.title)}** in ${place}: ${escapeMarkdown(activityText(task))}`;
  });
  if (counted.length > maxListed) lines.push(`- and ${counted.length - maxListed} more`);
  return [
    '**Background tasks**',
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    'Select to open one.',
  ].join('\n\n');
}
