// Names a set-up by all that decides what it makes: two with the same name make the same.
import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runGit } from '../host/git.ts';
import type { WantedSetUp } from '../tasks/ports.ts';
import { readsSources, scopeOf, type CommittedFile } from '../tasks/setUpScope.ts';

/** Goes up with what an entry holds, or with how its name is made. */
const format = 1;

/** Programs whose other version makes other files. */
const toolNames = ['node', 'npm', 'pnpm', 'yarn', 'bun', 'python3', 'uv', 'go', 'cargo', 'ruby', 'php', 'cc'];

/** Null where its result is for nobody else. `store`: absolute; everything is asked of it, nothing of the workspace. */
export async function setUpKey(
  { command, place, commit, signal }: WantedSetUp,
  store: string,
  provider: string,
): Promise<string | null> {
  const listed = await runGit(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', commit], {
    gitDir: store,
    signal,
  });
  const files = parseTree(listed.stdout.toString('utf8'));
  const scope = scopeOf(command, files);
  if (scope.kind === 'none') return null;
  const isNarrow = scope.kind === 'locks' && !(await readAnySources(scope.files, store, signal));
  const { network, secrets } = place;
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ format, command, provider, network, secrets: secrets.toSorted() }));
  hash.update(JSON.stringify([process.platform, process.arch, await toolsOn(process.env['PATH'] ?? '')]));
  hash.update(isNarrow ? JSON.stringify(scope.files) : listed.stdout);
  return hash.digest('hex');
}

/** Parses `ls-tree -z`: mode, type and id, then a tab and the path. */
function parseTree(output: string): readonly CommittedFile[] {
  return output
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      // With its mode: what is a link elsewhere is another file.
      return { path: line.slice(tab + 1), id: line.slice(0, tab) };
    });
}

async function readAnySources(
  files: readonly CommittedFile[],
  store: string,
  signal: AbortSignal,
): Promise<boolean> {
  const manifests = files.filter(({ path }) => /(?:^|\/)package\.json$/.test(path));
  for (const { id } of manifests) {
    const [, type = '', blob = ''] = id.split(' ');
    if (type !== 'blob') return true;
    const { stdout } = await runGit(['cat-file', 'blob', blob], { gitDir: store, signal });
    if (readsSources(stdout.toString('utf8'))) return true;
  }
  return false;
}

/** The programs that the PATH leads to, as they are now: an update makes other ones of them. */
async function toolsOn(path: string): Promise<readonly string[]> {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return Promise.all(toolNames.map((name) => toolIn(folders, name)));
}

async function toolIn(folders: readonly string[], name: string): Promise<string> {
  for (const folder of folders) {
    try {
      const file = await realpath(join(folder, name));
      const { size, mtimeMs } = await stat(file);
      return `${file} ${size} ${mtimeMs}`;
    } catch {
      // Not in this one.
    }
  }
  return '';
}
