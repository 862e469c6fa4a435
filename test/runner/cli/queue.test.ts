// What the command line says of a task that waits, on a real runner with one place that is taken.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { startRunner, type Runner } from '../../../runner/runner.ts';
import { createSampleProject } from '../../demo/sampleProject.ts';
import { startScriptedModel, type ScriptedModel } from '../../support/scriptedModel.ts';
import { until } from '../server/serverWorld.ts';
import { runNightjar, type CommandRun, type RunOptions } from './commandRun.ts';

describe('a runner with one place', () => {
  const ended = new AbortController();
  let folder: string;
  let model: ScriptedModel;
  let runner: Runner;
  let ids: readonly string[];

  async function nightjar(args: readonly string[], options: RunOptions = {}): Promise<CommandRun> {
    const env = { NIGHTJAR_TOKEN: runner.token, PATH: process.env['PATH'] ?? '' };
    return runNightjar([...args, '--runner', runner.url], { cwd: join(folder, 'project'), env, ...options });
  }

  async function handOff(goal: string): Promise<string> {
    return (await nightjar(['hand-off', goal, '--check', 'true'])).stdout.trim();
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-queue-'));
    await createSampleProject(join(folder, 'project'), ended.signal);
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'config.yaml'), 'maxConcurrent: 1');
    model = await startScriptedModel({ script: () => ({ hang: true }) });
    runner = await startRunner(
      {
        dataFolder: join(folder, 'data'),
        host: '127.0.0.1',
        port: 0,
        env: { PATH: process.env['PATH'], OPENAI_BASE_URL: model.url, NIGHTJAR_MODEL: 'scripted' },
        logStream: new Writable({ write: (_chunk, _encoding, done) => done() }),
        endsWhenIdle: false,
      },
      ended.signal,
    );
    ids = [await handOff('Work for ever'), await handOff('Wait first'), await handOff('Wait second')];
    await until(() => model.requests.length === 1, 'the first one works');
  });

  after(async () => {
    await runner[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('lists where the others stand', async () => {
    const { stdout } = await nightjar(['list']);
    assert.match(stdout, /Wait first {2}1st of 2: 1 of 1 place used by Work for ever$/m);
    assert.match(stdout, /Queued .* Wait second {2}2nd of 2: 1 of 1 place used by Work for ever$/m);
    assert.match(stdout, /Working .* Work for ever {2}Thinking$/m);
  });

  it('shows and follows one of them', async () => {
    const id = ids[2] ?? '';
    assert.match(
      (await nightjar(['show', id])).stdout,
      /^● Queued {2}2nd of 2: 1 of 1 place used by Work for ever$/m,
    );
    const leaving = new AbortController();
    const prioritizing: Promise<CommandRun>[] = [];
    const onStdout = (text: string): void => {
      if (text.includes('1st of 2')) leaving.abort();
      else if (text.includes('2nd of 2') && prioritizing.length === 0)
        prioritizing.push(nightjar(['prioritize', id, 'high']));
    };
    const { stdout } = await nightjar(['follow', id], { signal: leaving.signal, onStdout });
    await Promise.all(prioritizing);
    const told = stdout.split('\n').filter((line) => line.includes('Queued'));
    assert.deepEqual(told, [
      '· Queued, 2nd of 2  1 of 1 place used by Work for ever',
      '· Queued, 1st of 2  1 of 1 place used by Work for ever',
    ]);
  });

  it('lets the next one in when the first is stopped', async () => {
    assert.equal((await nightjar(['stop', ids[0] ?? ''])).exitCode, 0);
    await until(() => model.requests.length === 2, 'the next one works');
    assert.match((await nightjar(['list'])).stdout, /1st of 1: 1 of 1 place used by Wait second$/m);
  });
});
