// Gives back the room that the workspace of a task at rest takes, once all that is in it is safe in the store.
import { join } from 'node:path';
import { hasEnded } from '../../shared/task/hasEnded.ts';
import type { Task } from '../../shared/task/task.ts';
import { privateFolders } from '../host/privateFolders.ts';
import { storeIdOf } from '../tasks/access.ts';
import type { Clock, Journal } from '../tasks/ports.ts';
import type { Removal } from '../tasks/reclaim.ts';
import { runOf, type Run } from '../tasks/run.ts';
import { taskFolder } from './storeFolder.ts';
import type { KeptWorkspaces } from './workspaces.ts';

export interface ReclaimPorts {
  readonly dataFolder: string;
  readonly journal: Pick<Journal, 'append' | 'eventsOf' | 'task'>;
  readonly workspaces: KeptWorkspaces;
  readonly clock: Clock;
}

/** Whether nothing happens to the task until somebody wants something of it. */
export function isIdle(task: Task): boolean {
  return hasEnded(task) || task.status === 'needsInput';
}

/** False for a task that works, or that was woken before its files were safe: it keeps all it has. */
export async function reclaim(
  { taskId, part }: Removal,
  { dataFolder, journal, workspaces, clock }: ReclaimPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const run = runOf(journal.eventsOf(taskId, 0));
  if (run === null || !isIdle(run.task)) return false;
  const folder = taskFolder(dataFolder, taskId);
  const { home, temporary } = privateFolders(join(folder, 'files'));
  // Nobody has to know of this, so that it makes room even where not a word can be recorded any more.
  if (hasEnded(run.task)) await workspaces.inUse.remove(temporary);
  const commit = await saveFiles(run, workspaces, signal);
  // From here on nothing waits until the folders have left their places. Each step of a task follows an event of its own.
  if (journal.task(taskId)?.seq !== run.task.seq) return false;
  if (run.isPrepared || commit !== run.saved)
    journal.append(taskId, [{ type: 'workspaceReclaimed', data: { commit } }], clock.now());
  const folders = part === 'workspace' ? [folder] : [home, temporary];
  await Promise.all(folders.map((one) => workspaces.inUse.remove(one)));
  return true;
}

/** The commit that holds the files as they are. */
async function saveFiles(run: Run, workspaces: KeptWorkspaces, signal: AbortSignal): Promise<string> {
  const { task, created, turn, saved: parent, workedAt: at } = run;
  // What a workspace holds that is to be made anew was given up, and is kept already.
  if (run.course.isRollingBack) return parent;
  if ((await workspaces.whyLost(task.id)) !== null) return parent;
  const repositoryId = storeIdOf(created.repository.id, created.owner);
  const place = { taskId: task.id, repositoryId, snapshot: created.snapshot.commit };
  const commit = await workspaces.record(place, { turn, parent, at }, signal);
  if (commit !== parent) await workspaces.keep(place, turn, commit, signal);
  return commit;
}
