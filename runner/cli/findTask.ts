// Finds the task that a person means by the first letters of its id.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Task } from '../../shared/task/task.ts';

const namedMatches = 5;

/** The task whose id is `text` or alone begins with it. Throws KnownError: taskUnknown, taskAmbiguous. */
export function findTask(tasks: readonly Task[], text: string): Task {
  const exact = tasks.find(({ id }) => id === text);
  if (exact !== undefined) return exact;
  const matches = text === '' ? [] : tasks.filter(({ id }) => id.startsWith(text));
  const [match] = matches;
  if (match === undefined) throw new KnownError('taskUnknown', { task: text });
  if (matches.length === 1) return match;
  const named = matches.slice(0, namedMatches).map(({ id, title }) => `${id} (${title})`);
  const more = matches.length > namedMatches ? [`${matches.length - namedMatches} more`] : [];
  throw new KnownError('taskAmbiguous', { task: text, matches: [...named, ...more].join(', ') });
}
