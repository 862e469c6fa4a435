// Puts the problems of a task's newest round into the editor's list of problems, in a collection of the task's own.
import * as vscode from 'vscode';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { repositoryOf } from '../host/taskRepository.ts';
import { formatCount, formatOneLine } from '../model/formatting.ts';
import { isWithin, listedText, newestProblems, type RoundProblem } from '../model/newestProblems.ts';
import type { TaskSource } from '../model/taskStore.ts';

/** Characters of the title with which the list says whose a problem is. */
const titleLength = 40;

export class ProblemLists implements vscode.Disposable {
  readonly #collections = new Map<string, vscode.DiagnosticCollection>();
  readonly #endListening: () => void;

  constructor(tasks: TaskSource) {
    this.#endListening = tasks.onChange((changedIds) => {
      for (const id of changedIds) if (tasks.get(id) === undefined) this.hide(id);
    });
  }

  /** Ids of the tasks whose problems are listed. */
  get shown(): readonly string[] {
    return [...this.#collections.keys()];
  }

  /** Lists those in files that the user has: at the line of the task's branch, which may have moved in theirs. */
  async show(task: Task, events: readonly TaskEvent[], signal: AbortSignal): Promise<void> {
    const { root } = await repositoryOf(task, signal);
    const { round, problems, leftOut } = newestProblems(events);
    const name = `Nightjar: ${formatOneLine(task.title, titleLength)}`;
    const byFile = Map.groupBy(problems, ({ problem }) => problem.file ?? '');
    const files = await Promise.all(
      [...byFile].map(async ([path, found]) => ({ uri: await userFile(root, path), found })),
    );
    this.hide(task.id);
    const collection = vscode.languages.createDiagnosticCollection(name);
    this.#collections.set(task.id, collection);
    let unplaced = leftOut;
    for (const { uri, found } of files) {
      if (uri === null) unplaced += found.length;
      else
        collection.set(uri, [...(collection.get(uri) ?? []), ...found.map((one) => diagnosticOf(one, name))]);
    }
    this.#tellMenus();
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    const listed = problems.length + leftOut - unplaced;
    vscode.window.setStatusBarMessage(summary({ round, listed, unplaced }), 8_000);
  }

  hide(taskId: string): void {
    this.#collections.get(taskId)?.dispose();
    if (this.#collections.delete(taskId)) this.#tellMenus();
  }

  dispose(): void {
    this.#endListening();
    for (const collection of this.#collections.values()) collection.dispose();
  }

  #tellMenus(): void {
    const isAny = this.#collections.size > 0;
    void vscode.commands.executeCommand('setContext', 'nightjar.problemsShown', isAny);
  }
}

/** Null where the user has no such file, or the problem names none. */
async function userFile(root: string, path: string): Promise<vscode.Uri | null> {
  if (!isWithin(path)) return null;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(root), path);
  const isFile = vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
  return (await isFile) ? uri : null;
}

function diagnosticOf(found: RoundProblem, source: string): vscode.Diagnostic {
  const { line, column, severity, rule } = found.problem;
  const start = new vscode.Position((line ?? 1) - 1, (column ?? 1) - 1);
  const severities = { error: vscode.DiagnosticSeverity.Error, warning: vscode.DiagnosticSeverity.Warning };
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(start, start),
    listedText(found),
    severities[severity],
  );
  diagnostic.source = source;
  if (rule !== undefined) diagnostic.code = rule;
  return diagnostic;
}

function summary({
  round,
  listed,
  unplaced,
}: {
  readonly round: number;
  readonly listed: number;
  readonly unplaced: number;
}): string {
  const when = round === 0 ? 'of the baseline' : `of round ${round}`;
  const rest =
    unplaced === 0 ? '' : `; ${unplaced} more ${unplaced === 1 ? 'has' : 'have'} no place in your files`;
  return `${formatCount(listed, 'problem')} ${when} listed${rest}`;
}
