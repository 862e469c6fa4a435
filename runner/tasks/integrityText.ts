// What an agent is told of what its change did to the tests, in a round that goes on.
import type { IntegrityFinding } from '../../shared/task/integrity.ts';
import type { Message } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { onOneLine, quotation } from './quotation.ts';

interface ToldRun {
  readonly task: Pick<Task, 'integrity'>;
  readonly roundCommit: string | null;
  readonly transcript: readonly Message[];
}

const mostTold = 10;
const mostChars = 200;

/** Nothing where nothing was found, or where the same has been said before. */
export function integrityTexts({ task, roundCommit, transcript }: ToldRun): readonly string[] {
  const { integrity } = task;
  if (integrity === undefined || integrity.commit !== roundCommit || integrity.findings.length === 0)
    return [];
  const { findings, findingsLeftOut } = integrity;
  const more = Math.max(0, findings.length - mostTold) + findingsLeftOut;
  const lines = findings.slice(0, mostTold).map(lineOf);
  if (more > 0) lines.push(`And ${more} more.`);
  const text =
    'The runner has compared the tests, and what checks the project, with those of before your work, and will show the user these differences:\n' +
    `${quotation(lines.join('\n'))}\n` +
    'Undo what you did not mean. If one is right, leave it and say why in your summary.';
  return transcript.some((message) => message.role === 'user' && message.text === text) ? [] : [text];
}

function lineOf({ file, line, side, message }: IntegrityFinding): string {
  const place = line === null ? file : `${file}:${line}`;
  return `${place}${side === 'before' ? ' (as it was before)' : ''}: ${onOneLine(message).slice(0, mostChars)}`;
}
