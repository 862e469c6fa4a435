// How git is run on the runner: nothing of its surroundings gets in, and its failures say what happened.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitError, readGit, runGit } from '../../../runner/host/git.ts';

const { signal } = new AbortController();

describe('runGit', () => {
  let root: string;
  let gitDir: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'nightjar-git-'));
    gitDir = join(root, 'store.git');
    mkdirSync(gitDir);
    await runGit(['init', '--quiet', '--bare', '--template='], { gitDir, signal });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('passes on nothing of the environment, and takes no configuration of the user', async () => {
    const marker = join(root, 'marker');
    const planted = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'alias.planted',
      GIT_CONFIG_VALUE_0: `!touch ${marker}`,
      GIT_DIR: '/nowhere',
      HOME: root,
      OPENAI_API_KEY: 'planted-secret',
    };
    writeFileSync(join(root, '.gitconfig'), `[alias]\n\tplanted = !touch ${marker}\n`);
    const before = { ...process.env };
    Object.assign(process.env, planted);
    try {
      await assert.rejects(runGit(['planted'], { gitDir, signal }), /not a git command/);
      assert.equal(existsSync(marker), false);
      await runGit(['config', 'alias.show-environment', '!env'], { gitDir, signal });
      assert.doesNotMatch(await readGit(['show-environment'], { gitDir, signal }), /planted/);
    } finally {
      for (const name of Object.keys(planted)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  });

  it('needs no folder to look for a repository in, and looks for none', async () => {
    await assert.rejects(
      readGit(['rev-parse', '--git-dir'], { gitDir: join(root, 'missing'), signal }),
      GitError,
    );
  });

  it('fails in the words of git, unless the exit code is an answer', async () => {
    const args = ['rev-parse', '--verify', '--quiet', 'refs/missing'];
    await assert.rejects(runGit(args, { gitDir, signal }), /git rev-parse: ended with exit code 1/);
    assert.equal(await readGit(args, { gitDir, signal, acceptedExitCodes: [0, 1] }), '');
    await assert.rejects(
      runGit(['cat-file', '-t', 'nonsense'], { gitDir, signal }),
      /git cat-file: fatal: .*nonsense/,
    );
  });

  it('knows a full disk by the words of git, and a missing git', async () => {
    await runGit(
      ['config', 'alias.full', '!echo "fatal: write error: No space left on device" >&2; exit 1'],
      { gitDir, signal },
    );
    await assert.rejects(runGit(['full'], { gitDir, signal }), { code: 'diskFull' });
    const path = process.env['PATH'];
    process.env['PATH'] = root;
    try {
      await assert.rejects(runGit(['version'], { gitDir, signal }), { code: 'gitMissing' });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('ends when it takes too long or is aborted', async () => {
    await runGit(['config', 'alias.wait', '!sleep 30'], { gitDir, signal });
    await assert.rejects(runGit(['wait'], { gitDir, signal, timeoutMs: 200 }), /took too long/);
    await assert.rejects(runGit(['wait'], { gitDir, signal: AbortSignal.timeout(200) }), {
      name: 'TimeoutError',
    });
  });
});
