// The flow of "Hand Off to Background…": what, from where, the preview, and the shipping.
import * as vscode from 'vscode';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { HandOffProgress } from '../../shared/client/handOff.ts';
import type { Task } from '../../shared/task/task.ts';
import { formatOneLine, formatSize } from '../model/formatting.ts';
import {
  chosenChecks,
  chosenContext,
  chosenNetwork,
  skippedPaths,
  type HandOffDraft,
} from '../model/handOffDraft.ts';
import { makeDraft, type PreparedDraft } from './makeDraft.ts';
import { previewHandOff, whileReading } from './preview.ts';
import { repositoryPaths } from './repositoryPaths.ts';
import { chooseSpec } from './specSource.ts';
import { settleUnsavedEditors } from './unsavedEditors.ts';
import { chooseWorkingFolder } from './workingFolder.ts';

/** The connection once it is made; throws what keeps it from being made. */
export type Connected = (signal: AbortSignal) => Promise<RunnerConnection>;

/** Milliseconds for which the status bar says that a task was handed off. */
const toldMs = 8_000;

/**
 * Returns the task once it exists, undefined where the user backs out. Throws KnownError of the repository, the spec,
 * the connection, or the shipping; nothing was started then.
 */
export async function handOffFlow(
  connected: Connected,
  document: vscode.Uri | undefined,
  signal: AbortSignal,
): Promise<Task | undefined> {
  if (!vscode.workspace.isTrusted) {
    await vscode.commands.executeCommand('workbench.trust.manage');
    return undefined;
  }
  let typed = '';
  for (;;) {
    const source = await chooseSpec(document, typed);
    if (source === undefined) return undefined;
    typed = source.document === undefined ? source.parsed.spec.goal : '';
    const near = source.document ?? vscode.window.activeTextEditor?.document.uri;
    const folder = await chooseWorkingFolder(near, signal);
    if (folder === undefined) return undefined;
    const relativePath = await repositoryPaths(folder.repository.root, folder.path);
    if (!(await settleUnsavedEditors((path) => relativePath(path) !== undefined))) return undefined;
    const prepared = await whileReading(signal, (ending) =>
      makeDraft({ source, folder, relativePath, connected }, ending),
    );
    const draft = await previewHandOff(prepared.draft);
    if (draft === undefined) return undefined;
    if (draft !== 'back') return ship(connected, prepared, draft, signal);
    // From a spec document the only step before is the document itself.
    if (source.document !== undefined) return undefined;
  }
}

async function ship(
  connected: Connected,
  prepared: PreparedDraft,
  draft: HandOffDraft,
  signal: AbortSignal,
): Promise<Task> {
  const title = `Handing off “${formatOneLine(draft.spec.title, 60)}”`;
  const task = await withProgress(title, signal, async (report, ending) => {
    const [connection, { handOff }] = await Promise.all([
      connected(ending),
      import('../../shared/client/handOff.ts'),
    ]);
    const { repository, budget, trailers, protectedPaths } = prepared;
    const { task: created } = await handOff(
      {
        connection,
        repository,
        draft: {
          spec: draft.spec,
          context: chosenContext(draft),
          checks: chosenChecks(draft),
          setUp: draft.setUp,
          model: draft.model,
          budget,
          trailers: trailers === null ? null : [...trailers],
          protectedPaths,
          createdBy: 'editor',
          skip: skippedPaths(draft, prepared.leftOut),
          include: prepared.included,
          network: chosenNetwork(draft),
          secrets: draft.secrets,
        },
        onProgress: (progress) => {
          report(progressWords(progress));
        },
      },
      ending,
    );
    return created;
  });
  // Goes away by itself: from here on, the view and the count in the status bar are the sign that work runs.
  vscode.window.setStatusBarMessage(`$(check) Handed off “${formatOneLine(task.title, 60)}”`, toldMs);
  return task;
}

function progressWords(progress: HandOffProgress): string {
  switch (progress.step) {
    case 'snapshot':
      return 'recording the working tree';
    case 'negotiate':
      return 'asking what the runner has';
    case 'bundle':
      return 'packing what it lacks';
    case 'ship':
      return `sending ${formatSize(progress.sentBytes)} of ${formatSize(progress.totalBytes)}`;
    case 'create':
      return 'creating the task';
  }
}

/** A notification with a cancel button; cancelling aborts the signal that `work` gets. */
async function withProgress<Result>(
  title: string,
  signal: AbortSignal,
  work: (report: (message: string) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const cancelling = new AbortController();
    const listening = token.onCancellationRequested(() => {
      cancelling.abort();
    });
    try {
      const report = (message: string): void => progress.report({ message });
      return await work(report, AbortSignal.any([signal, cancelling.signal]));
    } finally {
      listening.dispose();
    }
  });
}
