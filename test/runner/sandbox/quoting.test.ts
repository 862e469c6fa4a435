// Text on its way to a command: whatever characters an argument or a folder's name has, nothing of them is a command itself.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { runProcess } from '../../../shared/host/processes.ts';
import { lineOf, quoted } from '../../../runner/sandbox/limits.ts';
import type { OpenSandbox } from '../../../runner/sandbox/sandbox.ts';
import { placeIn } from '../../support/plainSandbox.ts';
import { SandboxWorld } from './sandboxWorld.ts';

const calm = new AbortController().signal;
const odd = [
  '',
  ' ',
  '\t\n',
  "'",
  "'''",
  '"',
  '\\',
  "\\'",
  '$HOME',
  '$(touch ran)',
  '`touch ran`',
  '; touch ran;',
  '&& touch ran',
  '| touch ran',
  '> ran',
  '# no',
  '~',
  '*',
  '{a,b}',
  '!!',
  '-n',
  '--',
  '=',
  '%s%n',
  'é 漢 🌙',
  '\u0001\u001b[31m',
  'one\ntwo',
  "$'\\n'",
  '--tmpfs /',
  ' --tmpfs /etc',
];

describe('text on its way to a command', function () {
  this.timeout(60_000);
  let world: SandboxWorld;
  before(async () => {
    world = await SandboxWorld.open();
  });
  after(() => world[Symbol.asyncDispose]());

  it('is one word of a shell line, whatever it is', async () => {
    const texts = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    const property = fc.asyncProperty(fc.array(texts, { minLength: 20, maxLength: 50 }), async (words) => {
      const line = `printf '%s\\0' ${[...words, ...odd].map(quoted).join(' ')}`;
      const { stdout } = await runProcess({ file: 'sh', args: ['-c', line], env: {}, signal: calm });
      assert.deepEqual(stdout.toString().split('\0').slice(0, -1), [...words, ...odd]);
    });
    await fc.assert(property, { numRuns: 20 });
  });

  it('would run something without its quotes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-quoting-'));
    try {
      const line = `printf '%s\\0' ${odd[9]!}`;
      await runProcess({ file: 'sh', args: ['-c', line], cwd: folder, env: process.env, signal: calm });
      assert.ok(existsSync(join(folder, 'ran')));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const name of ['sandbox', 'plain'] as const) {
    it(`arrives as it is: arguments of a program (${name})`, async () => {
      const { stdout } = await ask(world[name], world.place('one').workspace, ['printf', '%s\\0', ...odd]);
      assert.deepEqual(stdout.split('\0').slice(0, -1), odd);
      assert.ok(!existsSync(join(world.place('one').workspace, 'ran')));
    });

    for (const folder of [
      "it's a $HOME",
      'a "b" `touch ran`',
      '$(touch ran); #',
      'é 漢 🌙',
      '*?[a]',
      '--tmpfs x',
    ]) {
      it(`arrives as it is: the name of a folder, ${folder} (${name})`, async () => {
        const workspace = join(world.dataFolder, 'workspaces', folder, 'files');
        mkdirSync(workspace, { recursive: true });
        const line = 'pwd -P; cd "$TMPDIR" && pwd -P && echo in > inside && cat inside; cd "$HOME" && pwd -P';
        const { stdout } = await ask(world[name], workspace, line);
        const beside = join(realpathSync(workspace), '..');
        assert.deepEqual(stdout.split('\n'), [
          join(beside, 'files'),
          join(beside, 'tmp'),
          'in',
          join(beside, 'home'),
          '',
        ]);
        assert.ok(existsSync(join(beside, 'tmp', 'inside')));
        for (const place of [beside, join(beside, 'files'), join(beside, 'tmp')])
          assert.ok(!existsSync(join(place, 'ran')), place);
      });
    }
  }

  it('is a line for the shell where it is one, and else replaces the shell', () => {
    assert.equal(lineOf('a | b'), 'a | b');
    assert.equal(lineOf(['a', '|', "b'c"]), "exec a '|' 'b'\\''c'");
  });

  it('is not cut: a line of a hundred thousand characters', async () => {
    const text = 'x'.repeat(100_000);
    for (const sandbox of [world.sandbox, world.plain]) {
      const { stdout } = await ask(sandbox, world.place('one').workspace, `printf %s ${text} | wc -c`);
      assert.equal(stdout.trim(), '100000');
    }
  });
});

async function ask(
  sandbox: OpenSandbox,
  workspace: string,
  command: string | readonly string[],
): Promise<{ readonly stdout: string }> {
  const place = placeIn(workspace);
  const limits = { timeoutMs: 20_000, outputBytes: 1_000_000, signal: calm };
  const { stdout } = await sandbox.ask({ command, place, ...limits });
  return { stdout: stdout.toString() };
}
