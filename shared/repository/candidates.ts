// Chooses the commits about which a runner is asked "which of these do you have?".
import type { Repository } from './openRepository.ts';
import { readGitLines, runGit } from './userGit.ts';

const maxCandidates = 200;

/** Newest results that are named. */
const maxResults = 50;

/** How far back ancestors are looked for; beyond, a shallow shipment is cheaper than a delta. */
const maxAncestors = 20_000;

/** Ancestors this near are all named; further ones at growing distances. */
const nearAncestors = 32;

/**
 * At most 200 commits of which one is likely known to a runner that has seen this repository, newest first:
 * snapshots and results, `head`, its ancestors at exponential distances, the merge base with the upstream.
 */
export async function haveCandidates(
  repository: Repository,
  head: string,
  signal: AbortSignal,
): Promise<string[]> {
  const refs = [
    'for-each-ref',
    '--sort=-committerdate',
    '--format=%(objectname) %(refname)',
    'refs/nightjar/',
  ];
  const ancestors = ['rev-list', '--first-parent', `--max-count=${String(maxAncestors)}`, head];
  const [named, line, shared] = await Promise.all([
    readGitLines(repository.root, refs, { signal }),
    readGitLines(repository.root, ancestors, { signal }),
    upstreamBase(repository, signal),
  ]);
  const commitsBelow = (prefix: string): string[] =>
    named.filter((row) => row.includes(` ${prefix}`)).map((row) => row.slice(0, row.indexOf(' ')));
  const snapshots = commitsBelow('refs/nightjar/snapshots/');
  const results = commitsBelow('refs/nightjar/tasks/').slice(0, maxResults);
  return [...new Set([...snapshots, ...results, ...spaced(line), ...shared])].slice(0, maxCandidates);
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
