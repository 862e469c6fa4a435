// The message of a round's commit: what the agent says it did, under the task's trailers.
import { modelTermsOf } from './modelTerms.ts';
import type { Run } from './run.ts';

const subjectChars = 72;

/** Subject, body and trailers as git wants them. The task's id is always among the trailers. */
export function commitMessageOf(run: Pick<Run, 'task' | 'created' | 'finish'>): string {
  const words = run.finish?.commitMessage ?? run.finish?.summary ?? '';
  const [firstLine = '', ...rest] = words.trim().split(/\r?\n/);
  const subject = shorten(firstLine === '' ? run.task.title : firstLine);
  const body = rest.join('\n').trim();
  const trailers = [`Nightjar-Task: ${run.task.id}`, ...trailersOf(run)].map(oneLine).join('\n');
  return [subject, body, trailers].filter((part) => part !== '').join('\n\n') + '\n';
}

function shorten(line: string): string {
  const flat = oneLine(line);
  return flat.length <= subjectChars ? flat : `${flat.slice(0, subjectChars - 1).trimEnd()}…`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A commit names every model that may have had a hand in it. */
function trailersOf(run: Pick<Run, 'task' | 'created'>): readonly string[] {
  return [...new Set([...run.created.trailers, ...modelTermsOf(run).trailers])];
}
