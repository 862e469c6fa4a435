// The commands that need a sandbox and no runner, as users get them: from the bundle, as a process of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScratchRepository } from '../shared/repository/scratchRepository.ts';
import { runnerProgram } from './runnerBundle.ts';
import { configureRunner, processesWith } from './world.ts';

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `interruptAt`: what has to stand on standard error before Ctrl+C is pressed. */
async function nightjar(
  scratch: ScratchRepository,
  args: readonly string[],
  interruptAt: string | null = null,
): Promise<Ended> {
  const temporary = temporaryOf(scratch);
  await mkdir(temporary, { recursive: true });
  const env = { ...process.env, NIGHTJAR_DATA: join(scratch.folder, 'data'), TMPDIR: temporary };
  const child = spawn(process.execPath, [await runnerProgram(), ...args], { cwd: scratch.root, env });
  let [stdout, stderr] = ['', ''];
  let isInterrupted = false;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    // Once: a second time would end it on the spot.
    if (interruptAt === null || isInterrupted || !stderr.includes(interruptAt)) return;
    isInterrupted = child.kill('SIGINT');
  });
  await once(child, 'close');
  return { exitCode: child.exitCode, stdout, stderr };
}

/** Of its own: other tests beside this one rehearse in the machine's. */
function temporaryOf(scratch: ScratchRepository): string {
  return join(scratch.folder, 'temporary');
}

describe('the bundled program', function () {
  this.timeout(180_000);

  it('tries a project out in the sandbox and writes what passes', async () => {
    await using scratch = await ScratchRepository.with({ Makefile: 'test:\n\tgrep Makefile Makefile\n' });
    await configureRunner(join(scratch.folder, 'data'), {});
    const { exitCode, stderr } = await nightjar(scratch, ['init']);
    assert.equal(exitCode, 0, stderr);
    const text = await readFile(join(scratch.root, '.nightjar/config.yaml'), 'utf8');
    assert.match(text, /^checks:\n {2}- name: test\n {4}command: make test\n/m);
    const verified = await nightjar(scratch, ['verify', '--json']);
    assert.deepEqual([verified.exitCode, verified.stderr], [6, '']);
  });

  it('leaves no process, folder, file or ref when it is interrupted', async () => {
    const marker = `sleep 61.${process.pid}`;
    await using scratch = await ScratchRepository.with({ Makefile: `test:\n\t${marker}\n` });
    await configureRunner(join(scratch.folder, 'data'), {});
    const { exitCode, stderr } = await nightjar(scratch, ['init'], 'Running make test');
    assert.equal(exitCode, 130, stderr);
    assert.deepEqual(await processesWith(marker), []);
    assert.equal(await scratch.git('for-each-ref', 'refs/nightjar'), '');
    assert.equal(existsSync(join(scratch.root, '.nightjar')), false);
    assert.deepEqual(await readdir(temporaryOf(scratch)), []);
  });
});
