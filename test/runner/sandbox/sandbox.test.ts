// The sandbox that isolates nothing, with real commands: what they see, what is kept of them, and that nothing stays behind.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult, SandboxCommand } from '../../../runner/tasks/ports.ts';
import { placeIn, plainSandbox } from '../../support/plainSandbox.ts';
import { assertGone } from './processes.ts';

describe('the plain sandbox', () => {
  let root: string;
  let workspace: string;
  let logFile: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nightjar-sandbox-'));
    workspace = join(root, 'files');
    logFile = join(root, 'logs', 'command.log');
    mkdirSync(workspace);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function run(
    command: SandboxCommand['command'],
    changes: Partial<SandboxCommand> = {},
    outputLimitBytes = 1_000_000,
  ): Promise<CommandResult> {
    const { signal } = new AbortController();
    const defaults = {
      command,
      place: placeIn(workspace),
      timeoutMs: 10_000,
      signal,
      logFile,
      watch: () => undefined,
    };
    return plainSandbox(root, outputLimitBytes).run({ ...defaults, ...changes });
  }

  it('runs a command line with pipes in the folder, output and errors in one log', async () => {
    const seen: string[] = [];
    const result = await run('pwd | tr a-z A-Z; echo oops >&2; exit 3', { watch: (text) => seen.push(text) });
    assert.equal(result.exitCode, 3);
    assert.equal(result.timedOut, false);
    for (const text of [result.tail, readFileSync(logFile, 'utf8'), seen.join('')]) {
      assert.ok(text.includes(workspace.toUpperCase()) && text.includes('oops'), text);
    }
    assert.equal(result.outputBytes, readFileSync(logFile).length);
  });

  it('runs a program with arguments that no shell touches', async () => {
    assert.equal((await run(['printf', '%s', '$HOME; `id` "x"'])).tail, '$HOME; `id` "x"');
  });

  it('answers 127 for a program that is not there, by name or by line', async () => {
    const byName = await run(['no-such-program', 'x']);
    assert.equal(byName.exitCode, 127);
    assert.match(byName.tail, /no-such-program: not found\n$/);
    const byLine = await run('no-such-program');
    assert.equal(byLine.exitCode, 127);
    assert.match(byLine.tail, /not found/);
  });

  it('gives no key of the runner to a command, though the runner has it', async () => {
    const before = process.env['OPENAI_API_KEY'];
    process.env['OPENAI_API_KEY'] = 'planted-secret';
    try {
      assert.match(JSON.stringify(process.env), /planted-secret/);
      const { tail } = await run('env');
      assert.doesNotMatch(tail, /planted-secret|OPENAI/);
      const names = tail.split('\n').map((line) => line.split('=')[0] ?? '');
      const strangers = names.filter(
        (name) =>
          !/^(|_|PWD|SHLVL|PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|LANG|TERM|NO_COLOR|CI|NIGHTJAR|NIGHTJAR_RUN|[A-Z]+_(HOME|ROOT|DIR|TOOLCHAIN)|GOROOT)$/.test(
            name,
          ),
      );
      assert.deepEqual(strangers, []);
    } finally {
      if (before === undefined) delete process.env['OPENAI_API_KEY'];
      else process.env['OPENAI_API_KEY'] = before;
    }
  });

  it('gives a command a home and a temporary folder beside the workspace', async () => {
    await run('touch "$HOME/a" "$TMPDIR/b"');
    assert.ok(existsSync(join(root, 'home', 'a')) && existsSync(join(root, 'tmp', 'b')));
  });

  it('gives a command empty input', async () => {
    assert.equal((await run('cat; echo end')).tail, 'end\n');
  });

  it('keeps the beginning in the log and the end in the tail, plain and cut at a line', async () => {
    const script =
      'for i in $(seq 1 20000); do printf "\\033[31mline %s\\033[0m\\n" $i; done; printf "10%%\\r100%%\\n"';
    const { tail, outputBytes } = await run(script, {}, 50_000);
    assert.match(tail, /^line \d+\nline /);
    assert.ok(tail.endsWith('line 20000\n100%\n'), tail.slice(-60));
    assert.ok(Buffer.byteLength(tail) <= 16 * 1024 && Buffer.byteLength(tail) > 15 * 1024);
    const log = readFileSync(logFile, 'utf8');
    assert.ok(log.startsWith('\u001b[31mline 1\u001b'));
    assert.ok(log.endsWith(`\n[${outputBytes - 50_000} more bytes were printed and not kept]\n`));
  });

  it('keeps characters whole for who is watching', async () => {
    let seen = '';
    await run("printf '\\303'; sleep 0.2; printf '\\251'", { watch: (text) => (seen += text) });
    assert.equal(seen, 'é');
  });

  it('ends a command that takes too long, with all that it started', async () => {
    const { timedOut, tail } = await run('sleep 60 & echo $!; wait', { timeoutMs: 300 });
    assert.equal(timedOut, true);
    await assertGone(tail);
  });

  it('ends a command when aborted, and rejects with the reason', async () => {
    const controller = new AbortController();
    let seen = '';
    const running = run('sleep 60 & echo $!; wait', {
      signal: controller.signal,
      watch: (text) => (seen += text),
    });
    while (!seen.includes('\n')) await sleep(20);
    controller.abort(new Error('stopped by the user'));
    await assert.rejects(running, /stopped by the user/);
    await assertGone(seen);
  });

  it('leaves nothing behind of a command that ends before what it started', async () => {
    const { tail, exitCode } = await run('sleep 60 >/dev/null 2>&1 & echo $!');
    assert.equal(exitCode, 0);
    await assertGone(tail);
  });
});
