// Makes the editor's tree items from the rows of the model.
import * as vscode from 'vscode';
import type { ChangedFile } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { nodeId, type TaskNode } from '../model/taskNodes.ts';
import { checkRow, fileLook, fileRow, groupRows, taskRow, type Row } from '../model/taskRows.ts';
import type { TaskSource } from '../model/taskStore.ts';
import { taskTooltip } from '../model/taskTooltip.ts';

/** URIs of changed files in the view: only there to carry their decoration. */
const changedFileScheme = 'nightjar-change';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** The item of a row; an empty one where the task has gone meanwhile. */
export function treeItemOf(node: TaskNode, tasks: TaskSource): vscode.TreeItem {
  const item = bareItem(node, tasks);
  item.id = nodeId(node);
  return item;
}

/** Fills in the hover when the user asks for it. */
export function resolveTooltip(item: vscode.TreeItem, node: TaskNode, tasks: TaskSource): vscode.TreeItem {
  const task = node.kind === 'task' ? tasks.get(node.taskId) : undefined;
  if (task !== undefined) {
    const text = taskTooltip(task, Date.now(), tasks.placeOf(task.id));
    item.tooltip = new vscode.MarkdownString(text, true);
  }
  return item;
}

function bareItem(node: TaskNode, tasks: TaskSource): vscode.TreeItem {
  if (node.kind === 'group') return groupItem(node.groupId, tasks);
  const task = tasks.get(node.taskId);
  switch (node.kind) {
    case 'task':
      return task === undefined ? new vscode.TreeItem('') : taskItem(task, tasks);
    case 'file': {
      const file = task?.files.find(({ path }) => path === node.path);
      return task === undefined || file === undefined ? new vscode.TreeItem('') : fileItem(task, file);
    }
    case 'check': {
      const check = task?.checks.find(({ name }) => name === node.name);
      if (task === undefined || check === undefined) return new vscode.TreeItem('');
      const row = checkRow(check, task);
      const item = itemOf(row, None);
      item.tooltip = `${check.command}\n${row.description}`;
      item.command = openTask(task);
      return item;
    }
  }
}

function groupItem(groupId: string, tasks: TaskSource): vscode.TreeItem {
  const group = groupRows(tasks.all()).find(({ id }) => id === groupId);
  if (group === undefined) return new vscode.TreeItem('');
  const item = new vscode.TreeItem(group.label, group.isExpanded ? Expanded : Collapsed);
  item.description = String(group.tasks.length);
  item.contextValue = 'group';
  return item;
}

function taskItem(task: Task, tasks: TaskSource): vscode.TreeItem {
  const hasChildren = task.files.length + task.checks.length > 0;
  const item = itemOf(taskRow(task, Date.now(), tasks.placeOf(task.id)), hasChildren ? Collapsed : None);
  item.command = openTask(task);
  return item;
}

function fileItem(task: Task, file: ChangedFile): vscode.TreeItem {
  const item = itemOf(fileRow(file), None);
  const query = new URLSearchParams({ status: file.status }).toString();
  item.resourceUri = vscode.Uri.from({ scheme: changedFileScheme, path: `/${task.id}/${file.path}`, query });
  // The icon of the user's file icon theme.
  item.iconPath = vscode.ThemeIcon.File;
  item.tooltip = file.oldPath === null ? file.path : `${file.oldPath} → ${file.path}`;
  item.command = {
    command: '_nightjar.openFileDiff',
    title: 'Open Changes',
    arguments: [task.id, file.path],
  };
  return item;
}

function itemOf(row: Row, collapsible: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsible);
  item.description = row.description;
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.spoken };
  if (row.icon !== null) {
    item.iconPath = new vscode.ThemeIcon(
      row.icon,
      row.color === null ? undefined : new vscode.ThemeColor(row.color),
    );
  }
  return item;
}

function openTask(task: Task): vscode.Command {
  return { command: 'nightjar.openTask', title: 'Open Task', arguments: [task.id] };
}

/** Letters and colours of the changed files in the view. */
export class ChangedFileDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== changedFileScheme) return undefined;
    const status = new URLSearchParams(uri.query).get('status') as ChangedFile['status'];
    const { badge, color, words } = fileLook(status);
    return new vscode.FileDecoration(badge, words, new vscode.ThemeColor(color));
  }
}
