// The task view as data: groups, and label, description, icon and colour of every row.
import type { QueuePlace } from '../../shared/protocol/queuePlace.ts';
import type { ChangedFile } from '../../shared/task/events.ts';
import { activityText } from '../../shared/task/activityText.ts';
import { findingCount, findingsText, flakyText, isOutdated } from '../../shared/task/proof.ts';
import type { CheckState, Status, Task } from '../../shared/task/task.ts';
import {
  formatChangedLines,
  formatCount,
  formatDuration,
  formatElapsed,
  formatOneLine,
} from './formatting.ts';
import { resultTone, resultWords, toneColors, verdictIcons } from './resultLook.ts';
import { contextValueOf, isRunning } from './taskActions.ts';

export type GroupId = 'needsYou' | 'running' | 'readyToReview' | 'done';

/** Groups in the order of the view; a group without tasks isn't shown. */
export interface GroupRow {
  readonly id: GroupId;
  readonly label: string;
  readonly isExpanded: boolean;
  readonly tasks: readonly Task[];
}

/** One row. `icon` is a codicon, `color` a theme colour; null leaves the theme's default. */
export interface Row {
  readonly label: string;
  readonly description: string;
  readonly icon: string | null;
  readonly color: string | null;
  readonly contextValue: string;
  /** The whole row as a sentence for screen readers. */
  readonly spoken: string;
}

interface StatusLook {
  readonly group: GroupId;
  readonly icon: string;
  readonly color: string | null;
  readonly words: string;
}

/** One row of the design's table for each status. */
export const statusLooks: Readonly<Record<Status, StatusLook>> = {
  queued: { group: 'running', icon: 'circle-large', color: 'disabledForeground', words: 'Queued' },
  preparing: { group: 'running', icon: 'loading~spin', color: null, words: 'Preparing' },
  working: { group: 'running', icon: 'loading~spin', color: null, words: 'Working' },
  checking: { group: 'running', icon: 'loading~spin', color: null, words: 'Checking' },
  needsInput: {
    group: 'needsYou',
    icon: 'comment-unresolved',
    color: 'list.warningForeground',
    words: 'Needs input',
  },
  readyForReview: {
    group: 'readyToReview',
    icon: 'diff-multiple',
    color: 'charts.blue',
    words: 'Ready to review',
  },
  failed: { group: 'needsYou', icon: 'error', color: 'list.errorForeground', words: 'Failed' },
  stopped: { group: 'done', icon: 'circle-slash', color: 'disabledForeground', words: 'Stopped' },
  done: { group: 'done', icon: 'pass', color: 'disabledForeground', words: 'Done' },
};

const groups: readonly Omit<GroupRow, 'tasks'>[] = [
  { id: 'needsYou', label: 'Needs You', isExpanded: true },
  { id: 'running', label: 'Running', isExpanded: true },
  { id: 'readyToReview', label: 'Ready to Review', isExpanded: true },
  { id: 'done', label: 'Done', isExpanded: false },
];

/** The groups that have tasks; within a group the order of `tasks` is kept. */
export function groupRows(tasks: readonly Task[]): readonly GroupRow[] {
  return groups
    .map((group) => ({
      ...group,
      tasks: tasks.filter(({ status }) => statusLooks[status].group === group.id),
    }))
    .filter((group) => group.tasks.length > 0);
}

/**
 * The row of a task. `now` is the time in milliseconds since 1970; `queued` where it waits for a place on the runner. Among
 * the tasks to review, the icon tells the verdict: in a narrow side bar the description is the first to be cut.
 */
export function taskRow(task: Task, now: number, queued: QueuePlace | null = null): Row {
  const look = queued === null ? lookOf(task) : statusLooks.queued;
  const description =
    queued === null ? taskDescription(task, now) : `${runningTime(task, now)} · Waiting, ${queued.place}`;
  return {
    label: task.title,
    description,
    icon: look.icon,
    color: look.color,
    contextValue: contextValueOf(task),
    spoken: [task.title, look.words, description].filter((part) => part !== '').join(', '),
  };
}

function lookOf(task: Task): Pick<StatusLook, 'icon' | 'color' | 'words'> {
  const look = statusLooks[task.status];
  if (task.status !== 'readyForReview' || task.verdict === null) return look;
  return { ...look, icon: verdictIcons[task.verdict], color: toneColors[resultTone(task)] };
}

const fileLooks = {
  added: { badge: 'A', color: 'gitDecoration.addedResourceForeground', words: 'added' },
  modified: { badge: 'M', color: 'gitDecoration.modifiedResourceForeground', words: 'modified' },
  deleted: { badge: 'D', color: 'gitDecoration.deletedResourceForeground', words: 'deleted' },
  renamed: { badge: 'R', color: 'gitDecoration.renamedResourceForeground', words: 'renamed' },
} as const satisfies Record<ChangedFile['status'], unknown>;

/** Letter, colour and word of a changed file, as the Source Control view has them. */
export function fileLook(status: ChangedFile['status']): (typeof fileLooks)[ChangedFile['status']] {
  return fileLooks[status];
}

/** The row of a changed file: its name, then its folder and its changed lines. */
export function fileRow(file: ChangedFile): Row {
  const slash = file.path.lastIndexOf('/');
  const folder = file.path.slice(0, Math.max(slash, 0));
  const lines = file.added === null && file.removed === null ? 'binary' : formatChangedLines([file]);
  return {
    label: file.path.slice(slash + 1),
    description: [folder, lines].filter((part) => part !== '').join(' · '),
    icon: null,
    color: null,
    contextValue: 'file',
    spoken: `${file.path}, ${fileLook(file.status).words}, ${lines}`,
  };
}

/** The row of a check with its newest result, which proves nothing of `task` where it is one of an earlier commit. */
export function checkRow(check: CheckState, task: Pick<Task, 'commit' | 'verdict'>): Row {
  const look = checkLook(check);
  const flaky = check.isFlaky === true ? `, ${flakyText()}` : '';
  const isOld = isOutdated(check, task);
  const words = `${look.words}${flaky}${isOld ? ', on an earlier commit' : ''}`;
  const isGreen = check.passed === true && !isOld && task.verdict !== 'unverified';
  const icon = isOld ? 'circle-large' : look.icon;
  const color = check.passed === true ? passedColor(isGreen, check.isFlaky === true) : look.color;
  return {
    label: check.name,
    description: words,
    icon,
    color,
    contextValue: 'check',
    spoken: `Check ${check.name}, ${words}`,
  };
}

function passedColor(isGreen: boolean, isFlaky: boolean): string | null {
  if (!isGreen) return toneColors.muted;
  return isFlaky ? toneColors.warning : toneColors.good;
}

function checkLook(check: CheckState): { words: string; icon: string; color: string | null } {
  if (check.passed === null) {
    const words = check.failedBefore === true ? 'not run yet, failed at hand-off' : 'not run yet';
    return { words, icon: 'circle-large', color: 'disabledForeground' };
  }
  if (check.passed) {
    const time = check.durationMs === null ? '' : ` in ${formatDuration(check.durationMs)}`;
    return { words: `passed${time}`, icon: 'pass', color: toneColors.good };
  }
  const problems = check.problemCount === 0 ? '' : `, ${formatCount(check.problemCount, 'problem')}`;
  return { words: `${exitWords(check)}${problems}`, icon: 'error', color: 'testing.iconFailed' };
}

function foundWords(task: Task): string {
  const count = findingCount(task);
  return count === 0 ? '' : findingsText(count);
}

function exitWords(check: CheckState): string {
  return check.exitCode === null ? 'failed' : `failed with exit code ${check.exitCode}`;
}

/** What the user waits for: the question, the activity, the reason of a failure, or the result. */
function taskDescription(task: Task, now: number): string {
  const lines = formatChangedLines(task.files);
  const parts = ((): readonly string[] => {
    if (task.question !== null) return [formatOneLine(task.question.text, 120)];
    if (isRunning(task)) return [runningTime(task, now), formatOneLine(activityText(task), 80)];
    if (task.status === 'failed')
      return [formatOneLine(task.error?.message ?? 'checks did not pass', 120), foundWords(task), lines];
    if (task.status === 'readyForReview') return [resultWords(task), lines];
    return [lines];
  })();
  return parts.filter((part) => part !== '').join(' · ');
}

function runningTime(task: Task, now: number): string {
  return formatElapsed(Math.max(0, now - Date.parse(task.createdAt)));
}
