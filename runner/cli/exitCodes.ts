// What the exit code of every command says.
import type { ErrorCode } from '../../shared/errors/catalogue.ts';
import { isCancellation, KnownError } from '../../shared/errors/errors.ts';
import type { Task } from '../../shared/task/task.ts';

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  needsInput: 4,
  /** Of `verify`: the evidence is sound in itself, but nobody here knows the key that signed it. */
  unknownSigner: 5,
  /** Of `verify`: there is no evidence, or commits came after the one that has it. */
  unproved: 6,
  /** As a shell says it of a program that Ctrl+C ended. */
  cancelled: 130,
} as const;

const usageErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'specWithoutGoal',
  'specUnreadable',
  'configUnreadable',
  'configurationInvalid',
  'tlsNeeded',
  'tokenExists',
  'tokenUnknown',
  'taskUnknown',
  'taskAmbiguous',
  'revisionUnknown',
  'imageUnknown',
  'configExists',
]);

const unreachableErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'runnerUnreachable',
  'runnerDidNotStart',
  'tokenMissing',
  'tokenWrong',
  'tokenRevoked',
  'certificateUnknown',
  'certificateChanged',
  'tooManyAttempts',
  'protocolMismatch',
  'connectionLost',
]);

/** The exit code of a command that ended with an error. */
export function exitCodeOfError(error: unknown): number {
  if (isCancellation(error)) return exitCodes.cancelled;
  if (!(error instanceof KnownError)) return exitCodes.failed;
  if (usageErrors.has(error.code)) return exitCodes.usage;
  return unreachableErrors.has(error.code) ? exitCodes.unreachable : exitCodes.failed;
}

/** The exit code of a command that waited for a task: 0 for a verified result and for nothing else. */
export function exitCodeOfTask(task: Pick<Task, 'status' | 'verdict'>): number {
  if (task.status === 'needsInput') return exitCodes.needsInput;
  const isDelivered = task.status === 'readyForReview' || task.status === 'done';
  return isDelivered && task.verdict === 'verified' ? exitCodes.ok : exitCodes.failed;
}
