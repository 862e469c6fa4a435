// Chooses the commits about which a runner is asked "which of these do you have?".
import type { Repository } from './openRepository.ts';
import type { Snapshot } from './snapshot.ts';
import { listSnapshots } from './snapshotRefs.ts';
import { readGitLines, runGit } from './userGit.ts';

const maxCandidates = 200;

/** How far back ancestors are looked for; beyond, a shallow shipment is cheaper than a delta. */
const maxAncestors = 20_000;

/** Ancestors this near are all named; further ones at growing distances. */
const nearAncestors = 32;

/**
 * At most 200 commits of which one is likely known to a runner that has seen this repository, newest first:
 * earlier snapshots and results, HEAD, ancestors at exponential distances, the merge base with the upstream.
 */
export async function haveCandidates(
  repository: Repository,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<string[]> {
  const results = [
    'for-each-ref',
    '--sort=-committerdate',
    '--count=50',
    '--format=%(objectname)',
    'refs/nightjar/tasks/',
  ];
  const ancestors = ['rev-list', '--first-parent', `--max-count=${String(maxAncestors)}`, snapshot.base];
  const [snapshots, taskCommits, line, shared] = await Promise.all([
    listSnapshots(repository, signal),
    readGitLines(repository.root, results, { signal }),
    readGitLines(repository.root, ancestors, { signal }),
    upstreamBase(repository, signal),
  ]);
  const earlier = snapshots.map(({ commit }) => commit).filter((commit) => commit !== snapshot.commit);
  return [...new Set([...earlier, ...taskCommits, ...spaced(line), ...shared])].slice(0, maxCandidates);
}

/** 0, 1, …, 31, then each an eighth further than the one before. */
function spaced(commits: readonly string[]): string[] {
  const chosen: string[] = [];
  for (let distance = 0; distance < commits.length;) {
    chosen.push(commits[distance] ?? '');
    distance += distance < nearAncestors ? 1 : Math.floor(distance / 8);
  }
  return chosen;
}

async function upstreamBase(repository: Repository, signal: AbortSignal): Promise<string[]> {
  const result = await runGit(repository.root, ['merge-base', 'HEAD', '@{upstream}'], { signal });
  return result.exitCode === 0 ? [result.stdout.toString().trim()] : [];
}
