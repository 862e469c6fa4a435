// The whole way with a real runner process: hand off a dirty repository, get a verified branch back.
import assert from 'node:assert/strict';
import { openRepository } from '../../shared/repository/openRepository.ts';
import { fetchResult } from '../../shared/client/fetchResult.ts';
import { defaultDigestTokens } from '../../runner/tasks/digest.ts';
import { git } from '../demo/sampleProject.ts';
import { changedParts, readUserState } from '../demo/userState.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { answerCheck, calm, ended, eventsOf, World } from './world.ts';

const finish = {
  calls: [
    {
      name: 'finish',
      arguments: { outcome: 'done', summary: 'The answer is right now.', commitMessage: 'Answer rightly' },
    },
  ],
};
const write = (content: string) => ({
  say: 'I write it.',
  calls: [{ name: 'write', arguments: { path: 'answer.txt', content } }],
});

describe('from hand-off to a verified branch', function () {
  this.timeout(180_000);

  it('ships what is uncommitted, works in rounds until the check passes, and changes nothing of the user’s', async () => {
    await using world = await World.make(byTurn([write('43\n'), finish, write('42\n'), finish]));
    await world.startRunner();
    const connection = await world.connect();
    const before = await readUserState(world.project, calm);
    const { id } = await world.handOff(connection);
    const task = await ended(connection, id);

    assert.deepEqual(
      [task.status, task.verdict, task.rounds, task.turns],
      ['readyForReview', 'verified', 2, 4],
    );
    assert.deepEqual(
      task.checks.map(({ command, passed, failedBefore, commit }) => [command, passed, failedBefore, commit]),
      [[answerCheck, true, true, task.commit]],
    );
    assert.deepEqual(task.files, [
      { path: 'answer.txt', oldPath: null, status: 'modified', added: 1, removed: 1 },
    ]);

    const repository = await openRepository(world.project, calm);
    const { ref, commit } = await fetchResult({ connection, repository, taskId: id }, calm);
    assert.equal(ref, `refs/nightjar/tasks/${id}`);
    assert.equal(commit, task.commit);
    assert.equal(await git(world.project, ['show', `${ref}:answer.txt`], calm), '42\n');
    assert.equal(await git(world.project, ['show', `${ref}:wanted.txt`], calm), '42\n');
    const message = await git(world.project, ['log', '-1', '--format=%B', ref], calm);
    assert.match(
      message,
      /^Answer rightly\n\nNightjar-Task: make-the-answer-right-[0-9a-f]{6}\nAssisted-by: Nightjar \(nightjar-scripted\)/,
    );
    assert.deepEqual(changedParts(before, await readUserState(world.project, calm)), []);
  });

  it('tells the model the spec, the baseline and what failed in the round before', async () => {
    await using world = await World.make(byTurn([write('43\n'), finish, write('42\n'), finish]));
    await world.startRunner();
    const connection = await world.connect();
    const context = {
      activeFile: 'check.js',
      selections: [{ path: 'check.js', startLine: 2, endLine: 2, text: 'const answer' }],
      openFiles: ['check.js'],
      problems: [
        {
          path: 'check.js',
          line: 4,
          column: 1,
          severity: 'warning' as const,
          message: 'One line',
          source: 'lint',
        },
      ],
      problemsLeftOut: 2,
      instructionFiles: ['AGENTS.md'],
    };
    const { id } = await world.handOff(connection, { context });
    await ended(connection, id);
    const said = world.model.requests.map(({ body }) =>
      body.messages.map(({ content }) => content ?? '').join('\n'),
    );
    assert.match(
      said[0] ?? '',
      /Make the answer right[\s\S]*fails now \(exit code 1\)[\s\S]*AGENTS\.md[\s\S]*check\.js, lines 2 to 2[\s\S]*check\.js:4:1 warning: One line \(lint\)[\s\S]*2 more/,
    );
    assert.match(said.at(-1) ?? '', /expected 42, found 43/);
    assert.equal(world.model.requests[0]?.body.stream, true);
  });

  it('ships next to nothing the second time', async () => {
    await using world = await World.make(byTurn([finish]));
    await world.startRunner();
    const connection = await world.connect();
    await ended(connection, (await world.handOff(connection)).id);
    const second = await world.handOff(connection);
    assert.equal((await ended(connection, second.id)).repository.id, second.repository.id);
  });

  it('makes one task of a hand-off that is sent twice', async () => {
    await using world = await World.make(byTurn([finish]));
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { checks: [] });
    await ended(connection, id);
    const created = (await eventsOf(connection, id))[0];
    assert.equal(created?.type, 'taskCreated');
    const { model, contextTokens, digestTokens, sandbox, price, fork, ...handOff } = created.data;
    assert.deepEqual([model, contextTokens > 1_000, sandbox], ['nightjar-scripted', true, 'srt']);
    assert.deepEqual(
      [price, fork, digestTokens],
      [{ input: 0, cached: 0, output: 0 }, null, defaultDigestTokens],
    );
    const again = await connection.request('tasks/create', { ...handOff, model }, calm);
    assert.equal(again.task.id, id);
    assert.equal((await connection.request('tasks/list', {}, calm)).tasks.length, 1);
  });

  it('goes on after a reply, from the branch that it delivered', async () => {
    await using world = await World.make(
      byTurn([
        write('42\n'),
        finish,
        { calls: [{ name: 'write', arguments: { path: 'notes.md', content: 'Why 42\n' } }] },
        finish,
      ]),
    );
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await ended(connection, id);
    await connection.request('tasks/markDone', { taskId: id }, calm);
    await connection.request(
      'tasks/reply',
      { taskId: id, messageId: 'message-1', text: 'Write down why.' },
      calm,
    );
    const task = await ended(connection, id);
    assert.deepEqual(
      [task.status, task.verdict, task.files.map(({ path }) => path)],
      ['readyForReview', 'verified', ['answer.txt', 'notes.md']],
    );
    const { patch } = await connection.request('tasks/diff', { taskId: id }, calm);
    assert.match(patch, /-41\n\+42[\s\S]*\+Why 42/);
  });
});
