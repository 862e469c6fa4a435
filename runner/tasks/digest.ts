// What an agent is told of the checks that failed: problems first, then the end of each output, within a limit.
import type { Problem } from '../../shared/task/events.ts';

export interface FailedCheck {
  readonly name: string;
  readonly command: string;
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly problems: readonly Problem[];
  readonly problemsLeftOut: number;
  /** The end of the output. */
  readonly tail: string;
  /** Whether it failed on the snapshot, too. */
  readonly failedBefore: boolean;
}

/** Part of a check's share that its problems may take; the end of the output gets the rest. */
const problemsShare = 0.6;
const maxMessageChars = 400;

/** Markdown of at most `maxChars`; checks that passed before the agent's work come first. */
export function digestOf(checks: readonly FailedCheck[], maxChars: number): string {
  const sorted = [...checks].sort((a, b) => Number(a.failedBefore) - Number(b.failedBefore));
  let left = maxChars;
  const parts = sorted.map((check, index) => {
    const part = digestOfOne(check, Math.floor(left / (sorted.length - index)) - 2);
    left -= part.length + 2;
    return part;
  });
  return parts.join('\n\n');
}

function digestOfOne(check: FailedCheck, maxChars: number): string {
  const ending = check.timedOut ? 'took too long and was ended' : `exit code ${check.exitCode}`;
  const before = check.failedBefore ? '\nIt failed before your work, too.' : '';
  const head = `## ${check.name}: ${ending}\nCommand: ${check.command}${before}`.slice(0, maxChars);
  const problems = problemList(check, Math.floor((maxChars - head.length) * problemsShare));
  const output = endOfOutput(check.tail, maxChars - head.length - problems.length);
  return `${head}${problems}${output}`;
}

function problemList(check: FailedCheck, maxChars: number): string {
  const total = check.problems.length + check.problemsLeftOut;
  const lines = check.problems.map((problem) => `\n- ${lineOf(problem)}`);
  // Room for the heading with its numbers.
  let left = maxChars - 40;
  const shown = lines.filter((line) => (left -= line.length) >= 0);
  if (shown.length === 0) return '';
  const count = shown.length < total ? `${shown.length} of ${total}` : `${total}`;
  return `\n\nProblems (${count}):${shown.join('')}`;
}

function lineOf({ file, line, column, severity, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  const words = message.replaceAll(/\s+/g, ' ').slice(0, maxMessageChars);
  return `${place === '' ? '' : `${place}: `}${severity === 'warning' ? 'warning: ' : ''}${words}`;
}

function endOfOutput(tail: string, maxChars: number): string {
  const text = tail.trimEnd();
  const frame = '\n\nEnd of the output:\n````\n\n````';
  const room = maxChars - frame.length;
  if (text === '' || room < 80) return '';
  const cut = text.slice(-room);
  const whole = cut.length < text.length ? cut.slice(cut.indexOf('\n') + 1) : text;
  return `\n\nEnd of the output:\n\`\`\`\`\n${whole}\n\`\`\`\``;
}
