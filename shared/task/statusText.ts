// A status within a sentence: “Task x is waiting for an answer”.
import type { Status } from './task.ts';

export const statusInSentence: Readonly<Record<Status, string>> = {
  queued: 'queued',
  preparing: 'being prepared',
  working: 'working',
  checking: 'being checked',
  needsInput: 'waiting for an answer',
  readyForReview: 'ready for review',
  done: 'done',
  failed: 'failed',
  stopped: 'stopped',
};
