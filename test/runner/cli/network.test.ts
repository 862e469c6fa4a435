// The network on the command line: chosen, narrowed by the project, blocked, allowed; and what runs without a sandbox.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TaskObject } from '../../../runner/cli/taskObject.ts';
import type { SandboxMode } from '../../../runner/config.ts';
import { startRunner, type Runner } from '../../../runner/runner.ts';
import { createSampleProject } from '../../demo/sampleProject.ts';
import { byTurn, startScriptedModel, type ScriptedModel } from '../../support/scriptedModel.ts';
import { runNightjar, type CommandRun } from './commandRun.ts';

const fetch =
  'for n in 1 2; do curl -sS -m 5 https://packages.example/; done; echo "${#DEPLOY_TOKEN} characters"';
const script = byTurn([
  { calls: [{ name: 'run', arguments: { command: fetch } }] },
  { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Tried.', commitMessage: 'Try' } }] },
]);

describe('the network on the command line', () => {
  const ended = new AbortController();
  let folder: string;
  let model: ScriptedModel;
  let runner: Runner;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-network-'));
    await createSampleProject(join(folder, 'project'), ended.signal);
    model = await startScriptedModel({ script });
    // What a runner can grant is what it was started with.
    process.env['DEPLOY_TOKEN'] = 'twelve signs';
    runner = await start('required');
  });

  after(async () => {
    delete process.env['DEPLOY_TOKEN'];
    await runner[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function start(sandboxMode: SandboxMode): Promise<Runner> {
    const env = {
      PATH: process.env['PATH'],
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'key',
      NIGHTJAR_MODEL: 'scripted',
    };
    const logStream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const dataFolder = join(folder, `data-${sandboxMode}`);
    return startRunner(
      { dataFolder, host: '127.0.0.1', port: 0, env, logStream, endsWhenIdle: false, sandboxMode },
      ended.signal,
    );
  }

  async function nightjar(args: readonly string[], on: Runner = runner): Promise<CommandRun> {
    const env = { NIGHTJAR_TOKEN: on.token, PATH: process.env['PATH'] ?? '' };
    return runNightjar([...args, '--runner', on.url], { cwd: join(folder, 'project'), env });
  }

  const handOff = ['hand-off', 'Try it', '--check', 'true'];

  /** The task once it rests, and what was said before it was shipped. */
  async function handedOff(...args: readonly string[]): Promise<{ task: TaskObject; said: string }> {
    const { stdout, stderr, exitCode } = await nightjar([...handOff, ...args]);
    assert.equal(exitCode, 0, stderr);
    const id = stdout.trim();
    await nightjar(['follow', id]);
    const shown = await nightjar(['show', id, '--json']);
    return { task: JSON.parse(shown.stdout) as TaskObject, said: stderr };
  }

  it('is told, blocks what it doesn’t name, and is opened for a host', async () => {
    const { task, said } = await handedOff('--network', 'api.example.com');
    assert.match(said, /^! Network: api\.example\.com$/m);
    assert.deepEqual([task.sandbox, task.network], ['srt', { mode: 'hosts', hosts: ['api.example.com'] }]);
    assert.deepEqual(task.blocked, [{ host: 'packages.example', count: 2 }]);
    const shown = await nightjar(['show', task.id]);
    assert.match(shown.stdout, /^ {2}Network: api\.example\.com {2}in a sandbox$/m);
    assert.match(shown.stdout, /^! The sandbox blocked: packages\.example \(2 times\)$/m);
    const allow = /Allow with: nightjar (allow .*)$/m.exec(shown.stdout)?.[1] ?? '';
    assert.equal(allow, `allow ${task.id} packages.example`);

    const allowed = await nightjar(allow.split(' '));
    assert.match(allowed.stdout, /^✔ Network: api\.example\.com, packages\.example /);
    assert.doesNotMatch((await nightjar(['show', task.id])).stdout, /blocked|Allow with/);
    const story = (await nightjar(['log', task.id])).stdout;
    assert.match(
      story,
      /The sandbox blocked: packages\.example \(2 times\)[\s\S]*You allowed packages\.example/,
    );
    assert.doesNotMatch((await nightjar(['list'])).stdout, /unsandboxed/);
  });

  it('is narrowed by the project, and not opened by it', async () => {
    const config = join(folder, 'project/.nightjar');
    await mkdir(config);
    try {
      await writeFile(join(config, 'config.yaml'), 'network: [registries, evil.example.com]\n');
      const { stderr } = await nightjar([...handOff, '--network', 'off']);
      assert.match(stderr, /^Network: none$/m);
      await writeFile(join(config, 'config.yaml'), 'network: off\n');
      const { task, said } = await handedOff('--network', 'packages.example');
      assert.match(said, /^Network: none {2}narrowed by \.nightjar\/config\.yaml$/m);
      assert.deepEqual([task.network.hosts, task.blocked.length], [[], 1]);
      const forPrograms = await nightjar([...handOff, '--network', 'all', '--json']);
      assert.match(forPrograms.stderr, /^Network: none \(narrowed by \.nightjar\/config\.yaml\)\.$/m);
    } finally {
      await rm(config, { recursive: true });
    }
  });

  it('gives commands the secrets that are named, and no others', async () => {
    const { task, said } = await handedOff('--network', 'off', '--secret', 'DEPLOY_TOKEN');
    assert.match(said, /^Network: none$/m);
    assert.match(said, /^! Commands are given the secrets DEPLOY_TOKEN$/m);
    assert.match((await nightjar(['log', task.id])).stdout, /12 characters/);
    const without = await handedOff('--network', 'off');
    assert.match((await nightjar(['log', without.task.id])).stdout, / 0 characters/);
    const refused = await nightjar([...handOff, '--secret', 'OPENAI_API_KEY']);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /cannot give the variable OPENAI_API_KEY/);
  });

  it('refuses what is no network, no name of a host or of a variable', async () => {
    const mistakes = [
      [...handOff, '--network', 'some'],
      [...handOff, '--network', 'all,api.example.com'],
      [...handOff, '--secret', 'A=b'],
      ['allow', 'anything', 'https://api.example.com'],
      ['allow', 'anything'],
    ];
    for (const mistake of mistakes) assert.equal((await nightjar(mistake)).exitCode, 2, mistake.join(' '));
  });

  it('says where nothing holds the commands', async () => {
    await using open = await start('off');
    const { stdout, stderr } = await nightjar(handOff, open);
    assert.match(stderr, /^! Unsandboxed: commands can reach all that the runner’s user can$/m);
    assert.match((await nightjar(['list'], open)).stdout, / {2}unsandboxed, /);
    assert.match((await nightjar(['show', stdout.trim()], open)).stdout, /^! Unsandboxed: /m);
    assert.doesNotMatch((await nightjar(['show', stdout.trim()], open)).stdout, /Network: /);
  });
});
