// The few lines that say what a task is doing right now.
import { activityText } from '../../../shared/task/activityText.ts';
import { findingCount } from '../../../shared/task/proof.ts';
import type { Status, Task } from '../../../shared/task/task.ts';
import { cleanText, firstLine, truncate } from './displayWidth.ts';
import type { Paint, Tone } from './paint.ts';
import { cost, duration, tokens } from './quantities.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/** The words of a status for a person. */
export const statusWords: Readonly<Record<Status, string>> = {
  queued: 'Queued',
  preparing: 'Preparing',
  working: 'Working',
  checking: 'Checking',
  needsInput: 'Needs you',
  readyForReview: 'Ready to review',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

/** What of a task decides how its state looks. */
export type Standing = Pick<Task, 'status' | 'verdict' | 'integrity' | 'commit'>;

/** Whether all was proved, and nothing was found in the tests that casts a doubt on it. */
export function isProved(task: Standing): boolean {
  const hasEnded = task.status === 'readyForReview' || task.status === 'done';
  return hasEnded && task.verdict === 'verified' && findingCount(task) === 0;
}

/** The colour of a status. Green is for what was proved, and for nothing else. */
export function statusTone(task: Standing): Tone {
  switch (task.status) {
    case 'readyForReview':
      if (isProved(task)) return 'good';
      return task.verdict === null || task.verdict === 'unverified' ? 'accent' : 'attention';
    case 'done':
      return isProved(task) ? 'good' : 'quiet';
    case 'failed':
      return 'bad';
    case 'needsInput':
    case 'stopped':
      return 'attention';
    case 'queued':
      return 'quiet';
    default:
      return 'accent';
  }
}

/** Tokens of all model calls of a task. */
export function tokensOf(task: Pick<Task, 'usage'>): number {
  return task.usage.inputTokens + task.usage.outputTokens;
}

export interface LiveView {
  /** The round that goes on; 0 before the first. */
  readonly round: number;
  /** Since the task began; it also turns the spinner. */
  readonly elapsedMs: number;
  /** The end of the live output, oldest line first. */
  readonly output: readonly string[];
  readonly columns: number;
}

/**
 * Status with time and cost, the activity, and the end of the live output.
 * `elapsedMs` also turns the spinner; `output` are the last lines, oldest first.
 */
export function liveBlock(task: Task, view: LiveView, paint: Paint): string[] {
  const spinner = frames[Math.floor(view.elapsedMs / frameMs) % frames.length] ?? '';
  const mark = task.status === 'needsInput' ? '?' : spinner;
  const facts = [
    view.round === 0 ? '' : `round ${view.round}`,
    task.turns === 0 ? '' : `turn ${task.turns}`,
    duration(view.elapsedMs),
    tokensOf(task) === 0 ? '' : tokens(tokensOf(task)),
    tokensOf(task) === 0 ? '' : cost(task.costUsd),
  ].filter((fact) => fact !== '');
  const status = `${mark} ${statusWords[task.status]}`;
  const rest = truncate(`  ${facts.join(' · ')}`, Math.max(0, view.columns - status.length));
  return [
    '',
    `${paint(statusTone(task), status)}${paint('quiet', rest)}`,
    `  ${truncate(firstLine(activityText(task)), view.columns - 2)}`,
    ...view.output.map((text) => paint('quiet', truncate(`  │ ${cleanText(text)}`, view.columns))),
  ];
}
