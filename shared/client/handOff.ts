// The whole hand-off of a client: snapshot, negotiation, bundle, shipping, creation of the task.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KnownError } from '../errors/errors.ts';
import { together } from '../host/together.ts';
import { createBundle, type Bundle } from '../repository/bundle.ts';
import { haveCandidates } from '../repository/candidates.ts';
import type { Repository } from '../repository/openRepository.ts';
import { readCheckout } from '../repository/repositoryState.ts';
import type { SkippedPath } from '../repository/skipReasons.ts';
import { takeSnapshot, type Snapshot } from '../repository/snapshot.ts';
import { nightjarRef, readGit } from '../repository/userGit.ts';
import type { RequestParams } from '../protocol/requests.ts';
import type { Network } from '../spec/network.ts';
import type { Budget, Check, Spec } from '../spec/spec.ts';
import type { EditorContext } from '../task/context.ts';
import type { Task } from '../task/task.ts';
import { sendBundle } from './bundles.ts';
import type { RunnerConnection } from './runnerConnection.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';

export interface HandOffDraft {
  readonly spec: Spec;
  readonly context: EditorContext;
  readonly checks: Check[];
  readonly setUp: string | null;
  /** Null for the runner's own choice. */
  readonly model: string | null;
  readonly budget: Partial<Budget>;
  /** Null for the runner's own choice. */
  readonly trailers: string[] | null;
  /** Globs of what the task can't change. */
  readonly protectedPaths?: readonly string[];
  readonly createdBy: 'editor' | 'commandLine';
  /** Untracked files, relative to the root, that are not shipped. */
  readonly skip: readonly string[];
  /** Files that git ignores and that are shipped all the same, as far as `skip` lets them. */
  readonly include?: readonly string[];
  /** Package registries alone where nothing is said. */
  readonly network?: Network;
  /** Variables of the runner that the task's commands get, by name: only ever what a person has named. */
  readonly secrets?: readonly string[];
}

export type HandOffProgress =
  | { readonly step: 'snapshot' }
  | { readonly step: 'negotiate' }
  | { readonly step: 'bundle' }
  | { readonly step: 'ship'; readonly sentBytes: number; readonly totalBytes: number }
  | { readonly step: 'create' };

/** What was shipped. */
export interface Receipt {
  /** Commit ids. */
  readonly snapshot: string;
  readonly base: string;
  readonly bundleBytes: number;
  readonly bundleSha256: string;
  /** Whether the runner had nothing of the repository before. */
  readonly isFirst: boolean;
  /** What of the working tree was not shipped. */
  readonly skipped: readonly SkippedPath[];
  readonly durationMs: number;
}

export interface HandOffOptions {
  readonly connection: RunnerConnection;
  readonly repository: Repository;
  readonly draft: HandOffDraft;
  readonly onProgress: (progress: HandOffProgress) => void;
}

/** Times that the creation is sent anew after a broken connection; the hand-off's id keeps it from happening twice. */
const createAttempts = 3;
/** Milliseconds that the creation may take: it can't be cancelled by halves. */
const createTimeoutMs = 30_000;

/**
 * Ships the working tree and creates the task. A failure or cancellation leaves nothing behind: no file, no ref, no task.
 * Throws KnownError of the snapshot, the shipment and the connection.
 */
export async function handOff(
  options: HandOffOptions,
  signal: AbortSignal,
): Promise<{ readonly task: Task; readonly receipt: Receipt }> {
  const { connection, repository, draft } = options;
  await refuseWithoutSandbox(connection, signal);
  const startedAt = performance.now();
  const handOffId = randomUUID();
  try {
    const { branch, ...prepared } = await prepare(options, handOffId, signal);
    const { snapshot } = prepared;
    const { bundle, isFirst } = await withTemporaryFolder(async (folder) =>
      ship(options, prepared, join(folder, 'snapshot.bundle'), signal),
    );
    signal.throwIfAborted();
    options.onProgress({ step: 'create' });
    const { spec, context, checks, setUp, model, budget, trailers, createdBy, network, secrets = [] } = draft;
    const { protectedPaths = [] } = draft;
    const { id, name, root: folder } = repository;
    const task = await createTask(
      connection,
      {
        handOffId,
        repository: { id, name, folder, branch },
        snapshot: { commit: snapshot.commit, base: snapshot.base },
        ...{ spec, context, checks, setUp, model, budget, trailers, createdBy },
        ...(network === undefined ? {} : { network: { mode: network.mode, hosts: [...network.hosts] } }),
        ...(protectedPaths.length === 0 ? {} : { protectedPaths: [...protectedPaths] }),
        ...(secrets.length === 0 ? {} : { secrets: [...secrets] }),
      },
      signal,
    );
    return {
      task,
      receipt: receiptOf({ snapshot, bundle, isFirst, durationMs: performance.now() - startedAt }),
    };
  } catch (error) {
    await removeRef(repository, nightjarRef('snapshots', handOffId));
    throw error;
  }
}

/** Before anything is shipped that nothing could be done with. */
async function refuseWithoutSandbox(connection: RunnerConnection, signal: AbortSignal): Promise<void> {
  const { problem } = await connection.request('sandbox/examine', {}, signal);
  if (problem === null) return;
  throw new KnownError('sandboxUnavailable', { detail: problem.message, remedy: problem.remedy });
}

interface Prepared {
  readonly snapshot: Snapshot;
  /** Commits that the runner has. */
  readonly have: readonly string[];
}

/** Records the working tree and asks meanwhile what the runner has of the repository. */
async function prepare(
  { connection, repository, draft, onProgress }: HandOffOptions,
  id: string,
  signal: AbortSignal,
): Promise<Prepared & { readonly branch: string | null }> {
  onProgress({ step: 'snapshot' });
  const record = async (either: AbortSignal): Promise<Snapshot> => {
    const { skip, include = [] } = draft;
    const snapshot = await takeSnapshot(repository, { id, skip, include, now: new Date() }, either);
    onProgress({ step: 'negotiate' });
    return snapshot;
  };
  const negotiate = async (either: AbortSignal) => {
    const { head, branch } = await readCheckout(repository, either);
    const candidates = await haveCandidates(repository, head, either);
    const params = { repositoryId: repository.id, candidates };
    const { have } = await connection.request('bundles/negotiate', params, either);
    return { branch, have };
  };
  const [snapshot, { branch, have }] = await together(signal, record, negotiate);
  return { snapshot, have, branch };
}

interface Shipment {
  readonly bundle: Bundle;
  readonly isFirst: boolean;
}

/** Sends what the runner lacks of the snapshot, by way of `file`. */
async function ship(
  { connection, repository, onProgress }: HandOffOptions,
  { snapshot, have }: Prepared,
  file: string,
  signal: AbortSignal,
): Promise<Shipment> {
  onProgress({ step: 'bundle' });
  const bundle = await createBundle(repository, { snapshot, have, file }, signal);
  const { sizeBytes: totalBytes, sha256, shallow } = bundle;
  onProgress({ step: 'ship', sentBytes: 0, totalBytes });
  const { transferId } = await connection.request(
    'bundles/upload',
    {
      repositoryId: repository.id,
      snapshot: snapshot.commit,
      ref: snapshot.ref,
      ...{ sizeBytes: totalBytes, sha256, shallow: [...shallow] },
    },
    signal,
  );
  const { address } = connection;
  if (address === null) throw new KnownError('connectionLost');
  const progress = (sentBytes: number): void => onProgress({ step: 'ship', sentBytes, totalBytes });
  await sendBundle(address, transferId, file, { onProgress: progress }, signal);
  return { bundle, isFirst: have.length === 0 };
}

/** Creates the task for certain or not at all: a cancellation in between removes it again. */
async function createTask(
  connection: RunnerConnection,
  params: RequestParams<'tasks/create'>,
  signal: AbortSignal,
): Promise<Task> {
  const { task } = await createOnce(connection, params, AbortSignal.timeout(createTimeoutMs));
  if (!signal.aborted) return task;
  const taskId = task.id;
  const cleanUp = AbortSignal.timeout(createTimeoutMs);
  await connection.request('tasks/stop', { taskId }, cleanUp);
  await connection.request('tasks/delete', { taskId }, cleanUp);
  throw signal.reason;
}

async function createOnce(
  connection: RunnerConnection,
  params: RequestParams<'tasks/create'>,
  signal: AbortSignal,
): Promise<{ readonly task: Task }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connection.request('tasks/create', params, signal);
    } catch (error) {
      const isCut = error instanceof KnownError && error.code === 'connectionLost';
      if (!isCut || attempt === createAttempts) throw error;
      await connection.connect(signal);
    }
  }
}

function receiptOf({
  snapshot,
  bundle,
  isFirst,
  durationMs,
}: Shipment & Pick<Prepared, 'snapshot'> & { readonly durationMs: number }): Receipt {
  return {
    snapshot: snapshot.commit,
    base: snapshot.base,
    bundleBytes: bundle.sizeBytes,
    bundleSha256: bundle.sha256,
    isFirst,
    skipped: snapshot.skipped,
    durationMs,
  };
}

/** Cleaning up is done even where the hand-off itself was cancelled. */
async function removeRef(repository: Repository, ref: string): Promise<void> {
  await readGit(repository.root, ['update-ref', '-d', ref], { signal: new AbortController().signal });
}
