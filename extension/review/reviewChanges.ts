// Opens what a task changed: all files in one editor, one file's diff, or the place of a problem.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { KnownError } from '../../shared/errors/errors.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { anySystem, listPaths, pathHazards } from '../../shared/repository/pathHazards.ts';
import type { Task } from '../../shared/task/task.ts';
import { repositoryOf } from '../host/taskRepository.ts';
import { changedPair, changedPairs, type ChangedPair, type Side } from './changedPairs.ts';
import { ResultFiles } from './resultFiles.ts';

/** Brings the task's branch into the repository, if it isn't there; throws KnownError resultMissing and the like. */
export type FetchResult = (
  task: Task,
  repository: Repository,
  signal: AbortSignal,
) => Promise<{ readonly ref: string; readonly commit: string }>;

/** Lines and columns count from 1. */
interface Place {
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** The place of something that was found in the tests; `side` says in which version of the file. */
interface FindingPlace {
  readonly path: string;
  readonly line: number | null;
  readonly side: 'before' | 'after';
}

/** A task's result in the user's repository, ready to be looked at. */
interface Result {
  readonly root: string;
  readonly commit: string;
}

/** Says which new names are none on some system: here, Check Out refuses them; elsewhere, somebody's pull would. */
function warnOfNames(files: Task['files']): void {
  const isNew = ({ status }: Task['files'][number]): boolean => status === 'added' || status === 'renamed';
  const [added, present] = [files.filter(isNew), files.filter((file) => !isNew(file))].map((some) =>
    some.map(({ path }) => path),
  );
  const hazards = pathHazards(added ?? [], present ?? [], anySystem);
  if (hazards.length === 0) return;
  const shown = listPaths(hazards.map(({ path, problem }) => `${path} ${problem}`));
  vscode.window.showWarningMessage(`Not every system takes the names in this branch: ${shown}.`);
}

export class TaskReview {
  readonly #fetchResult: FetchResult;

  constructor(fetchResult: FetchResult) {
    this.#fetchResult = fetchResult;
  }

  /** Shows all changed files in one editor; an older one of the same task is closed first. */
  async openReview(task: Task, signal: AbortSignal): Promise<void> {
    const { root, commit } = await this.#receive(task, signal);
    if (task.files.length === 0) {
      vscode.window.showInformationMessage(`“${task.title}” changed no files.`);
      return;
    }
    warnOfNames(task.files);
    const title = `Nightjar: ${task.title}`;
    await closeMultiDiffs(title);
    const pairs = changedPairs(task.files, { snapshot: task.snapshot.commit, result: commit });
    await vscode.commands.executeCommand(
      'vscode.changes',
      title,
      pairs.map((pair) => resourcesOf(pair, root)),
    );
  }

  /** Shows one changed file; throws a bug's error for a path that the task did not change. */
  async openFileDiff(task: Task, path: string, signal: AbortSignal): Promise<void> {
    const file = task.files.find((each) => each.path === path);
    if (file === undefined) throw new Error(`The task ${task.id} did not change ${path}.`);
    const { root, commit } = await this.#receive(task, signal);
    const pair = changedPair(file, { snapshot: task.snapshot.commit, result: commit });
    const { original, modified } = pair;
    const name = basename(path);
    if (original !== null && modified !== null) {
      const title = `${name} (snapshot ↔ task)`;
      await vscode.commands.executeCommand(
        'vscode.diff',
        uriOf(original, root),
        uriOf(modified, root),
        title,
      );
    } else if (original !== null) {
      await vscode.commands.executeCommand(
        'vscode.open',
        uriOf(original, root),
        {},
        `${name} (deleted by the task)`,
      );
    } else if (modified !== null) {
      await vscode.commands.executeCommand(
        'vscode.open',
        uriOf(modified, root),
        {},
        `${name} (added by the task)`,
      );
    }
  }

  /** Opens the file of a problem: the task's version once it is delivered, until then the user's own. */
  async openProblem(task: Task, { path, line, column }: Place, signal: AbortSignal): Promise<void> {
    const uri =
      task.ref === null
        ? vscode.Uri.joinPath(vscode.Uri.file((await repositoryFor(task, signal)).root), path)
        : await this.#resultUri(task, path, signal);
    await vscode.window.showTextDocument(uri, { selection: rangeAt(line, column), preview: true });
  }

  /** Opens the file's diff at the line on the side where it is; the file alone where it has one side only, or didn't change. */
  async openFinding(task: Task, { path, line, side }: FindingPlace, signal: AbortSignal): Promise<void> {
    const { root, commit } = await this.#receive(task, signal);
    const commits = { snapshot: task.snapshot.commit, result: commit };
    const file = task.files.find(
      (each) => each.path === path || (side === 'before' && each.oldPath === path),
    );
    const pair = file === undefined ? null : changedPair(file, commits);
    const shown = (side === 'before' ? pair?.original : pair?.modified) ?? {
      path,
      commit: side === 'before' ? commits.snapshot : commit,
    };
    const uri = uriOf(shown, root);
    const selection = rangeAt(line, null);
    if (pair === null || pair.original === null || pair.modified === null) {
      await vscode.window.showTextDocument(uri, { selection, preview: true });
      return;
    }
    const sides = [uriOf(pair.original, root), uriOf(pair.modified, root)] as const;
    const options = side === 'after' ? { selection, preview: true } : { preview: true };
    await vscode.commands.executeCommand(
      'vscode.diff',
      ...sides,
      `${basename(path)} (snapshot ↔ task)`,
      options,
    );
    if (side === 'before') await selectOnLeft(uri, selection);
  }

  async #resultUri(task: Task, path: string, signal: AbortSignal): Promise<vscode.Uri> {
    const { root, commit } = await this.#receive(task, signal);
    return uriOf({ path, commit }, root);
  }

  /** Progress shows only where the branch has to be brought first, which may take a moment. */
  async #receive(task: Task, signal: AbortSignal): Promise<Result> {
    const repository = await repositoryFor(task, signal);
    const location = vscode.ProgressLocation.Window;
    return vscode.window.withProgress({ location, title: 'Fetching the task’s branch' }, async () => {
      const { commit } = await this.#fetchResult(task, repository, signal);
      return { root: repository.root, commit };
    });
  }
}

/** Throws KnownError repositoryElsewhere where the task was handed off from a clone that isn't here. */
async function repositoryFor(task: Task, signal: AbortSignal): Promise<Repository> {
  const { id, name, folder } = task.repository;
  const repository = await repositoryOf(task, signal).catch((error: unknown) => {
    if (error instanceof KnownError && error.code === 'notARepository') return undefined;
    throw error;
  });
  if (repository?.id !== id) throw new KnownError('repositoryElsewhere', { name, folder });
  return repository;
}

/** The label is the user's own file: its header opens that one. */
function resourcesOf(
  { label, original, modified }: ChangedPair,
  root: string,
): [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined] {
  return [
    vscode.Uri.joinPath(vscode.Uri.file(root), label),
    original === null ? undefined : uriOf(original, root),
    modified === null ? undefined : uriOf(modified, root),
  ];
}

function rangeAt(line: number | null, column: number | null): vscode.Range {
  const start = new vscode.Position((line ?? 1) - 1, (column ?? 1) - 1);
  return new vscode.Range(start, start);
}

/** A diff takes a selection for its right side only. Where its left one doesn't show, the file opens alone. */
async function selectOnLeft(uri: vscode.Uri, selection: vscode.Range): Promise<void> {
  const left = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === uri.toString(),
  );
  if (left === undefined) {
    await vscode.window.showTextDocument(uri, { selection, preview: true });
    return;
  }
  left.selection = new vscode.Selection(selection.start, selection.end);
  left.revealRange(selection, vscode.TextEditorRevealType.InCenter);
}

function uriOf({ path, commit }: Side, root: string): vscode.Uri {
  return ResultFiles.uriOf({ repository: root, commit, path });
}

/** The editor adds the number of files to a multi-file diff's title. */
function isLabelOf(label: string, title: string): boolean {
  return label === title || label.startsWith(`${title} (`);
}

/** Each call of `vscode.changes` opens another tab; its input is unknown to the API, so the title has to tell. */
async function closeMultiDiffs(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => isLabelOf(tab.label, title) && tab.input === undefined);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
