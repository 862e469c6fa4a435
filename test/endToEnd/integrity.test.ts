// A task that skips a test to make the checks pass: it is shown, and the verdict says less.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../demo/sampleProject.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, World } from './world.ts';

const test = `import test from 'node:test';
import assert from 'node:assert';

test('the answer is right', () => {
  assert.strictEqual(6 * 7, 41);
});
`;

const check = { name: 'test', command: 'node --test answer.test.mjs', timeoutMs: 60_000 };

/** What comes of a task whose agent replaces a piece of the test. */
async function taskThat(oldText: string, newText: string) {
  const edit = {
    name: 'write',
    arguments: { path: 'answer.test.mjs', content: test.replace(oldText, newText) },
  };
  const finish = {
    name: 'finish',
    arguments: { outcome: 'done', summary: 'Green.', commitMessage: 'Mend it' },
  };
  await using world = await World.make(byTurn([{ calls: [edit] }, { calls: [finish] }]));
  await writeFile(join(world.project, 'answer.test.mjs'), test);
  await git(world.project, ['add', '-A'], calm);
  await git(world.project, ['commit', '-q', '-m', 'A test'], calm);
  await world.startRunner();
  const connection = await world.connect();
  const { id } = await world.handOff(connection, { checks: [check] });
  const task = await ended(connection, id);
  const events = await eventsOf(connection, id);
  return { task, inspected: events.filter(({ type }) => type === 'integrityInspected') };
}

describe('a task that changes a test', function () {
  this.timeout(60_000);

  it('is not verified where it skipped the test, and says so first', async () => {
    const { task, inspected } = await taskThat("test('the", "test.skip('the");
    assert.equal(inspected.length, 1);
    assert.deepEqual(
      [task.status, task.verdict, task.checks[0]?.passed],
      ['readyForReview', 'partlyVerified', true],
    );
    assert.deepEqual(
      task.integrity?.findings.map(({ kind, file, line, foundBy }) => [kind, file, line, foundBy]),
      [['testSkipped', 'answer.test.mjs', 4, 'syntax']],
    );
    assert.equal(task.integrity.commit, task.commit);
  });

  it('is verified where it mended what the test expects', async () => {
    const { task, inspected } = await taskThat('41', '42');
    assert.equal(inspected.length, 1);
    assert.deepEqual([task.verdict, task.integrity?.findings], ['verified', []]);
  });
});
