// What a killed runner, or a command that ended, leaves running: found by real processes and ended, and nothing else is.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endGit } from '../../../runner/sandbox/leftovers.ts';
import { parsePs, startOf } from '../../../runner/sandbox/processTable.ts';
import { endRecordedCommands, leftCommands } from '../../../runner/sandbox/runningCommands.ts';
import type { CommandResult } from '../../../runner/tasks/ports.ts';
import { placeIn, plainSandbox } from '../../support/plainSandbox.ts';
import { assertGone, isAlive } from './processes.ts';

const program = fileURLToPath(new URL('commandProgram.ts', import.meta.url));
/** Where what has left its group can be found. */
const isLinux = process.platform === 'linux';
const sleeper = 'sleep 60 >/dev/null 2>&1';

describe('what is left of commands', () => {
  let root: string;
  let commandsFolder: string;
  const strangers: ChildProcess[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nightjar-leftovers-'));
    commandsFolder = join(root, 'commands');
  });
  afterEach(() => {
    for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL');
    rmSync(root, { recursive: true });
  });

  /** Kills a runner in the middle of the command; returns the numbers that the command had printed. */
  async function killedIn(command: string): Promise<string[]> {
    const runner = spawn(process.execPath, [program, root, `${command}; echo .; wait`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const chunk of runner.stdout) {
      output += String(chunk);
      if (output.includes('.')) break;
    }
    while (recordOf() === '') await sleep(5);
    runner.kill('SIGKILL');
    if (runner.exitCode === null && runner.signalCode === null) await once(runner, 'exit');
    return output.split('\n').filter((line) => /^\d+$/.test(line));
  }

  /** The text of the only record. */
  const recordOf = (): string => readFileSync(join(commandsFolder, readdirSync(commandsFolder)[0]!), 'utf8');

  /** A process of somebody else, in a group of its own. */
  async function stranger(env: Readonly<Record<string, string>> = {}): Promise<number> {
    const child = spawn('sleep', ['60'], {
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], ...env },
    });
    await once(child, 'spawn');
    strangers.push(child);
    return child.pid!;
  }

  for (const [what, command] of [
    ['a program in the background', `${sleeper} & echo $!`],
    ['one that ignores the request to end', `(trap "" TERM; ${sleeper}; sleep 60) & echo $!`],
    ...(isLinux ? [['one that has left its group', `setsid ${sleeper} & echo $!`] as const] : []),
    ['one with an environment of its own making', `env -i ${sleeper} & echo $!`],
  ] as const) {
    it(`of a killed runner is ended before the next goes on: ${what}`, async () => {
      const [pid = ''] = await killedIn(command);
      assert.ok(isAlive(Number(pid)), 'it outlived the runner');
      assert.equal(readdirSync(commandsFolder).length, 1);
      assert.ok((await endRecordedCommands(commandsFolder)) >= 1);
      await assertGone(pid);
      assert.deepEqual(readdirSync(commandsFolder), []);
      assert.equal(await endRecordedCommands(commandsFolder), 0);
    });
  }

  it('never counts a process that only has the number of one', async () => {
    mkdirSync(commandsFolder);
    const pid = await stranger();
    const startedAt = await startOf(pid);
    assert.ok(startedAt);
    const record = (at: string) =>
      writeFileSync(join(commandsFolder, 'an-id'), JSON.stringify({ pid, startedAt: at }));
    record(startedAt.replace(/\d+/, (number) => String(Number(number) - 1)));
    assert.equal(await endRecordedCommands(commandsFolder), 0);
    record(startedAt.replace(/\S+$/, 'another-start-of-the-machine'));
    assert.equal(await endRecordedCommands(commandsFolder), 0);
    writeFileSync(join(commandsFolder, 'another-id'), '{"pid":');
    assert.equal(await endRecordedCommands(commandsFolder), 0);
    assert.ok(isAlive(pid));
    // The same record with the true time is all that it takes.
    record(startedAt);
    assert.equal(await endRecordedCommands(commandsFolder), 1);
    await assertGone(String(pid));
  });

  const run = (command: string, changes: object = {}): Promise<CommandResult> => {
    const workspace = join(root, 'workspaces', 'task', 'files');
    mkdirSync(workspace, { recursive: true });
    const { signal } = new AbortController();
    const rest = {
      place: placeIn(workspace),
      logFile: join(root, 'command.log'),
      watch: () => undefined,
    };
    return plainSandbox(root, 1_000).run({ command, timeoutMs: 20_000, signal, ...rest, ...changes });
  };
  const daemon = `${isLinux ? 'setsid' : ''} ${sleeper} & echo $! > daemon; cat daemon`;
  const daemonPid = () => readFileSync(join(root, 'workspaces/task/files/daemon'), 'utf8');

  it('is gone with a command that ends, daemons too, and so is its record', async () => {
    const { tail, exitCode } = await run(daemon);
    assert.equal(exitCode, 0);
    await assertGone(tail);
    assert.deepEqual(readdirSync(commandsFolder), []);
  });

  it('is gone with a command that takes too long', async () => {
    const { timedOut } = await run(`${daemon}; sleep 60`, { timeoutMs: 500 });
    assert.ok(timedOut);
    await assertGone(daemonPid());
  });

  it('is gone with a command that is stopped', async () => {
    const controller = new AbortController();
    const watch = (): void => controller.abort(new Error('stopped'));
    await assert.rejects(run(`${daemon}; sleep 60`, { signal: controller.signal, watch }), /stopped/);
    await assertGone(daemonPid());
  });

  it('leaves the processes of other commands alone', async () => {
    const pid = await stranger({ NIGHTJAR_RUN: 'another', TMPDIR: `${root}/workspaces/other/tmp` });
    await run(daemon);
    assert.ok(isAlive(pid));
  });

  it('is told and removed when a command has no record any more', async () => {
    if (!isLinux) return;
    const pid = await stranger({ NIGHTJAR_RUN: 'ended', TMPDIR: `${root}/workspaces/task/tmp` });
    await stranger({ NIGHTJAR_RUN: 'ended', TMPDIR: '/of/another/runner' });
    mkdirSync(commandsFolder);
    writeFileSync(join(commandsFolder, 'running'), '');
    await stranger({ NIGHTJAR_RUN: 'running', TMPDIR: `${root}/workspaces/task/tmp` });
    const left = await leftCommands(root, commandsFolder);
    assert.deepEqual(
      left.map(({ name }) => name),
      [`the processes ${pid} of a command that has ended`],
    );
    await left[0]!.remove();
    await assertGone(String(pid));
    assert.deepEqual(await leftCommands(root, commandsFolder), []);
  });

  it('of git is ended where it writes into this data folder, and nowhere else', async () => {
    if (!isLinux) return;
    const ours = await stranger({ NIGHTJAR_GIT: '1', GIT_DIR: `${root}/stores/x.git` });
    const others = [
      await stranger({ NIGHTJAR_GIT: '1', GIT_DIR: '/elsewhere/stores/x.git' }),
      await stranger({ GIT_DIR: `${root}/stores/x.git` }),
    ];
    assert.equal(await endGit(root), 1);
    await assertGone(String(ours));
    assert.deepEqual(others.map(isAlive), [true, true]);
  });
});

it('the table of ps is read as it is printed', () => {
  const printed =
    '    1     1 Ss   Mon Nov 24 10:53:58 2026    \n  977   970 Z+   Tue Nov  3 01:02:03 2026\n';
  assert.deepEqual(parsePs(printed), [
    { pid: 1, group: 1, startedAt: 'Mon Nov 24 10:53:58 2026', hasEnded: false, environment: [] },
    { pid: 977, group: 970, startedAt: 'Tue Nov  3 01:02:03 2026', hasEnded: true, environment: [] },
  ]);
});
