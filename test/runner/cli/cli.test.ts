// What the command line does before it talks to any runner: help, arguments, first errors.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSampleProject } from '../../demo/sampleProject.ts';
import type { Serve } from '../../../runner/cli/surroundings.ts';
import { runNightjar } from './commandRun.ts';

const neverAborted = new AbortController().signal;

describe('the command line', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-cli-'));
    await createSampleProject(join(folder, 'project'), neverAborted);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('shows every command in its help', async () => {
    const { exitCode, stdout } = await runNightjar(['--help']);
    assert.equal(exitCode, 0);
    for (const name of [
      'hand-off',
      'list',
      'show',
      'follow',
      'reply',
      'stop',
      'diff',
      'checkout',
      'log',
      'doctor',
      'runner',
    ])
      assert.match(stdout, new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('tells its version', async () => {
    assert.deepEqual(await runNightjar(['--version']), { exitCode: 0, stdout: '1.2.3\n', stderr: '' });
  });

  const misuses: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no command', [], /A command is missing/],
    ['an unknown command', ['fly'], /Unknown command 'fly'/],
    ['an unknown option', ['list', '--fast'], /Unknown option '--fast'/],
    ['a missing id', ['show'], /Missing required argument 'id'/],
    ['an argument too many', ['list', 'more'], /Too many arguments/],
    ['a port that is none', ['runner', '--port', '70000'], /0 to 65535/],
    ['a hand-off of nothing', ['hand-off', '--repo', 'project'], /goal/],
    ['a goal and a spec', ['hand-off', 'do it', '--spec', 'x.task.md', '--repo', 'project'], /not both/],
    [
      'a spec that is not there',
      ['hand-off', '--spec', 'x.task.md', '--repo', 'project'],
      /x\.task\.md could not be read/,
    ],
  ];
  for (const [name, args, message] of misuses) {
    it(`ends with 2 for ${name}`, async () => {
      const { exitCode, stdout, stderr } = await runNightjar(args, { cwd: folder });
      assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^ +at /m);
    });
  }

  it('ends with 2 for a spec without a goal', async () => {
    await writeFile(join(folder, 'empty.task.md'), '## Context\nnothing\n');
    const { exitCode, stderr } = await runNightjar(
      ['hand-off', '--spec', 'empty.task.md', '--repo', 'project'],
      { cwd: folder },
    );
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: .*has no goal\.\n {7}Write what/);
  });

  it('ends with 1 outside of a repository, with the error as JSON where that is asked for', async () => {
    const { exitCode, stdout, stderr } = await runNightjar(['hand-off', 'do it', '--json'], { cwd: folder });
    assert.equal(exitCode, 1);
    assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'notARepository');
    assert.match(stderr, /^error: .* is not inside a git repository/);
  });

  it('ends with 3 where no runner answers', async () => {
    const { exitCode, stderr } = await runNightjar(['list', '--runner', 'ws://127.0.0.1:9'], {
      env: { NIGHTJAR_TOKEN: 'x' },
    });
    assert.equal(exitCode, 3);
    assert.match(stderr, /^error: No runner answers at ws:\/\/127\.0\.0\.1:9/);
  });

  it('ends with 3 for a runner that a waiting hand-off can not reach', async () => {
    const args = ['hand-off', 'do it', '--wait', '--repo', 'project', '--runner', '127.0.0.1:9'];
    assert.equal((await runNightjar(args, { cwd: folder, env: { NIGHTJAR_TOKEN: 'x' } })).exitCode, 3);
  });

  it('ends with 130 when it is cancelled', async () => {
    const { exitCode, stderr } = await runNightjar(['list', '--runner', 'ws://127.0.0.1:9'], {
      signal: AbortSignal.abort(),
    });
    assert.deepEqual({ exitCode, stderr }, { exitCode: 130, stderr: 'cancelled\n' });
  });

  it('ends with 2 for a token whose name is none, before it looks for a runner', async () => {
    for (const words of [['create', 'Alice'], ['revoke', '../x'], ['create', 'a', '--scope', 'all'], []])
      assert.equal((await runNightjar(['token', ...words])).exitCode, 2, words.join(' '));
  });

  it('gives the options of the runner to what serves', async () => {
    const served: unknown[] = [];
    const args = ['runner', '--data', 'data', '--port', '4711'];
    const serve: Serve = async ({ onListening, ...options }) => {
      served.push(options);
      onListening({ url: 'wss://127.0.0.1:4711', fingerprint: options.tls === undefined ? null : 'AB:CD' });
    };
    const run = async (...more: string[]) => runNightjar([...args, ...more], { cwd: folder, serve });
    const plain = await run();
    assert.deepEqual([plain.exitCode, plain.stderr], [0, '']);
    const secure = await run('--host', '0.0.0.0', '--tls');
    assert.ok(secure.stderr.includes(`--runner wss://${hostname()}:4711#fingerprint=AB:CD`), secure.stderr);
    await run('--cert', 'a.pem', '--key', 'b.pem');
    const common = { dataFolder: join(folder, 'data'), host: '127.0.0.1', port: 4711 };
    assert.deepEqual(served, [
      common,
      { ...common, host: '0.0.0.0', tls: 'selfMade' },
      { ...common, tls: { cert: join(folder, 'a.pem'), key: join(folder, 'b.pem') } },
    ]);
    assert.equal((await run('--cert', 'a.pem')).exitCode, 2, 'half of a pair');
  });
});
