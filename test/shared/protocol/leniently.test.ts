// A client reads what a newer runner sends: unknown keys are left out, anything else that does not fit is refused.
import assert from 'node:assert/strict';
import { parseLeniently } from '../../../shared/protocol/leniently.ts';
import { notifications, requests } from '../../../shared/protocol/requests.ts';
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import { createdData, eventsFrom } from '../../support/taskFacts.ts';

describe('reading leniently', () => {
  const [event] = eventsFrom([{ type: 'taskCreated', data: createdData() }]);
  const task = applyEvent(null, event!);

  it('leaves out keys that are not known, however deep', () => {
    const newer = {
      seq: 1,
      more: true,
      tasks: [task, { ...task, mood: 'good', repository: { ...task.repository, forge: { name: 'x' } } }],
    };
    const schema = requests['tasks/list'].result;
    assert.equal(schema.safeParse(newer).success, false, 'strictly it is refused');
    assert.deepEqual(parseLeniently(schema, newer).data, { seq: 1, tasks: [task, task] });
    assert.ok('mood' in newer.tasks[1]!, 'what came is left as it was');
  });

  it('does so inside of the variants of events', () => {
    const newer = { ...event!, extra: 1, data: { ...createdData(), more: 1 } };
    assert.deepEqual(parseLeniently(notifications.event, newer).data, event);
  });

  it('refuses whatever else does not fit', () => {
    const schema = requests['tasks/list'].result;
    for (const wrong of [
      { seq: -1, tasks: [] },
      { seq: 1, tasks: [{ ...task, id: '..', more: 1 }] },
      null,
      [],
    ])
      assert.equal(parseLeniently(schema, wrong).success, false);
    assert.equal(parseLeniently(notifications.event, { ...event!, type: 'unheardOf' }).success, false);
  });
});
