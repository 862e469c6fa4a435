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
import { ResultFiles } from './review/resultFiles.ts';
import { TaskReview } from './review/reviewChanges.ts';
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
  const feed = new PanelFeed(link);
  const panels = makePanels(base, feed, logs);
  const tree = makeTree(base);
  const sandbox = new SandboxKey(link, tasks, log);
  context.subscriptions.push(log, link, logs, feed, panels, tree, sandbox, new ResultFiles());
  context.subscriptions.push(registerCommands(makeDoors(base, feed, logs, panels, tree, sandbox)));
  startViews(base, panels);
  startConnecting(base);
}

function makePanels({ context, tasks, link }: Base, feed: PanelFeed, logs: LogDocuments): LazyTaskPanels {
  return new LazyTaskPanels({
    extensionUri: context.extensionUri,
    tasks,
    history: async (taskId, after, signal) => feed.history(taskId, after, signal),
    onEvent: (listener) => feed.onEvent(listener),
    followOutput: (taskId, listener) => feed.followOutput(taskId, listener),
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

/** Parts that only some commands need are loaded with the first of them. */
function makeDoors(
  { context, tasks, log, link }: Base,
  feed: PanelFeed,
  logs: LogDocuments,
  panels: LazyTaskPanels,
  tree: TaskTree,
  sandbox: SandboxKey,
): CommandDoors {
  const connected: CommandDoors['connected'] = async (signal) => link.connected(signal);
  const openPanel = async (taskId: string): Promise<void> => panels.open(taskId);
  const review = new TaskReview(async (task, repository, signal) => {
    const { fetchResult } = await import('../shared/client/fetchResult.ts');
    return fetchResult({ connection: await connected(signal), repository, taskId: task.id }, signal);
  });
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
    new ResultReceiver(tasks, link, log),
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
