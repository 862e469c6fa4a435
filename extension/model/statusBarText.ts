// The one item in the status bar and the badge of the view: what runs, and what waits for the user.
import type { Task } from '../../shared/task/task.ts';
import { formatCount } from './formatting.ts';
import { isRunning } from './taskActions.ts';
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

/** What the status bar shows; null hides the item. */
export function statusBarText(tasks: readonly Task[], runner: RunnerState): StatusBarText | null {
  const counts = countTasks(tasks);
  if (runner === 'offline') {
    if (counts.running + counts.needsInput === 0) return null;
    const spoken = 'Nightjar: the runner is not reachable';
    return { text: '$(debug-disconnect) Nightjar', tooltip: `${spoken}.`, spoken, isWarning: false };
  }
  const parts = [
    [counts.running, 'loading~spin', 'running'],
    [counts.needsInput, 'comment-unresolved', 'waiting for your answer'],
    [counts.readyForReview, 'diff-multiple', 'ready to review'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0);
  if (shown.length === 0) return null;
  return {
    text: shown.map(([count, icon]) => `$(${icon}) ${count}`).join(' '),
    tooltip: tooltipOf(tasks),
    spoken: `Nightjar: ${shown.map(([count, , words]) => `${formatCount(count, 'background task')} ${words}`).join(', ')}`,
    isWarning: counts.needsInput > 0,
  };
}

/** The number on the view's icon and its sentence; undefined where nothing waits for the user. */
export function badgeOf(
  tasks: readonly Task[],
): { readonly value: number; readonly tooltip: string } | undefined {
  const { needsInput, readyForReview } = countTasks(tasks);
  const value = needsInput + readyForReview;
  if (value === 0) return undefined;
  const sentences = [
    needsInput > 0
      ? `${formatCount(needsInput, 'background task')} ${needsInput === 1 ? 'needs' : 'need'} your input`
      : '',
    readyForReview > 0
      ? `${formatCount(readyForReview, 'background task')} ${readyForReview === 1 ? 'is' : 'are'} ready to review`
      : '',
  ];
  return { value, tooltip: sentences.filter((sentence) => sentence !== '').join(', ') };
}

function countTasks(tasks: readonly Task[]): { running: number; needsInput: number; readyForReview: number } {
  return {
    running: tasks.filter(isRunning).length,
    needsInput: tasks.filter(({ status }) => status === 'needsInput').length,
    readyForReview: tasks.filter(({ status }) => status === 'readyForReview').length,
  };
}

/** At most this many tasks are listed in the hover. */
const maxListed = 8;

function tooltipOf(tasks: readonly Task[]): string {
  const active = tasks.filter((task) => isRunning(task) || task.status === 'needsInput');
  const lines = active.slice(0, maxListed).map((task) => {
    const branch = task.repository.branch === null ? '' : ` (${task.repository.branch})`;
    const place = escapeMarkdown(`${task.repository.name}${branch}`);
    return `- **${escapeMarkdown(task.title)}** in ${place}: ${escapeMarkdown(task.activity)}`;
  });
  if (active.length > maxListed) lines.push(`- and ${active.length - maxListed} more`);
  return [
    '**Background tasks**',
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    'Select to open one.',
  ].join('\n\n');
}
