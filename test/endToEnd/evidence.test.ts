// What backs a verdict, the whole way: signed by a real runner, noted in the user's repository, verified without a runner.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOf, parseEnvelope } from '../../shared/evidence/envelope.ts';
import { statementSchema, type Statement } from '../../shared/evidence/statement.ts';
import { fetchResult } from '../../shared/client/fetchResult.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import { openEnvelope } from '../../shared/repository/envelopeSignature.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';
import { git } from '../demo/sampleProject.ts';
import { changedParts, readUserState } from '../demo/userState.ts';
import { runNightjar, type CommandRun } from '../runner/cli/commandRun.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { rehearse } from '../../runner/rehearse.ts';
import { answerCheck, calm, ended, eventsOf, taskOf, World } from './world.ts';

const finish = {
  calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Right.', commitMessage: 'Answer' } }],
};
const write = (content: string, path = 'answer.txt') => ({
  calls: [{ name: 'write', arguments: { path, content } }],
});

async function fetch(world: World, connection: RunnerConnection, taskId: string): Promise<string> {
  const repository = await openRepository(world.project, calm);
  return (await fetchResult({ connection, repository, taskId }, calm)).commit;
}

/** What git prints, without the line's end. */
async function ask(world: World, ...args: string[]): Promise<string> {
  return (await git(world.project, args, calm)).trimEnd();
}

async function noteOn(world: World, commit: string): Promise<string> {
  return ask(world, 'notes', '--ref=nightjar', 'show', commit);
}

function statementIn(line: string): Statement {
  const envelope = parseEnvelope(line);
  assert.ok(envelope !== null, line);
  const { text, flaw } = openEnvelope(envelope);
  assert.equal(flaw, null);
  return statementSchema.parse(JSON.parse(text ?? ''));
}

function verify(world: World, ...args: string[]): Promise<CommandRun> {
  const env = { NIGHTJAR_DATA: join(world.folder, 'elsewhere'), PATH: process.env['PATH'] ?? '' };
  return runNightjar(['verify', ...args], { cwd: world.project, env, rehearse });
}

describe('evidence', function () {
  this.timeout(180_000);

  it('comes with the result, tells what was run, and is verified when the runner is gone', async () => {
    await using world = await World.make(byTurn([write('42\n'), finish]));
    const runner = await world.startRunner();
    const connection = await world.connect();
    const before = await readUserState(world.project, calm);
    const check = { name: 'answer', command: answerCheck, timeoutMs: 60_000, kind: 'test' as const };
    const { id } = await world.handOff(connection, { checks: [check] });
    const task = await ended(connection, id);
    const commit = await fetch(world, connection, id);

    const [line = '', ...more] = linesOf(await noteOn(world, commit));
    assert.deepEqual(more, []);
    const { subject, predicate } = statementIn(line);
    assert.deepEqual(subject, [{ name: 'project', digest: { gitCommit: commit } }]);
    const log = await readFile(join(world.data, 'logs', id, 'round-1-check-1.log'));
    const [shown] = predicate.checks;
    assert.deepEqual(
      [shown?.command, shown?.kind, shown?.exitCode, shown?.commit, shown?.log, shown?.baseline?.exitCode],
      [
        answerCheck,
        'test',
        0,
        commit,
        { name: 'round-1-check-1.log', sha256: createHash('sha256').update(log).digest('hex') },
        1,
      ],
    );
    assert.ok(Date.parse(shown?.startedAt ?? '') <= Date.parse(shown?.endedAt ?? ''));
    assert.deepEqual(
      [predicate.verdict, predicate.base, predicate.snapshot, predicate.task.id, predicate.turns],
      ['verified', task.snapshot.base, task.snapshot.commit, id, task.turns],
    );
    assert.deepEqual(
      [predicate.models, predicate.environment.node, predicate.environment.sandbox, predicate.usage],
      [[task.model], process.versions.node, task.sandbox, task.usage],
    );
    // The blob that the log names is the very note.
    assert.equal(await ask(world, 'notes', '--ref=nightjar', 'list', commit), task.evidence);

    const [ours, theirs] = ['refs/notes/nightjar', 'refs/notes/commits'];
    const after = await readUserState(world.project, calm);
    assert.deepEqual(changedParts(before, after), [], 'nothing of the user’s');
    assert.ok((await git(world.project, ['for-each-ref', ours], calm)) !== '');
    assert.equal(await git(world.project, ['for-each-ref', theirs], calm), '');

    await runner.end();
    for (const name of [id, commit, `refs/nightjar/tasks/${id}`]) {
      const { exitCode, stdout } = await verify(world, name);
      assert.equal(exitCode, 0, stdout);
      assert.match(stdout, /Verified[\s\S]*Signed by ws:\/\/127[\s\S]*✔ answer[\s\S]*failed before/);
    }
  });

  it('says so where there is none, and how many commits nothing proves', async () => {
    await using world = await World.make(byTurn([write('42\n'), finish]));
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await ended(connection, id);
    const commit = await fetch(world, connection, id);
    const none = await verify(world, 'main');
    assert.deepEqual([none.exitCode, /There is no evidence for main/.test(none.stdout)], [6, true]);

    const more = ['commit-tree', '-p', commit, '-m', 'by hand', `${commit}^{tree}`];
    const tip = await ask(world, ...more);
    await git(world.project, ['branch', 'later', tip], calm);
    const moved = await verify(world, 'later');
    assert.equal(moved.exitCode, 6);
    assert.match(moved.stdout, /1 commit after the evidence: nothing proves them/);
    assert.equal((await verify(world, 'no-such-branch')).exitCode, 2);
  });

  it('is kept for every task and for the newest delivery of each, beside notes of others', async () => {
    const script = byTurn([write('42\n'), finish, write('Why 42\n', 'why.md'), finish, finish]);
    await using world = await World.make((conversation) =>
      conversation.messages.some(({ content }) => content?.includes('Change nothing'))
        ? finish
        : script(conversation),
    );
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    await ended(connection, id);
    const first = await fetch(world, connection, id);
    const others = ['notes', '--ref=nightjar', 'add', '-m', 'mine', 'main'];
    await git(world.project, others, calm);

    const reply = async (messageId: string): Promise<string> => {
      const text = 'Write down why.';
      await connection.request('tasks/reply', { taskId: id, messageId, text }, calm);
      await ended(connection, id);
      return fetch(world, connection, id);
    };
    const second = await reply('message-1');
    assert.notEqual(second, first);
    const noted = await noteOn(world, second);
    // The third time nothing is changed: other evidence of the same commit, in place of what was there.
    const third = await reply('message-2');
    assert.equal(third, second);
    const renewed = await noteOn(world, third);
    assert.notEqual(renewed, noted);
    assert.deepEqual(
      [first, second].map(() => 1),
      await Promise.all([first, second].map(async (commit) => linesOf(await noteOn(world, commit)).length)),
    );
    assert.equal(statementIn(linesOf(await noteOn(world, first))[0] ?? '').predicate.turns, 2);
    assert.equal(await noteOn(world, 'main'), 'mine');

    // Another task that comes to the same commit, since it changes nothing.
    const nothing = { spec: specFromGoal('Change nothing'), checks: [] };
    const one = await world.handOff(connection, nothing);
    await ended(connection, one.id);
    const { task: other } = await connection.request('tasks/runAgain', { taskId: one.id }, calm);
    await ended(connection, other.id);
    const same = await fetch(world, connection, one.id);
    assert.equal(await fetch(world, connection, other.id), same);
    const ids = linesOf(await noteOn(world, same)).map((line) => statementIn(line).predicate.task.id);
    assert.deepEqual(ids, [one.id, other.id]);
    const { exitCode, stdout } = await verify(world, one.id, '--json');
    const { evidence } = JSON.parse(stdout) as { evidence: { predicate: { task: { id: string } } }[] };
    assert.deepEqual([exitCode, evidence.map(({ predicate }) => predicate.task.id)], [1, [one.id]]);
  });

  it('is the same again where the runner dies between the evidence and the delivery', async () => {
    await using world = await World.make(byTurn([write('42\n'), finish]));
    await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection);
    const { evidence } = await ended(connection, id);
    await world.runner?.kill();
    // As a crash between both leaves it: the blob and its ref are there, the log does not tell of it.
    const { DatabaseSync } = await import('node:sqlite');
    using database = new DatabaseSync(join(world.data, 'nightjar.sqlite'));
    const { changes } = database
      .prepare("DELETE FROM events WHERE json_extract(data, '$.evidence') IS NOT NULL")
      .run();
    assert.equal(changes, 1);
    database.close();
    await world.startRunner();
    const again = await world.connect();
    await ended(again, id);
    assert.equal((await taskOf(again, id)).evidence, evidence);
    const events = await eventsOf(again, id);
    assert.equal(events.filter(({ type }) => type === 'deliverStarted').length, 2);
  });

  it('holds no secret that the runner knows, and its key is nobody else’s to read', async () => {
    const secret = 'scripted-key';
    await using world = await World.make(byTurn([write('42\n'), finish]));
    await world.startRunner();
    const connection = await world.connect();
    const command = `node check.js ${secret}`;
    const { id } = await world.handOff(connection, {
      checks: [{ name: 'answer', command, timeoutMs: 60_000 }],
    });
    await ended(connection, id);
    const commit = await fetch(world, connection, id);
    const [line = ''] = linesOf(await noteOn(world, commit));
    const { predicate } = statementIn(line);
    assert.equal(predicate.checks[0]?.command, 'node check.js [secret: model key]');
    assert.doesNotMatch(JSON.stringify(predicate), new RegExp(secret));
    const { exitCode, stderr } = await verify(world, id, '--rerun');
    assert.deepEqual([exitCode, /holds a secret/.test(stderr)], [2, true]);
    if (process.platform !== 'win32')
      assert.equal((await stat(join(world.data, 'signingKey.pem'))).mode & 0o777, 0o600);
  });

  it('is run again on a clean checkout, and compared', async () => {
    await using world = await World.make(byTurn([write('42\n'), finish]));
    const flag = join(world.folder, 'flag');
    await world.startRunner();
    const connection = await world.connect();
    // What is outside of the repository decides: the same commit passes here and fails there.
    const command = `node check.js && test "$(cat /etc/hostname)" != "$(cat ${flag} 2>/dev/null)"`;
    const { id } = await world.handOff(connection, {
      checks: [{ name: 'answer', command, timeoutMs: 60_000 }],
      setUp: 'echo made > made.txt',
    });
    assert.equal((await ended(connection, id)).verdict, 'verified');
    await fetch(world, connection, id);
    await world.runner?.end();
    const before = await readUserState(world.project, calm);
    const same = await verify(world, id, '--rerun', '--json', '--data', world.data);
    const report = JSON.parse(same.stdout) as { ok: boolean; rerun: { isSame: boolean }[] };
    assert.deepEqual([same.exitCode, report.ok, report.rerun.map(({ isSame }) => isSame)], [0, true, [true]]);
    assert.deepEqual(changedParts(before, await readUserState(world.project, calm)), []);
    const refs = await git(world.project, ['for-each-ref', '--format=%(refname)', 'refs/nightjar'], calm);
    assert.doesNotMatch(refs, /rehearsal/);

    await writeFile(join(world.data, 'config.yaml'), 'sandbox: { mode: "off" }\n');
    await writeFile(flag, (await readFile('/etc/hostname', 'utf8')).trim());
    const other = await verify(world, id, '--rerun', '--data', world.data);
    assert.equal(other.exitCode, 1, other.stdout);
    assert.match(other.stdout, /≠ answer {2}exit code 1, and 0 then/);
  });
});
