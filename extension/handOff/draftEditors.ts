// The editors behind the rows of the preview: each takes the draft and returns it changed.
import * as vscode from 'vscode';
import { secretWords } from '../../shared/secrets/secretWords.ts';
import {
  canStay,
  contextParts,
  insistOn,
  type ContextPart,
  type DraftCheck,
  type HandOffDraft,
  type PreviewChoice,
} from '../model/handOffDraft.ts';
import { formatSize } from '../model/formatting.ts';
import { editNetwork } from './networkEditors.ts';

/** Milliseconds that a check which the user adds may take. */
const newCheckTimeoutMs = 10 * 60_000;

/** The draft after the user's change; the same one where the user backs out. */
export async function editDraft(draft: HandOffDraft, choice: PreviewChoice): Promise<HandOffDraft> {
  switch (choice.kind) {
    case 'files':
      return editFiles(draft);
    case 'leftBehind':
      return showLeftBehind(draft);
    case 'check':
      return editCheck(draft, choice.index);
    case 'addCheck':
      return addCheck(draft);
    case 'setUp':
      return editSetUp(draft);
    case 'model':
      return editModel(draft);
    case 'context':
      return editContext(draft);
    case 'goal':
      return editGoal(draft);
    case 'network':
      return editNetwork(draft);
    case 'handOff':
    case 'none':
      return draft;
  }
}

/** Untracked files can be left out; a change of a tracked file always goes along. */
async function editFiles(draft: HandOffDraft): Promise<HandOffDraft> {
  const tracked = draft.files.filter((file) => !canStay(file));
  const untracked = draft.files.filter(canStay);
  const items = [
    ...untracked.map((file) => ({ ...fileItem(file), picked: !draft.skip.has(file.path) })),
    ...tracked.map((file) => ({ ...fileItem(file), picked: true })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: 'Files That Go Along',
    placeHolder: 'Untracked files can be left out; changes of tracked files always go along',
    ignoreFocusOut: true,
  });
  if (picked === undefined) return draft;
  const kept = new Set(picked.map(({ label }) => label));
  return { ...draft, skip: new Set(untracked.map(({ path }) => path).filter((path) => !kept.has(path))) };
}

function fileItem(file: HandOffDraft['files'][number]): vscode.QuickPickItem {
  const { path, change, sizeBytes, secrets = [] } = file;
  const warning = secrets.length === 0 ? '' : `, $(warning) ${secretWords(secrets)}`;
  return { label: path, description: `${change}, ${formatSize(sizeBytes)}${warning}` };
}

/** What is withheld for a secret can be shipped all the same, each file for itself. */
async function showLeftBehind(draft: HandOffDraft): Promise<HandOffDraft> {
  const items = [
    ...draft.leftBehind.map(({ path, reason, withheld }) => ({
      label: withheld === null ? path : `$(lock) ${path}`,
      description: reason,
      withheld,
    })),
    ...[...draft.skip].map((path) => ({ label: path, description: 'left out by you', withheld: null })),
  ];
  const canInsist = items.some(({ withheld }) => withheld !== null);
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Stays Behind',
    ...(canInsist ? { placeHolder: 'Choose a file with a lock to ship it all the same' } : {}),
    ignoreFocusOut: true,
  });
  if (picked === undefined || picked.withheld === null) return draft;
  const { path, secrets = [] } = picked.withheld;
  const shipIt = 'Ship It Anyway';
  const detail = `It holds: ${secretWords(secrets)}. The agent can read it, and it becomes part of the task’s branch.`;
  const answer = await vscode.window.showWarningMessage(`Ship ${path}?`, { modal: true, detail }, shipIt);
  return answer === shipIt ? insistOn(draft, picked.withheld) : draft;
}

async function editCheck(draft: HandOffDraft, index: number): Promise<HandOffDraft> {
  const check = draft.checks[index];
  if (check === undefined) return draft;
  const [toggle, edit, remove] = [check.isEnabled ? 'Switch Off' : 'Switch On', 'Edit…', 'Remove'];
  const chosen = await vscode.window.showQuickPick([toggle, edit, remove], {
    title: check.command,
    ignoreFocusOut: true,
  });
  switch (chosen) {
    case toggle:
      return withChecks(draft, draft.checks.with(index, { ...check, isEnabled: !check.isEnabled }));
    case remove:
      return withChecks(draft, draft.checks.toSpliced(index, 1));
    case edit: {
      const command = await askForCommand('Edit the Check', check.command);
      return command === undefined
        ? draft
        : withChecks(draft, draft.checks.with(index, { ...check, command }));
    }
    default:
      return draft;
  }
}

async function addCheck(draft: HandOffDraft): Promise<HandOffDraft> {
  const command = await askForCommand('Add a Check', '');
  if (command === undefined) return draft;
  const check: DraftCheck = {
    name: freeName(command, draft.checks),
    command,
    timeoutMs: newCheckTimeoutMs,
    isEnabled: true,
  };
  return withChecks(draft, [...draft.checks, check]);
}

/** Names tell checks apart, so two of them never share one. */
function freeName(command: string, checks: readonly DraftCheck[]): string {
  const base = command.slice(0, 90);
  const taken = new Set(checks.map(({ name }) => name));
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base} (${count})`;
  return name;
}

async function askForCommand(title: string, value: string): Promise<string | undefined> {
  const command = await vscode.window.showInputBox({
    title,
    value,
    prompt: 'A command that exits with 0 when all is well; the runner runs it on a clean checkout',
    placeHolder: 'npm test',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Write a command.' : undefined),
  });
  return command?.trim();
}

async function editSetUp(draft: HandOffDraft): Promise<HandOffDraft> {
  const command = await vscode.window.showInputBox({
    title: 'Set-Up',
    value: draft.setUp ?? '',
    prompt: 'A command that prepares a fresh checkout, run once before the agent starts; empty for none',
    placeHolder: 'npm ci',
    ignoreFocusOut: true,
  });
  if (command === undefined) return draft;
  return { ...draft, setUp: command.trim() === '' ? null : command.trim() };
}

async function editModel(draft: HandOffDraft): Promise<HandOffDraft> {
  const model = await vscode.window.showInputBox({
    title: 'Model',
    value: draft.model ?? '',
    prompt: 'Name of the model as the endpoint of the runner knows it; empty for the runner’s choice',
    placeHolder: draft.runnerModel ?? '',
    ignoreFocusOut: true,
  });
  if (model === undefined) return draft;
  return { ...draft, model: model.trim() === '' ? null : model.trim() };
}

async function editContext(draft: HandOffDraft): Promise<HandOffDraft> {
  const items = contextParts(draft.context).map(({ part, label, detail }) => ({
    label,
    detail,
    part,
    picked: !draft.leftOutContext.has(part),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: 'Context That Goes Along',
    ignoreFocusOut: true,
  });
  if (picked === undefined) return draft;
  const kept = new Set<ContextPart>(picked.map(({ part }) => part));
  const leftOut = items.map(({ part }) => part).filter((part) => !kept.has(part));
  return { ...draft, leftOutContext: new Set(leftOut) };
}

async function editGoal(draft: HandOffDraft): Promise<HandOffDraft> {
  // An input box holds one line; a longer goal is better mended where it was written.
  if (draft.spec.goal.includes('\n')) {
    await vscode.window.showInformationMessage(draft.spec.title, { modal: true, detail: draft.spec.goal });
    return draft;
  }
  const goal = await vscode.window.showInputBox({
    title: 'Goal',
    value: draft.spec.goal,
    ignoreFocusOut: true,
  });
  if (goal === undefined || goal.trim() === '') return draft;
  return { ...draft, spec: { ...draft.spec, goal: goal.trim() } };
}

function withChecks(draft: HandOffDraft, checks: readonly DraftCheck[]): HandOffDraft {
  return { ...draft, checks };
}
