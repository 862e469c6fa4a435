// The logs that Show Log offers.
import assert from 'node:assert/strict';
import { taskLogs } from '../../../extension/model/taskLogs.ts';
import type { Fact } from '../../../shared/task/events.ts';
import { checkResult, createdData, eventsFrom } from '../../support/taskFacts.ts';

function checkLog(round: number, passed: boolean, log: string): Fact {
  const fact = checkResult('test', round, passed);
  return { ...fact, data: { ...fact.data, log } };
}

describe('the logs of a task', () => {
  it('are those that failed since the hand-off, then the newest', () => {
    const events = eventsFrom([
      { type: 'taskCreated', data: createdData() },
      checkLog(0, false, 'baseline.log'),
      checkLog(1, false, 'one.log'),
      checkLog(2, true, 'two.log'),
      checkResult('test', 3, true),
    ]);
    assert.deepEqual(
      taskLogs(events).map(({ name, hasFailed }) => [name, hasFailed]),
      [
        ['one.log', true],
        ['two.log', false],
        ['baseline.log', true],
      ],
    );
  });
});
