// Creates the sample project as a real git repository with a history and uncommitted work.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { commits, uncommitted, type Files } from './sampleFiles.ts';

const identity = {
  GIT_AUTHOR_NAME: 'Robin',
  GIT_AUTHOR_EMAIL: 'robin@example.com',
  GIT_COMMITTER_NAME: 'Robin',
  GIT_COMMITTER_EMAIL: 'robin@example.com',
};

/** Makes the project in `folder`, which is created where it is not there yet. Throws when git fails. */
export async function createSampleProject(folder: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--initial-branch=main'], signal);
  for (const { subject, files } of commits) {
    await writeFiles(folder, files);
    await git(folder, ['add', '--all'], signal);
    await git(
      folder,
      ['-c', 'commit.gpgSign=false', 'commit', '--quiet', '--no-verify', '--message', subject],
      signal,
    );
  }
  await writeFiles(folder, uncommitted.staged);
  await git(folder, ['add', '--', ...Object.keys(uncommitted.staged)], signal);
  await writeFiles(folder, uncommitted.modified);
  await writeFiles(folder, uncommitted.untracked);
}

/** Standard output of git in `folder`. Throws with git's own words when it fails. */
export async function git(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const env = { ...process.env, ...identity };
  const result = await runProcess({ file: 'git', args, cwd: folder, env, signal });
  if (result.exitCode !== 0) throw new Error(`git ${args[0] ?? ''} failed: ${result.stderr.toString()}`);
  return result.stdout.toString();
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
