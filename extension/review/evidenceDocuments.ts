// Shows a task's evidence as a read-only document, and says what the user's repository has of it.
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import type { Evidence } from '../../shared/repository/evidence.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { branchNameFor } from '../../shared/task/branchName.ts';
import type { Task } from '../../shared/task/task.ts';
import { repositoryOf } from '../host/taskRepository.ts';
import type { EvidenceReading } from '../model/proofSections.ts';
import type { FetchResult } from './reviewChanges.ts';

const scheme = 'nightjar-evidence';

export class EvidenceDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #fetchResult: FetchResult;
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor(fetchResult: FetchResult) {
    this.#fetchResult = fetchResult;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  /** Brings the branch first, with which the evidence comes. Throws KnownError evidenceMissing where it does not. */
  async open(task: Task, signal: AbortSignal): Promise<void> {
    const repository = await repositoryOf(task, signal);
    let evidence = await evidenceIn(repository, task, signal);
    if (evidence === null) {
      await this.#fetchResult(task, repository, signal);
      evidence = await evidenceIn(repository, task, signal);
    }
    if (evidence === null || evidence === undefined)
      throw new KnownError('evidenceMissing', { task: `“${task.title}”` });
    const name = `evidence ${(task.commit ?? '').slice(0, 8)}.json`;
    const uri = vscode.Uri.from({ scheme, path: `/${task.id}/${name}`, query: task.evidence ?? '' });
    this.#texts.set(uri.toString(), `${JSON.stringify(evidence.statement, undefined, 2)}\n`);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** What the user's repository has, without asking the runner. */
  async read(task: Task, signal: AbortSignal): Promise<EvidenceReading> {
    const repository = await repositoryOf(task, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (repository === undefined) return { state: 'elsewhere' };
    const evidence = await evidenceIn(repository, task, signal);
    if (evidence === null) return { state: 'missing' };
    if (evidence === undefined) return { state: 'unreadable' };
    if (!isAbout(evidence, task)) return { state: 'otherCommit' };
    return { state: 'here', keyIds: evidence.keyIds };
  }

  /** Copies the line that checks the evidence offline: by the branch where it is checked out, else by the task's id. */
  async copyVerifyCommand(task: Task, signal: AbortSignal): Promise<void> {
    const { branchesWith } = await import('../../shared/repository/taskTraces.ts');
    const repository = await repositoryOf(task, signal);
    const branches = task.commit === null ? [] : await branchesWith(repository, task.commit, signal);
    const branch = branchNameFor(task);
    const command = `nightjar verify ${branches.includes(branch) ? branch : task.id}`;
    await vscode.env.clipboard.writeText(command);
    vscode.window.setStatusBarMessage(`Copied: ${command}`, 5_000);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'Open the evidence of the task again.\n';
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

async function evidenceIn(
  repository: Repository,
  { evidence: blob, commit }: Task,
  signal: AbortSignal,
): Promise<Evidence | null | undefined> {
  if (blob === undefined || commit === null) return null;
  const { readEvidence } = await import('../../shared/repository/evidence.ts');
  return readEvidence(repository, { blob, commit }, signal);
}

/** Whether the commit of the result is what the statement says something of. */
function isAbout({ statement }: Evidence, { commit }: Task): boolean {
  if (typeof statement !== 'object' || statement === null || !('subject' in statement)) return false;
  return commit !== null && JSON.stringify(statement.subject).includes(`"${commit}"`);
}
