// The flow of "Hand Off to Background…": what, from where, the preview, and the shipping.
import * as vscode from 'vscode';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import type { HandOffProgress } from '../../shared/client/handOff.ts';
import type { Task } from '../../shared/task/task.ts';
import { formatOneLine, formatSize } from '../model/formatting.ts';
import { chosenChecks, chosenContext, type HandOffDraft } from '../model/handOffDraft.ts';
import { makeDraft, type PreparedDraft } from './makeDraft.ts';
import { previewHandOff } from './preview.ts';
import { repositoryPaths } from './repositoryPaths.ts';
import { chooseSpec } from './specSource.ts';
import { settleUnsavedEditors } from './unsavedEditors.ts';
import { chooseWorkingFolder } from './workingFolder.ts';

/** The connection once it is made; throws what keeps it from being made. */
export type Connected = (signal: AbortSignal) => Promise<RunnerConnection>;

/**
 * Returns once the task exists, or the user has backed out. Throws KnownError of the repository, the spec,
 * the connection, or the shipping; nothing was started then.
 */
export async function handOffFlow(
  connected: Connected,
  document: vscode.Uri | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  let typed = '';
  for (;;) {
    const source = await chooseSpec(document, typed);
    if (source === undefined) return;
    typed = source.document === undefined ? source.parsed.spec.goal : '';
    const near = source.document ?? vscode.window.activeTextEditor?.document.uri;
    const folder = await chooseWorkingFolder(near, signal);
    if (folder === undefined) return;
    const relativePath = await repositoryPaths(folder.repository.root, folder.path);
    if (!(await settleUnsavedEditors((path) => relativePath(path) !== undefined))) return;
    const prepared = await withProgress('Reading the working tree…', signal, async (_report, ending) =>
      makeDraft({ source, folder, relativePath, connected }, ending),
    );
    const draft = await previewHandOff(prepared.draft);
    if (draft === undefined) return;
    if (draft !== 'back') return ship(connected, prepared, draft, signal);
    // From a spec document the only step before is the document itself.
    if (source.document !== undefined) return;
  }
}

async function ship(
  connected: Connected,
  prepared: PreparedDraft,
  draft: HandOffDraft,
  signal: AbortSignal,
): Promise<void> {
  const title = `Handing off “${formatOneLine(draft.spec.title, 60)}”`;
  const task = await withProgress(title, signal, async (report, ending) => {
    const [connection, { handOff }] = await Promise.all([
      connected(ending),
      import('../../shared/client/handOff.ts'),
    ]);
    const { repository, budget, trailers } = prepared;
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
          createdBy: 'editor',
          skip: [...draft.skip, ...prepared.leftOut],
        },
        onProgress: (progress) => {
          report(progressWords(progress));
        },
      },
      ending,
    );
    return created;
  });
  tellHandedOff(task);
}

/** Not waited for by the command, which has ended when the task exists: the message may stay for long. */
function tellHandedOff(task: Task): void {
  const message = `“${formatOneLine(task.title, 60)}” was handed off. You can go on working.`;
  void vscode.window.showInformationMessage(message, 'Open Task').then((chosen) => {
    if (chosen !== undefined) void vscode.commands.executeCommand('nightjar.openTask', task.id);
  });
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
