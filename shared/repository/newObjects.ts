// Lists what a snapshot has beyond an earlier one of the same commit, by comparing their trees alone.
import { encodePath, splitAtNul } from './gitPaths.ts';
import type { Snapshot } from './snapshot.ts';
import { readGit, readGitLines, requireObjectId } from './userGit.ts';

const noFile = '000000';
const gitlink = '160000';
/** Bytes of a path that git takes on a line; longer ones go without. */
const longestPath = 1000;

/**
 * What `pack-objects` packs, as it reads it: commit, trees and files that the nearest of the `have` commits lacks.
 * Null where the runner lacks the base or has no other snapshot of it: then only a walk over all files tells.
 *
 * That walk takes `pack-objects --revs` as long as there are files; folders that two trees share are never looked into here.
 */
export async function newObjects(
  repository: { readonly root: string },
  snapshot: Snapshot,
  have: readonly string[],
  signal: AbortSignal,
): Promise<Buffer | null> {
  if (!have.includes(snapshot.base)) return null;
  const known = await nearestKnown(repository, snapshot, have, signal);
  if (known === null) return null;
  const flags = ['-r', '-t', '--raw', '-z', '--no-renames', '--no-abbrev', '--no-ext-diff'];
  const output = await readGit(repository.root, ['diff-tree', ...flags, known, snapshot.commit], { signal });
  // What stands after `-` is not packed: it is what may be packed as a difference from, and what came back to it is left out.
  const head = [`-${known}`, `-${snapshot.base}`, snapshot.commit];
  if (output.length > 0) head.push(snapshot.tree);
  return Buffer.concat([Buffer.from(`${head.join('\n')}\n`), ...objectLines(splitAtNul(output))]);
}

/** The newest commit of `have` that follows the snapshot's base alone; the snapshot itself before all others. */
async function nearestKnown(
  { root }: { readonly root: string },
  { commit, base }: Snapshot,
  have: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  if (have.includes(commit)) return commit;
  const args = ['rev-list', '--no-walk=unsorted', '--ignore-missing', '--parents', '--stdin'];
  const input = have.map((id) => `${requireObjectId(id)}\n`).join('');
  const lines = await readGitLines(root, args, { signal, input });
  return (
    lines.find((line) => line.endsWith(` ${base}`) && line.split(' ').length === 2)?.split(' ')[0] ?? null
  );
}

/** Of each `:mode mode id id letter` and the path after it: the new object with its path, which helps git to find differences. */
function objectLines(fields: readonly string[]): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , id = ''] = (fields[at] ?? '').split(' ');
    if (mode === noFile || mode === gitlink) continue;
    const path = fields[at + 1] ?? '';
    // git reads whole lines of a bounded length.
    const named = path.includes('\n') || path.length > longestPath ? '' : path;
    lines.push(Buffer.concat([Buffer.from(`${id} `), encodePath(named), Buffer.from('\n')]));
  }
  return lines;
}
