// Says which files differ between two commits, from git's machine-readable output.
import type { ChangedFile } from '../../shared/task/events.ts';
import { runGit } from '../host/git.ts';

const statuses: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', D: 'deleted', R: 'renamed' };

/** Files in the order of their paths; bytes of a name that are not UTF-8 show as U+FFFD. */
export async function changedFiles(
  store: string,
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<ChangedFile[]> {
  const flags = ['-r', '-z', '-M', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'];
  const { stdout } = await runGit(
    ['diff-tree', ...flags, '--raw', '--numstat', '--end-of-options', from, to],
    {
      gitDir: store,
      signal,
    },
  );
  return parseChangedFiles(stdout.toString('utf8'));
}

/** Parses `--raw --numstat -z`: all files raw, then the same files in the same order with their lines. */
function parseChangedFiles(output: string): ChangedFile[] {
  const fields = output.split('\0').values();
  const next = (): string => fields.next().value ?? '';
  const files: Omit<ChangedFile, 'added' | 'removed'>[] = [];
  let field = next();
  for (; field.startsWith(':'); field = next()) {
    const letter = field.split(' ')[4]?.[0] ?? '';
    const status = statuses[letter] ?? 'modified';
    const oldPath = status === 'renamed' ? next() : null;
    files.push({ path: next(), oldPath, status });
  }
  return files.map((file) => {
    const [added = '', removed = ''] = field.split('\t');
    // A renamed file's names follow in fields of their own.
    if (file.oldPath !== null) for (let names = 0; names < 2; names++) next();
    field = next();
    return { ...file, added: linesOf(added), removed: linesOf(removed) };
  });
}

function linesOf(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
