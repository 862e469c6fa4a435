// Decides which commits a bundle holds and where its history is cut, so that the runner can always take it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from './openRepository.ts';
import { newObjects } from './newObjects.ts';
import type { Snapshot } from './snapshot.ts';
import { readGitLines, requireObjectId } from './userGit.ts';

export interface Shipment {
  /** What `pack-objects` is to read: what goes in and, marked, what the runner has. */
  readonly input: string | Buffer;
  /** Whether the input names revisions, behind which git finds the objects, or each object. */
  readonly isByRevision: boolean;
  /** Commits that the runner must have, since shipped ones name them as parents. */
  readonly needed: readonly string[];
  /** Variables under which git sees the history as it is shipped. */
  readonly env: Readonly<Record<string, string>>;
  /** Commits that are shipped without their parents. */
  readonly shallow: readonly string[];
}

/** A walk over a history that ends at the edges. */
interface Walk extends Pick<Shipment, 'needed'> {
  readonly commits: readonly string[];
}

/**
 * Plans what to ship to a runner that has the commits `have`: all commits since then, or, where that can't be
 * shown to arrive whole, the snapshot and its base alone. `shallowFile` is written where it's needed.
 */
export async function planShipment(
  repository: Repository,
  snapshot: Snapshot,
  plan: { readonly have: readonly string[]; readonly shallowFile: string },
  signal: AbortSignal,
): Promise<Shipment> {
  const objects = await newObjects(repository, snapshot, plan.have, signal);
  if (objects !== null)
    return { input: objects, isByRevision: false, needed: [snapshot.base], env: {}, shallow: [] };
  const have = await existing(
    repository,
    plan.have.filter((id) => id !== snapshot.commit),
    signal,
  );
  const own = await ownEdges(repository);
  if (have.length > 0) {
    // A snapshot of the same files at the same time is the same commit; something must travel, and the tree need not.
    const again = plan.have.includes(snapshot.commit) ? [`^${snapshot.tree}`] : [];
    const revisions = [snapshot.commit, ...have.map((id) => `^${id}`), ...again];
    const range = { revisions, edges: own, shallowFile: plan.shallowFile };
    const shipment = await shipmentOf(repository, range, signal);
    // The runner's own history may be cut anywhere behind what it has: it is sure to have no more than it said.
    if (shipment.needed.every((id) => have.includes(id))) return shipment;
  }
  const edges = [...own, ...(await withParents(repository, snapshot.base, signal))];
  return shipmentOf(
    repository,
    { revisions: [snapshot.commit], edges, shallowFile: plan.shallowFile },
    signal,
  );
}

async function shipmentOf(
  repository: Repository,
  range: {
    readonly revisions: readonly string[];
    readonly edges: readonly string[];
    readonly shallowFile: string;
  },
  signal: AbortSignal,
): Promise<Shipment & Walk> {
  const edges = [...new Set(range.edges)];
  if (edges.length > 0) await writeFile(range.shallowFile, edges.map((id) => `${id}\n`).join(''));
  // Internal to git, as old as its shallow pushes: it shows git a repository cut off at these commits.
  const env = edges.length > 0 ? { GIT_SHALLOW_FILE: range.shallowFile } : {};
  const walk = await walkHistory(repository, range.revisions, { signal, env });
  const shipped = new Set(walk.commits);
  const input = range.revisions.map((revision) => `${revision}\n`).join('');
  return { ...walk, input, isByRevision: true, env, shallow: edges.filter((id) => shipped.has(id)) };
}

async function walkHistory(
  repository: Repository,
  revisions: readonly string[],
  options: { readonly signal: AbortSignal; readonly env: Readonly<Record<string, string>> },
): Promise<Walk> {
  const lines = await readGitLines(repository.root, ['rev-list', '--boundary', ...revisions], options);
  return {
    commits: lines.filter((line) => !line.startsWith('-')),
    needed: lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1)),
  };
}

/** The edges of the user's own shallow clone. */
async function ownEdges(repository: Repository): Promise<string[]> {
  const lines = await readFile(join(repository.commonDir, 'shallow'), 'utf8').catch(() => '');
  return lines.split('\n').filter((line) => line !== '');
}

/** The commit if it has parents: a root commit has nothing to cut. */
async function withParents(repository: Repository, id: string, signal: AbortSignal): Promise<string[]> {
  const args = ['rev-list', '--no-walk', '--parents', id];
  const lines = await readGitLines(repository.root, args, { signal });
  return lines.filter((line) => line.includes(' ')).map((line) => line.slice(0, line.indexOf(' ')));
}

async function existing(
  repository: Repository,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  if (ids.length === 0) return [];
  const input = ids.map((id) => `${requireObjectId(id)}\n`).join('');
  const lines = await readGitLines(repository.root, ['cat-file', '--batch-check'], { signal, input });
  return lines.filter((line) => line.includes(' commit ')).map((line) => line.slice(0, line.indexOf(' ')));
}
