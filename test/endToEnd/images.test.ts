// An image that a check made, the whole way: kept by a real runner, named by its criterion, hashed in the evidence, given to whoever may have it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchResult } from '../../shared/client/fetchResult.ts';
import { readImage } from '../../shared/client/readImage.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import { linesOf, parseEnvelope } from '../../shared/evidence/envelope.ts';
import { statementSchema, type Statement } from '../../shared/evidence/statement.ts';
import { openEnvelope } from '../../shared/repository/envelopeSignature.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';
import { parseSpec } from '../../shared/spec/parseSpec.ts';
import { mostImageBytes } from '../../shared/task/checkRun.ts';
import type { Task } from '../../shared/task/task.ts';
import { git } from '../demo/sampleProject.ts';
import { runNightjar, type CommandRun } from '../runner/cli/commandRun.ts';
import { drawing, drawingProgram } from '../support/drawing.ts';
import { byTurn } from '../support/scriptedModel.ts';
import { calm, ended, World } from './world.ts';

const [ofBefore, ofAfter] = ['round-0-check-1.png', 'round-1-check-1.png'];
const steps = [
  { calls: [{ name: 'write', arguments: { path: 'answer.txt', content: '42\n' } }] },
  { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Right.', commitMessage: 'Answer' } }] },
];

describe('an image that a check made', function () {
  this.timeout(90_000);
  let world: World;
  let connection: RunnerConnection;
  let task: Task;

  before(async () => {
    world = await World.make(byTurn(steps));
    await writeFile(join(world.project, drawing.program), drawingProgram);
    await world.startRunner();
    connection = await world.connect();
    const criterion = `The page looks right: \`node ${drawing.program}\` makes \`${drawing.image}\``;
    const { spec, checks } = parseSpec(`# Answer\n## Criteria\n- ${criterion}\n`, '');
    const { id } = await world.handOff(connection, { spec, checks: [...checks] });
    task = await ended(connection, id);
  });

  after(async () => {
    await world[Symbol.asyncDispose]();
  });

  const kept = (name: string): string => join(world.data, 'logs', task.id, name);

  const ask = async (image: string, changes: object = {}): Promise<unknown> =>
    connection.request(
      'images/read',
      { taskId: task.id, image, offset: 0, limitBytes: 10, ...changes },
      calm,
    );

  async function log(...args: string[]): Promise<CommandRun> {
    const env = { PATH: process.env['PATH'] ?? '' };
    return runNightjar(['log', task.id, ...args, '--data', world.data], { cwd: world.folder, env });
  }

  it('is named by its criterion, beside the one of before, and left to a person', () => {
    const [criterion] = task.criteria ?? [];
    assert.deepEqual(
      [criterion?.state, criterion?.detail, criterion?.image, criterion?.imageBefore],
      ['toJudge', 'Its image was made.', ofAfter, ofBefore],
    );
  });

  it('comes whole, in pieces, and another one than that of before', async () => {
    const images = await Promise.all(
      [ofBefore, ofAfter].map((image) => readImage(connection, { taskId: task.id, image }, calm)),
    );
    for (const [index, name] of [ofBefore, ofAfter].entries())
      assert.deepEqual(images[index], await readFile(kept(name)));
    assert.notDeepEqual(images[0], images[1]);
    const pieces = [
      await ask(ofAfter, { offset: 4, limitBytes: 3 }),
      await ask(ofAfter, { offset: 1 << 30 }),
    ];
    const sizeBytes = images[1]?.length;
    assert.deepEqual(pieces, [
      { base64: Buffer.from('\r\n\x1a').toString('base64'), nextOffset: 7, sizeBytes },
      { base64: '', nextOffset: 1 << 30, sizeBytes },
    ]);
  });

  it('has its hash in the evidence', async () => {
    const repository = await openRepository(world.project, calm);
    const { commit } = await fetchResult({ connection, repository, taskId: task.id }, calm);
    const [line = ''] = linesOf(await git(world.project, ['notes', '--ref=nightjar', 'show', commit], calm));
    const { predicate } = statementIn(line);
    const sha256 = createHash('sha256')
      .update(await readFile(kept(ofAfter)))
      .digest('hex');
    assert.deepEqual(predicate.checks[0]?.image, { name: ofAfter, sha256 });
    assert.equal(predicate.criteria[0]?.image, ofAfter);
  });

  it('is all that is given: no log, no other folder, no task of nobody', async () => {
    await writeFile(join(world.data, 'logs', 'outside.png'), 'secret');
    const invalid = (error: unknown): boolean =>
      error instanceof KnownError && error.code === 'requestInvalid';
    const names = ['../outside.png', '..%2foutside.png', '..', '.png', `${task.id}/${ofAfter}`, 'a\\b.png'];
    for (const name of [...names, 'round-1-check-1.log', 'a.svg', `${'a'.repeat(71)}.png`, `${ofAfter}\0`])
      await assert.rejects(ask(name), invalid, name);
    await assert.rejects(ask(ofAfter, { limitBytes: 512 * 1024 + 1 }), invalid);
    await assert.rejects(ask(ofAfter, { offset: -1 }), invalid);
    await assert.rejects(
      ask(ofAfter, { taskId: 'nobodys-task-1' }),
      new KnownError('taskUnknown', { task: 'nobodys-task-1' }),
    );
    assert.deepEqual(await ask('round-9-check-1.png'), { base64: '', nextOffset: 0, sizeBytes: 0 });
  });

  it('is shown by its name, and written to a file, which is never another one than was named', async () => {
    const env = { PATH: process.env['PATH'] ?? '' };
    const shown = await runNightjar(['show', task.id, '--data', world.data], { env });
    assert.match(
      shown.stdout,
      new RegExp(
        `\\? The page looks right .*\\n {4}Before: ${ofBefore}  nightjar log ${task.id} --image ${ofBefore}\\n`,
      ),
    );
    assert.match(
      shown.stdout,
      new RegExp(`\\n {4}After: ${ofAfter}  nightjar log ${task.id} --image ${ofAfter}\\n`),
    );

    const wrote = await log('--image', ofAfter);
    assert.deepEqual([wrote.exitCode, wrote.stdout], [0, `✔ Wrote ${ofAfter}\n`], wrote.stderr);
    assert.deepEqual(await readFile(join(world.folder, ofAfter)), await readFile(kept(ofAfter)));
    const again = await log('--image', ofAfter);
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /There is a file round-1-check-1\.png in this folder: .*--output/);
    const named = await log('--image', ofBefore, '--output', ofAfter, '--json');
    assert.deepEqual(JSON.parse(named.stdout), {
      ...{ id: task.id, image: ofBefore, file: ofAfter },
      sizeBytes: (await readFile(kept(ofBefore))).length,
    });
    assert.deepEqual(await readFile(join(world.folder, ofAfter)), await readFile(kept(ofBefore)));
  });

  it('that is not there, or has no place to go, is said in a sentence', async () => {
    for (const name of ['round-9-check-1.png', '../outside.png']) {
      const { exitCode, stderr } = await log('--image', name);
      assert.equal(exitCode, 2);
      assert.match(stderr, /The runner has no image .* of the task/);
    }
    const nowhere = await log('--image', ofAfter, '--output', 'not-there/a.png');
    assert.equal(nowhere.exitCode, 2);
    assert.match(nowhere.stderr, /not-there\/a\.png can’t be written/);
    assert.match((await log('--output', 'a.png')).stderr, /--output is for an image/);
  });

  it('that no runner would keep, or that is gone, is not read', async () => {
    const of = { taskId: task.id, image: ofBefore };
    await truncate(kept(ofBefore), mostImageBytes);
    assert.equal((await readImage(connection, of, calm))?.length, mostImageBytes);
    await truncate(kept(ofBefore), mostImageBytes + 1);
    assert.equal(await readImage(connection, of, calm), null);
    await rm(kept(ofBefore));
    assert.equal(await readImage(connection, of, calm), null);
  });
});

function statementIn(line: string): Statement {
  const envelope = parseEnvelope(line);
  assert.ok(envelope !== null, line);
  return statementSchema.parse(JSON.parse(openEnvelope(envelope).text ?? ''));
}
