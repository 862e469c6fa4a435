// `nightjar init` on real projects, with real commands in the real sandbox.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse } from '../../../runner/rehearse.ts';
import { parseConfig } from '../../../shared/spec/parseConfig.ts';
import { ScratchRepository, userState } from '../../shared/repository/scratchRepository.ts';
import { configureRunner } from '../../endToEnd/world.ts';
import { runNightjar, type CommandRun, type RunOptions } from './commandRun.ts';

const path = '.nightjar/config.yaml';

/** A project whose test passes, by a file that is not committed, and whose lint fails. */
async function project(makefile: string): Promise<ScratchRepository> {
  const scratch = await ScratchRepository.with({ Makefile: makefile });
  await scratch.write('answer.txt', '42\n');
  await configureRunner(join(scratch.folder, 'data'), {});
  return scratch;
}

function init(
  scratch: ScratchRepository,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<CommandRun> {
  const env = { NIGHTJAR_DATA: join(scratch.folder, 'data'), PATH: process.env['PATH'] ?? '' };
  return runNightjar(['init', ...args], { cwd: scratch.root, env, rehearse, ...options });
}

async function leftBehind(scratch: ScratchRepository): Promise<readonly string[]> {
  const refs = await scratch.git('for-each-ref', '--format=%(refname)', 'refs/nightjar');
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith('nightjar-rehearsal-'));
  return [...refs.split('\n').filter(Boolean), ...folders];
}

const mixed = 'test:\n\tgrep 42 answer.txt\nlint:\n\techo "stdin: not a tty"; exit 3\n';

describe('nightjar init', function () {
  this.timeout(90_000);

  // Other tests beside this one rehearse in the machine's temporary folder.
  const { TMPDIR: outerTemporary } = process.env;
  before(async () => {
    process.env['TMPDIR'] = await realpath(await mkdtemp(join(tmpdir(), 'init-')));
  });
  after(async () => {
    await rm(tmpdir(), { recursive: true, force: true });
    if (outerTemporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = outerTemporary;
  });

  it('writes what passes on the working tree as it is, and what fails as a comment', async () => {
    await using scratch = await project(mixed);
    const before = await userState(await scratch.open());
    const dry = await init(scratch, ['--dry-run']);
    assert.equal(dry.exitCode, 0, dry.stderr);
    assert.deepEqual(await userState(await scratch.open()), before);
    assert.match(
      dry.stderr,
      /Found in Makefile[\s\S]*Running make test[\s\S]*✔ test[\s\S]*✖ lint .*exit code 2/,
    );

    const written = await init(scratch);
    assert.equal(written.exitCode, 0, written.stderr);
    const text = await readFile(join(scratch.root, path), 'utf8');
    assert.deepEqual(
      parseConfig(text, path).checks.map(({ name, command, kind }) => [name, command, kind]),
      [['test', 'make test', 'test']],
    );
    assert.match(text, /# Failed \(exit code 2; it asks for a terminal\)/);
    assert.deepEqual(await leftBehind(scratch), []);
  });

  it('never overwrites what is there, but when it is told to', async () => {
    await using scratch = await project(mixed);
    await scratch.write(path, 'model: mine\n');
    const refused = await init(scratch);
    assert.deepEqual([refused.exitCode, /There is a file .nightjar/.test(refused.stderr)], [2, true]);
    assert.equal(await readFile(join(scratch.root, path), 'utf8'), 'model: mine\n');
    const forced = await init(scratch, ['--force', '--json']);
    assert.equal(forced.exitCode, 0, forced.stderr);
    const { checks } = JSON.parse(forced.stdout) as { checks: { name: string; passed: boolean }[] };
    assert.deepEqual(
      checks.map(({ name, passed }) => [name, passed]),
      [
        ['test', true],
        ['lint', false],
      ],
    );
    assert.match(await readFile(join(scratch.root, path), 'utf8'), /command: make test/);
  });

  it('leaves nothing when it is cancelled in the middle of a command', async () => {
    await using scratch = await project('test:\n\tsleep 60\n');
    const cancel = new AbortController();
    const cancelling: typeof rehearse = (options, signal) => {
      const onStart = (): void => void setTimeout(() => cancel.abort(), 200);
      return rehearse({ ...options, onStart }, signal);
    };
    const before = await userState(await scratch.open());
    const run = await init(scratch, [], { signal: cancel.signal, rehearse: cancelling });
    assert.equal(run.exitCode, 130, run.stderr);
    assert.deepEqual(await userState(await scratch.open()), before);
    assert.deepEqual(await leftBehind(scratch), []);
  });

  it('says so where it finds nothing, or no repository', async () => {
    await using scratch = await project('all:\n\ttrue\n');
    const nothing = await init(scratch);
    assert.deepEqual([nothing.exitCode, /Nothing was found/.test(nothing.stderr)], [1, true]);
    const outside = await init(scratch, ['--repo', scratch.folder]);
    assert.deepEqual([outside.exitCode, /not inside a git repository/.test(outside.stderr)], [1, true]);
    assert.equal(existsSync(join(scratch.root, path)), false);
  });

  it('tells where nothing passes, and why a command that needs the network fails', async () => {
    const download = 'test:\n\tcurl -sSf http://nowhere.example.com/\n';
    await using scratch = await project(download);
    const run = await init(scratch);
    assert.equal(run.exitCode, 1);
    const text = await readFile(join(scratch.root, path), 'utf8');
    assert.match(text, /No check has passed yet[\s\S]*kept it from nowhere\.example\.com/);
    assert.deepEqual(parseConfig(text, path).checks, []);
  });
});
