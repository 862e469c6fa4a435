// When a notification is worth the interruption, what it says, and which of several windows shows it.
import { findingCount } from '../../shared/task/proof.ts';
import type { Task } from '../../shared/task/task.ts';
import { formatChangedLines, formatCount, formatOneLine } from './formatting.ts';
import type { TaskAction } from './taskActions.ts';
import { resultWords } from './resultLook.ts';

export type NotificationSetting = 'all' | 'needsInput' | 'off';

export interface Notice {
  readonly taskId: string;
  readonly kind: 'needsInput' | 'readyForReview' | 'failed';
  /** The task's `seq` when it happened: one notice of one task has one name in all windows. */
  readonly seq: number;
}

/** Notices that come within this time of the first become one notification. */
export const collectMs = 10_000;

const kinds: ReadonlySet<string> = new Set(['needsInput', 'readyForReview', 'failed']);

/**
 * The notice that a change of a task is worth: never for progress, and never for a task that this
 * window sees for the first time (it was so before).
 */
export function noticeOf(before: Task | undefined, after: Task): Notice | null {
  if (before === undefined || before.status === after.status || !kinds.has(after.status)) return null;
  return { taskId: after.id, kind: after.status as Notice['kind'], seq: after.seq };
}

export function isWanted(notice: Notice, setting: NotificationSetting): boolean {
  return setting === 'all' || (setting === 'needsInput' && notice.kind === 'needsInput');
}

/** True while the notice still tells something new: nobody has reacted to it or looks at it now. */
export function isStillNews(notice: Notice, task: Task | undefined, isPanelVisible: boolean): boolean {
  return task?.status === notice.kind && !isPanelVisible;
}

/**
 * How long this window lets others go first, in milliseconds; the first to claim a notice shows it.
 * The window that holds the task's repository comes first, then the focused one, then any.
 */
export function claimDelayMs(window: {
  readonly holdsRepository: boolean;
  readonly isFocused: boolean;
}): number {
  if (window.holdsRepository) return 0;
  return window.isFocused ? 1_000 : 2_000;
}

export interface NoticeButton {
  readonly label: string;
  /** What to do with the one task, or to show the list of tasks. */
  readonly action: Extract<TaskAction, 'open' | 'reply' | 'review' | 'showLog'> | 'showTasks';
}

export interface NoticeText {
  readonly message: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly buttons: readonly NoticeButton[];
}

/** The words for one notification about all of `tasks`, which is not empty. */
export function noticeText(tasks: readonly Task[]): NoticeText {
  const [only] = tasks;
  if (tasks.length === 1 && only !== undefined) return oneText(only);
  const counted = [
    [tasks.filter(({ status }) => status === 'needsInput').length, 'need input', 'needs input'],
    [
      tasks.filter(({ status }) => status === 'readyForReview').length,
      'are ready to review',
      'is ready to review',
    ],
    [tasks.filter(({ status }) => status === 'failed').length, 'failed', 'failed'],
  ] as const;
  const present = counted.filter(([count]) => count > 0);
  const parts = present.map(([count, many, one]) => `${count} ${count === 1 ? one : many}`);
  const [single] = present;
  return {
    message:
      present.length === 1 && single !== undefined
        ? `${formatCount(tasks.length, 'background task')} ${single[1]}.`
        : `${formatCount(tasks.length, 'background task')}: ${parts.join(', ')}.`,
    severity: 'information',
    buttons: [{ label: 'Show Tasks', action: 'showTasks' }],
  };
}

function oneText(task: Task): NoticeText {
  const title = `“${formatOneLine(task.title, 60)}”`;
  if (task.status === 'needsInput') {
    return {
      message: `${title} needs input: ${formatOneLine(task.question?.text ?? '', 200)}`,
      severity: 'information',
      buttons: [
        { label: 'Reply', action: 'reply' },
        { label: 'Open Task', action: 'open' },
      ],
    };
  }
  if (task.status === 'failed') {
    return {
      message: `${title} failed: ${formatOneLine(task.error?.message ?? 'its checks did not pass.', 200)}`,
      severity: 'warning',
      buttons: [
        { label: 'Open Task', action: 'open' },
        { label: 'Show Log', action: 'showLog' },
      ],
    };
  }
  const facts = [resultWords(task), formatChangedLines(task.files)].filter((fact) => fact !== '');
  return {
    message: `${title} is ready to review${facts.length === 0 ? '' : ` (${facts.join(', ')})`}.`,
    severity: findingCount(task) > 0 ? 'warning' : 'information',
    buttons: [
      { label: 'Review Changes', action: 'review' },
      { label: 'Open Task', action: 'open' },
    ],
  };
}
