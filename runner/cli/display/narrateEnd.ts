// Tells how a task ended: delivered with a verdict, stopped or failed.
import type { EndReason, EventData, TaskEvent, Verdict } from '../../../shared/task/events.ts';
import { cleanText, lastLines } from './displayWidth.ts';
import { line, type Line } from './line.ts';
import type { Tone } from './paint.ts';
import { shortCommit } from './quantities.ts';

const verdictWords: Readonly<Record<Verdict, string>> = {
  verified: 'Verified: every check passed on a clean checkout',
  partlyVerified: 'Partly verified: what still fails failed before, too',
  unverified: 'Unverified: there was no check to run',
  failed: 'Failed: a check does not pass',
};

const verdictTones: Readonly<Record<Verdict, Tone>> = {
  verified: 'good',
  partlyVerified: 'attention',
  unverified: 'attention',
  failed: 'bad',
};

const reasonWords: Readonly<Record<EndReason, string>> = {
  checksPassed: '',
  noChecks: '',
  roundsUsedUp: 'all rounds are used up',
  budgetUsedUp: 'the budget is used up',
  stuck: 'the work went in circles',
  agentGaveUp: 'the agent gave up',
};

/** The verdict as one line with its mark. */
export function verdictLine(verdict: Verdict, aside = ''): Line {
  const mark = verdict === 'verified' ? '✔' : verdict === 'failed' ? '✖' : '!';
  return line(verdictWords[verdict], { mark, tone: verdictTones[verdict], aside });
}

/** No lines for an event that ends nothing. `branch` is the one that a check-out makes of the work. */
export function narrateEnd(event: TaskEvent, branch: string): readonly Line[] {
  switch (event.type) {
    case 'delivered':
      return delivered(event.data, branch);
    case 'stopRequested':
      return [line('Stopping', { mark: '■', tone: 'attention' })];
    case 'stopped':
      return [line('Stopped', { mark: '■', tone: 'attention', aside: stoppedAside(event.data) })];
    case 'taskFailed':
      return [
        line(cleanText(event.data.error.message), { mark: '✖', tone: 'bad' }),
        line(cleanText(event.data.error.remedy), { depth: 1, tone: 'quiet' }),
      ];
    case 'markedDone':
      return [line('Marked as done', { mark: '✔', tone: 'good' })];
    case 'deleted':
      return [line('Deleted', { tone: 'quiet' })];
    default:
      return [];
  }
}

function delivered(data: EventData<'delivered'>, branch: string): Line[] {
  return [
    verdictLine(data.verdict, reasonWords[data.reason]),
    line(`Commit ${shortCommit(data.commit)}, to be checked out as ${branch}`, {
      mark: '●',
      tone: 'accent',
    }),
    ...lastLines(data.summary, 12).map((text) => line(text, { depth: 1, tone: 'quiet' })),
  ];
}

function stoppedAside(data: EventData<'stopped'>): string {
  return data.commit === null
    ? 'no commit was made'
    : `the work so far is commit ${shortCommit(data.commit)}`;
}
