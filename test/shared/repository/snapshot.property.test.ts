// Over random dirty states: the snapshot is the working tree, and nothing of the user's has changed.
import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { takeSnapshot } from '../../../shared/repository/snapshot.ts';
import {
  calm,
  filesOfFolder,
  filesOfTree,
  runGitAnyway,
  ScratchRepository,
  userState,
} from './scratchRepository.ts';

interface Step {
  readonly act:
    'write' | 'delete' | 'link' | 'executable' | 'stage' | 'unstage' | 'plan' | 'move' | 'stash' | 'commit';
  readonly path: string;
  readonly content: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(
    'write',
    'write',
    'delete',
    'link',
    'executable',
    'stage',
    'unstage',
    'plan',
    'move',
    'stash',
    'commit',
  ),
  // `a` is a file here and a folder there.
  path: fc.constantFrom('a', 'a/b', 'c', 'd/e', 'd/f', 'new\nline', '"q"', 'dot.d/.file', 'ö/ü'),
  content: fc.constantFrom('', 'x', 'one\ntwo\n', 'one\r\ntwo\r\n', '\0binary'),
});

async function perform(scratch: ScratchRepository, { act, path, content }: Step): Promise<void> {
  const file = join(scratch.root, path);
  // What isn't possible in this state (git refuses, a folder is in the way) just doesn't happen.
  const tryGit = async (...args: string[]): Promise<unknown> => runGitAnyway(scratch.root, ...args);
  const exists = await lstat(file).then(
    (entry) => !entry.isDirectory(),
    () => false,
  );
  if (act === 'write' || act === 'link') {
    await rm(file, { recursive: true, force: true }).catch(() => undefined);
    const isThere = await mkdir(dirname(file), { recursive: true }).then(
      () => true,
      () => false,
    );
    if (isThere) await (act === 'write' ? writeFile(file, content) : symlink(`../${content.length}`, file));
  } else if (act === 'delete') await rm(file, { recursive: true, force: true }).catch(() => undefined);
  else if (act === 'executable' && exists) await chmod(file, 0o755).catch(() => undefined);
  else if (act === 'stage') await tryGit('add', '--', path);
  else if (act === 'unstage') await tryGit('rm', '-rq', '--cached', '--', path);
  else if (act === 'plan') await tryGit('add', '--intent-to-add', '--', path);
  else if (act === 'move') await tryGit('mv', '--', path, 'moved');
  else if (act === 'stash') await tryGit('stash', '--quiet', '--include-untracked');
  else if (act === 'commit') await tryGit('commit', '--quiet', '-m', 'some');
}

describe('takeSnapshot in any state', () => {
  it('equals the working tree and changes nothing', async () => {
    const dirtiness = fc.array(step, { maxLength: 12 });
    const property = fc.asyncProperty(dirtiness, async (steps) => {
      await using scratch = await ScratchRepository.with({
        a: 'a',
        c: 'c',
        'd/e': 'e',
        'dot.d/.file': 'tracked',
      });
      for (const each of steps) await perform(scratch, each);
      const repository = await scratch.open();
      const before = await userState(repository);
      const snapshot = await takeSnapshot(repository, { id: 's', skip: [], now: new Date() }, calm);
      assert.deepEqual(await userState(repository), before);
      assert.deepEqual(
        await filesOfTree(repository.root, snapshot.tree),
        await filesOfFolder(repository.root),
      );
      assert.deepEqual(snapshot.skipped, []);
    });
    await fc.assert(property, { numRuns: 25 });
  }).timeout(120_000);
});
