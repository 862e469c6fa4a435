// Builds the extension's parts and joins them; nothing is decided here.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { hasEnded } from '../shared/task/hasEnded.ts';
import type { CommandDoors } from './commands/doors.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { PanelFeed } from './connection/panelFeed.ts';
import { resolveAddress } from './connection/resolveAddress.ts';
import { ResultReceiver } from './connection/receiveResults.ts';
import { RunnerLink } from './connection/runnerLink.ts';
import { SandboxKey } from './connection/sandboxKey.ts';
import { claim } from './host/claims.ts';
import { onSettingChange, readSetting } from './host/settings.ts';
import { holdsRepository } from './host/taskRepository.ts';
import { TaskStore } from './model/taskStore.ts';
import { EvidenceDocuments } from './review/evidenceDocuments.ts';
import { ProblemLists } from './review/problemLists.ts';
import { ResultFiles } from './review/resultFiles.ts';
import { TaskReview, type FetchResult } from './review/reviewChanges.ts';
import { ImageFiles } from './views/imageFiles.ts';
import { LazyTaskPanels } from './views/lazyTaskPanels.ts';
import { LogDocuments } from './views/logDocuments.ts';
import { Notifications } from './views/notifications.ts';
import { RepositoryKey } from './views/repositoryKey.ts';
import { StatusBar } from './views/statusBar.ts';
import { TaskTree } from './views/taskTree.ts';

/** True after a session in which tasks were under way: the next one connects by itself. */
const hadActiveTasks = 'hadActiveTasks';

/** What the parts share. */
interface Base {
  readonly context: vscode.ExtensionContext;
  readonly tasks: TaskStore;
  readonly log: vscode.LogOutputChannel;
  readonly link: RunnerLink;
}

export function startExtension(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Nightjar', { log: true });
  const tasks = new TaskStore();
  const link = new RunnerLink({
    tasks,
    log,
    clientVersion: String((context.extension.packageJSON as { readonly version: unknown }).version),
    target: () => readSetting('runner.address').trim(),
    resolveAddress: async (signal) => resolveAddress(context, signal),
  });
  const base = { context, tasks, log, link };
  const logs = new LogDocuments(async (signal) => link.connected(signal));
  const images = new ImageFiles(async (signal) => link.connected(signal));
  const feed = new PanelFeed(link);
  const receiver = new ResultReceiver(tasks, link, log);
  const results = makeResults(base);
  const panels = makePanels(base, { feed, logs, images, receiver, evidence: results.evidence });
  const tree = makeTree(base);
  const sandbox = new SandboxKey(link, tasks, log);
  context.subscriptions.push(log, link, logs, feed, receiver, panels, tree, sandbox, new ResultFiles());
  context.subscriptions.push(results.evidence, results.problems, images);
  context.subscriptions.push(
    registerCommands(makeDoors(base, { feed, logs, panels, tree, sandbox, results })),
  );
  startViews(base, panels);
  startConnecting(base);
}

/** What is shown of results. */
interface Results {
  readonly review: TaskReview;
  readonly evidence: EvidenceDocuments;
  readonly problems: ProblemLists;
}

function makeResults({ tasks, link }: Base): Results {
  const fetch: FetchResult = async (task, repository, signal) => {
    const { fetchResult } = await import('../shared/client/fetchResult.ts');
    return fetchResult({ connection: await link.connected(signal), repository, taskId: task.id }, signal);
  };
  return {
    review: new TaskReview(fetch),
    evidence: new EvidenceDocuments(fetch),
    problems: new ProblemLists(tasks),
  };
}

interface PanelParts {
  readonly feed: PanelFeed;
  readonly logs: LogDocuments;
  readonly images: ImageFiles;
  readonly receiver: ResultReceiver;
  readonly evidence: EvidenceDocuments;
}

function makePanels(
  { context, tasks, link }: Base,
  { feed, logs, images, receiver, evidence }: PanelParts,
): LazyTaskPanels {
  return new LazyTaskPanels({
    extensionUri: context.extensionUri,
    tasks,
    history: async (taskId, after, signal) => feed.history(taskId, after, signal),
    onEvent: (listener) => feed.onEvent(listener),
    followOutput: (taskId, listener) => feed.followOutput(taskId, listener),
    evidence: {
      read: async (task, signal) => evidence.read(task, signal),
      onArrival: (listener) => {
        const listening = receiver.onReceived(listener);
        return () => void listening.dispose();
      },
    },
    connection: {
      isConnected: () => link.state === 'ready',
      error: () => link.error,
      onChange: (listener) => {
        const listening = link.onState(listener);
        return () => void listening.dispose();
      },
    },
    reply: async (taskId, text) => feed.reply(taskId, text),
    readLog: async (taskId, logName) => logs.open(taskId, logName),
    images,
    runCommand: (command, taskId, argument) => {
      void vscode.commands.executeCommand(command, taskId, argument);
    },
  });
}

/** Whoever looks at the view wants to know how runner and repository stand. */
function makeTree({ context, tasks, log, link }: Base): TaskTree {
  const repositoryKey = new RepositoryKey(log);
  context.subscriptions.push(repositoryKey);
  return new TaskTree(tasks, link, () => {
    startIfTrusted(link);
    repositoryKey.look();
  });
}

interface DoorParts extends Pick<PanelParts, 'feed' | 'logs'> {
  readonly panels: LazyTaskPanels;
  readonly tree: TaskTree;
  readonly sandbox: SandboxKey;
  readonly results: Results;
}

/** Parts that only some commands need are loaded with the first of them. */
function makeDoors(
  { context, tasks, log, link }: Base,
  { feed, logs, panels, tree, sandbox, results }: DoorParts,
): CommandDoors {
  const connected: CommandDoors['connected'] = async (signal) => link.connected(signal);
  const openPanel = async (taskId: string): Promise<void> => panels.open(taskId);
  const { review, evidence, problems } = results;
  return {
    tasks,
    log,
    connected,
    openPanel,
    examineSandbox: async (signal) => sandbox.examine(signal),
    connectRunner: async (signal) => {
      const { connectRunner } = await import('./connection/connectRunner.ts');
      await connectRunner(link, context.secrets, signal);
    },
    handOff: async (spec, signal) => {
      const { handOffFlow } = await import('./handOff/handOff.ts');
      const task = await handOffFlow(connected, spec, signal);
      if (task !== undefined) tree.reveal(task.id);
    },
    newTaskSpec: async () => {
      const { newTaskSpec } = await import('./handOff/newTaskSpec.ts');
      await newTaskSpec();
    },
    openReview: async (task, signal) => review.openReview(task, signal),
    openFileDiff: async (task, path, signal) => review.openFileDiff(task, path, signal),
    openProblem: async (task, place, signal) => review.openProblem(task, place, signal),
    openFinding: async (task, place, signal) => review.openFinding(task, place, signal),
    openEvidence: async (task, signal) => evidence.open(task, signal),
    copyVerifyCommand: async (task, signal) => evidence.copyVerifyCommand(task, signal),
    problems,
    history: async (taskId, after, signal) => feed.history(taskId, after, signal),
    openLog: async (taskId, name) => logs.open(taskId, name),
  };
}

function startViews({ context, tasks, log, link }: Base, panels: LazyTaskPanels): void {
  const claims = join(context.globalStorageUri.fsPath, 'claims');
  const showRunner = (): void => {
    void vscode.commands.executeCommand('setContext', 'nightjar.runner', link.state);
  };
  showRunner();
  context.subscriptions.push(
    link.onState(showRunner),
    new StatusBar(tasks, link),
    new Notifications({
      tasks,
      log,
      isPanelVisible: (taskId) => panels.isVisible(taskId),
      holdsRepository,
      claim: async (name) => claim(claims, name),
    }),
  );
}

/** Connects where tasks were under way, or an address has changed; else the first view or command does. */
function startConnecting({ context, tasks, log, link }: Base): void {
  const state = context.globalState;
  if (state.get<boolean>(hadActiveTasks) === true) startIfTrusted(link);
  const endListening = tasks.onChange(() => {
    const isActive = !tasks.all().every(hasEnded);
    if (isActive !== (state.get<boolean>(hadActiveTasks) ?? false))
      void state.update(hadActiveTasks, isActive);
  });
  context.subscriptions.push(
    new vscode.Disposable(endListening),
    vscode.workspace.onDidGrantWorkspaceTrust(() => startIfTrusted(link)),
    onSettingChange(['runner.address'], () => {
      link.resetIfMoved().then(
        (hasMoved) => {
          if (hasMoved) startIfTrusted(link);
        },
        (error: unknown) => log.error(String(error)),
      );
    }),
  );
}

/** Opening a folder that is not trusted starts no program. */
function startIfTrusted(link: RunnerLink): void {
  if (!vscode.workspace.isTrusted) return;
  // After this turn: other extensions start in it too, and shall not wait until the client's code is loaded.
  setImmediate(() => link.start());
}
