// Which task the beginning of an id stands for, and what exit codes say.
import assert from 'node:assert/strict';
import { KnownError } from '../../../shared/errors/errors.ts';
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import type { Task } from '../../../shared/task/task.ts';
import { exitCodeOfError, exitCodeOfTask } from '../../../runner/cli/exitCodes.ts';
import { findTask } from '../../../runner/cli/findTask.ts';
import { inGroups } from '../../../runner/cli/commands/list.ts';
import { created, recorded } from './taskEvents.ts';

function task(id: string, changes: Partial<Task> = {}): Task {
  return { ...applyEvent(null, recorded([created], id)[0]!), ...changes };
}

describe('findTask', () => {
  const tasks = ['abc1', 'abd2', 'abc'].map((id) => task(id));
  it('takes a beginning that only one has', () => assert.equal(findTask(tasks, 'abd').id, 'abd2'));
  it('prefers the exact id to longer ones', () => assert.equal(findTask(tasks, 'abc').id, 'abc'));
  for (const [text, code] of [
    ['x', 'taskUnknown'],
    ['', 'taskUnknown'],
    ['ab', 'taskAmbiguous'],
  ] as const) {
    it(`refuses "${text}" as ${code}`, () =>
      assert.throws(() => findTask(tasks, text), { name: 'KnownError', code }));
  }
});

describe('exit codes', () => {
  const ofTasks = [
    ['readyForReview', 'verified', 0],
    ['done', 'verified', 0],
    ['readyForReview', 'partlyVerified', 1],
    ['readyForReview', 'unverified', 1],
    ['failed', 'failed', 1],
    ['failed', 'verified', 1],
    ['stopped', null, 1],
    ['needsInput', null, 4],
  ] as const;
  for (const [status, verdict, exitCode] of ofTasks) {
    it(`are ${exitCode} for ${status}, ${verdict ?? 'no verdict'}`, () =>
      assert.equal(exitCodeOfTask({ status, verdict }), exitCode));
  }

  const ofErrors = [
    [new KnownError('usage'), 2],
    [new KnownError('taskUnknown'), 2],
    [new KnownError('noCommits'), 1],
    [new KnownError('tokenWrong'), 3],
    [new KnownError('protocolMismatch'), 3],
    [new DOMException('', 'AbortError'), 130],
    [new TypeError('a bug'), 1],
  ] as const;
  for (const [error, exitCode] of ofErrors) {
    it(`are ${exitCode} for ${error instanceof KnownError ? error.code : error.name}`, () =>
      assert.equal(exitCodeOfError(error), exitCode));
  }
});

describe('inGroups', () => {
  it('puts those that wait for a person first, then the running ones, newest first', () => {
    const tasks = [
      task('done', { status: 'done' }),
      task('old', { status: 'working', createdAt: '2026-01-01T00:00:00Z' }),
      task('new', { status: 'queued', createdAt: '2026-01-02T00:00:00Z' }),
      task('asks', { status: 'needsInput' }),
      task('ready', { status: 'readyForReview' }),
    ];
    assert.deepEqual(
      inGroups(tasks).map(({ id }) => id),
      ['asks', 'new', 'old', 'ready', 'done'],
    );
  });
});
