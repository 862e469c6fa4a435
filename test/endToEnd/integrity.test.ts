// A task that changes a test to make the checks pass: it is shown, and the verdict says less.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../demo/sampleProject.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, World } from './world.ts';

const test = `import test from 'node:test';
import assert from 'node:assert';
import { answer } from './answer.mjs';

test('the answer is right', () => {
  assert.strictEqual(answer, 42);
});
`;
const source = 'export const answer = 41;\n';

const check = { name: 'test', command: 'node --test answer.test.mjs', timeoutMs: 60_000 };

/** What comes of a task whose agent writes this file. */
async function taskThat(path: string, content: string) {
  const edit = { name: 'write', arguments: { path, content } };
  const finish = {
    name: 'finish',
    arguments: { outcome: 'done', summary: 'Green.', commitMessage: 'Mend it' },
  };
  await using world = await World.make(byTurn([{ calls: [edit] }, { calls: [finish] }]));
  await writeFile(join(world.project, 'answer.test.mjs'), test);
  await writeFile(join(world.project, 'answer.mjs'), source);
  await git(world.project, ['add', '-A'], calm);
  await git(world.project, ['commit', '-q', '-m', 'A test'], calm);
  await world.startRunner();
  const connection = await world.connect();
  const { id } = await world.handOff(connection, { checks: [check] });
  const task = await ended(connection, id);
  const events = await eventsOf(connection, id);
  return { task, inspected: events.filter(({ type }) => type === 'integrityInspected') };
}

describe('a task whose test fails', function () {
  this.timeout(180_000);

  for (const [what, content, finding] of [
    ['skipped it', test.replace("test('the", "test.skip('the"), ['testSkipped', 5, 'syntax']],
    ['let it expect what the code gives', test.replace('42', '41'), null],
  ] as const)
    it(`is not verified where the agent ${what}, and says so first`, async () => {
      const { task, inspected } = await taskThat('answer.test.mjs', content);
      assert.equal(inspected.length, 1);
      assert.deepEqual(
        [task.status, task.verdict, task.checks[0]?.passed],
        ['readyForReview', 'partlyVerified', true],
      );
      assert.deepEqual(
        task.integrity?.findings.map(({ kind, line, foundBy }) => [kind, line, foundBy]),
        [...(finding === null ? [] : [finding]), ['oldTestFails', 6, 'run']],
      );
      assert.ok(task.integrity.findings.every(({ file }) => file === 'answer.test.mjs'));
      assert.equal(task.integrity.commit, task.commit);
    });

  it('is verified where the agent mended the code', async () => {
    const { task, inspected } = await taskThat('answer.mjs', source.replace('41', '42'));
    assert.equal(inspected.length, 1);
    assert.deepEqual([task.verdict, task.integrity?.findings], ['verified', []]);
  });
});
