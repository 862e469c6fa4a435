// What the user reads before a task is deleted: what goes, and what of its work stays where.
import type { Task } from '../../shared/task/task.ts';
import { formatChangedLines, formatCount } from './formatting.ts';

/** At most this many branches are named. */
const maxNamed = 3;

/** `branches` are the user's own that hold the task's work; null where the repository isn't on this machine. */
export function deletionDetail(task: Task, branches: readonly string[] | null): string {
  const place = branches === null ? '' : `, and what Nightjar keeps of it in ${task.repository.name}`;
  return `Its history, its logs and its workspace on the runner go${place}.\n\n${workWords(task, branches)}`;
}

function workWords(task: Task, branches: readonly string[] | null): string {
  const { files, commit, repository } = task;
  if (commit === null || files.length === 0) return 'It has made no changes.';
  const size = `${formatChangedLines(files)} in ${formatCount(files.length, 'file')}`;
  const work = `Its changes (${size}, commit ${commit.slice(0, 10)})`;
  if (branches === null) return `${work} stay only where you have checked them out.`;
  if (branches.length === 0) return `${work} are on no branch of ${repository.name}: they go, too.`;
  const rest = branches.length > maxNamed ? ` and ${branches.length - maxNamed} more` : '';
  const names = `${branches.slice(0, maxNamed).join(', ')}${rest}`;
  return `${work} stay in ${repository.name}, on ${names}: your branches are not touched, pushed or not.`;
}
