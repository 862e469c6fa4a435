// Brings a task's delivered branch into the user's repository.
import { join } from 'node:path';
import { KnownError } from '../errors/errors.ts';
import { keyidOf } from '../repository/envelopeSignature.ts';
import { notedLine } from '../repository/evidenceNotes.ts';
import type { Repository } from '../repository/openRepository.ts';
import { receiveEvidence } from '../repository/receiveEvidence.ts';
import { receiveResult, resultHave } from '../repository/receiveResult.ts';
import { nightjarRef } from '../repository/userGit.ts';
import { receiveBundle } from './bundles.ts';
import type { RunnerConnection } from './runnerConnection.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';

export interface FetchOptions {
  readonly connection: RunnerConnection;
  readonly repository: Repository;
  readonly taskId: string;
}

/**
 * The ref under `refs/nightjar/tasks/` and its commit; the evidence is noted on it, and nothing else of the repository
 * changes. What is here already is not sent again. Throws KnownError resultMissing, taskUnknown, bundleCutShort, bundleCorrupted,
 * objectsRefused, connectionLost.
 */
export async function fetchResult(
  { connection, repository, taskId }: FetchOptions,
  signal: AbortSignal,
): Promise<{ readonly ref: string; readonly commit: string }> {
  const { state } = connection;
  const { task } = await connection.request('tasks/get', { taskId }, signal);
  const { commit } = task;
  if (commit === null || task.ref === null) throw new KnownError('resultMissing', { task: taskId });
  const [ofBase, ofSnapshot] = await Promise.all(
    [task.snapshot.base, task.snapshot.commit].map(async (base) =>
      resultHave(repository, taskId, base, signal),
    ),
  );
  const lacksEvidence =
    task.evidence !== undefined &&
    (await notedLine(repository, { commit, blob: task.evidence }, signal)) === null;
  if (ofBase?.includes(commit) && !lacksEvidence) return { ref: nightjarRef('tasks', taskId), commit };
  // A result that changes nothing is the snapshot itself; git makes no bundle without any commit.
  const have = [...new Set([...(ofBase ?? []), ...(ofSnapshot ?? [])])].filter((id) => id !== commit);
  return withTemporaryFolder(async (folder) => {
    const bundleFile = join(folder, 'result.bundle');
    const { transferId, sizeBytes, sha256 } = await connection.request(
      'bundles/download',
      { taskId, have },
      signal,
    );
    if (connection.address === null) throw new KnownError('connectionLost');
    await receiveBundle(connection.address, transferId, { file: bundleFile, sizeBytes, sha256 }, signal);
    const result = await receiveResult(repository, { taskId, bundleFile }, signal);
    const key = state.kind === 'connected' ? state.runner.evidenceKey : undefined;
    if (key !== undefined) {
      const source = { keyid: keyidOf(Buffer.from(key, 'base64')), address: connection.address.url };
      await receiveEvidence(repository, { taskId, bundleFile, commit: result.commit }, source, signal);
    }
    return result;
  });
}
