// Tells how a task ended: delivered with a verdict, stopped or failed.
import type { EndReason, EventData, TaskEvent, Verdict } from '../../../shared/task/events.ts';
import { findingsText } from '../../../shared/task/proof.ts';
import { cleanText, lastLines } from './displayWidth.ts';
import { line, type Line } from './line.ts';
import type { Tone } from './paint.ts';
import { shortCommit } from './quantities.ts';

const verdictWords: Readonly<Record<Verdict, { readonly name: string; readonly why: string }>> = {
  verified: { name: 'Verified', why: 'every check passed on a clean checkout' },
  partlyVerified: { name: 'Partly verified', why: 'checks passed, but not everything is proved' },
  unverified: { name: 'Unverified', why: 'there was no check to run' },
  failed: { name: 'Failed', why: 'a check does not pass' },
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
  budgetUsedUp: 'the budget allows no further call of the model',
  stuck: 'the work went in circles',
  agentGaveUp: 'the agent gave up',
};

/** The verdict as one line with its mark. Where tests were tampered with, it is no good news however it ends. */
export function verdictLine(
  verdict: Verdict,
  { aside = '', findings = 0 }: { readonly aside?: string; readonly findings?: number } = {},
): Line {
  const isDoubted = verdict === 'verified' && findings > 0;
  const mark = isDoubted ? '!' : verdict === 'verified' ? '✔' : verdict === 'failed' ? '✖' : '!';
  const { name, why } = verdictWords[verdict];
  // Beside the verdict itself: a narrow terminal cuts what comes after it.
  const found = findings === 0 ? '' : `, ${findingsText(findings)} in the tests`;
  const tone = isDoubted ? 'attention' : verdictTones[verdict];
  return line(`${name}${found}: ${why}`, { mark, tone, aside });
}

/** What was told before the end: the branch that a check-out makes of the work, and what was found in its tests. */
export interface Ending {
  readonly branch: string;
  readonly findings: number;
}

/** No lines for an event that ends nothing. */
export function narrateEnd(event: TaskEvent, ending: Ending): readonly Line[] {
  switch (event.type) {
    case 'delivered':
      return delivered(event.data, event.taskId, ending);
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
      return [line('Marked as done', { mark: '✔', tone: 'quiet' })];
    case 'deleted':
      return [line('Deleted', { tone: 'quiet' })];
    default:
      return [];
  }
}

function delivered(data: EventData<'delivered'>, taskId: string, { branch, findings }: Ending): Line[] {
  return [
    verdictLine(data.verdict, { aside: reasonWords[data.reason], findings }),
    line(`Commit ${shortCommit(data.commit)}, to be checked out as ${branch}`, {
      mark: '●',
      tone: 'accent',
    }),
    ...(data.evidence === undefined ? [] : [evidenceLine(taskId)]),
    ...lastLines(data.summary, 12).map((text) => line(text, { depth: 1, tone: 'quiet' })),
  ];
}

/** How anybody can see for themselves. */
export function evidenceLine(taskId: string): Line {
  return line('Signed evidence', { mark: '●', tone: 'accent', aside: `nightjar verify ${taskId}` });
}

function stoppedAside(data: EventData<'stopped'>): string {
  return data.commit === null
    ? 'no commit was made'
    : `the work so far is commit ${shortCommit(data.commit)}`;
}
