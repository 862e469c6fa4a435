// What an agent is told of the checks that failed: new problems first, by their cause, then the end of each output, within a limit.
import type { Problem } from '../../shared/task/events.ts';
import {
  compareProblems,
  countsText,
  noProblems,
  problemText,
  withChange,
  type ProblemAge,
} from '../../shared/task/problemHistory.ts';
import { causeOf } from './problemCause.ts';
import { endOfQuotation, onOneLine, quotation } from './quotation.ts';
import { foldFrames } from './stackFrames.ts';

export interface FailedCheck {
  readonly name: string;
  readonly command: string;
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly problems: readonly Problem[];
  readonly problemsLeftOut: number;
  /** Runs on the same commit that did not agree. */
  readonly flakyRuns?: number | undefined;
  /** The end of the output. */
  readonly tail: string;
  /** Where there is a log, the whole of it can be read with a tool. */
  readonly log?: string | null;
  readonly round?: number;
  /** Whether it failed on the snapshot, too. */
  readonly failedBefore: boolean;
  /** What it found on the snapshot. */
  readonly baseline: readonly Problem[];
  /** What it found in the round before; on the snapshot where this is the first. */
  readonly before: readonly Problem[];
}

/** Tokens that a digest may take where nobody says otherwise. */
export const defaultDigestTokens = 4_000;

/** Paths and stacks are cut into more tokens than prose: so few characters are safe to reckon with. */
const charsPerToken = 3;

/** Part of a check's share that its problems may take; the end of the output gets the rest. */
const problemsShare = 0.75;
const maxHeadChars = 400;
const shownPlaces = 4;
const shownExcerptLines = 8;

const headings: Readonly<Record<ProblemAge, string>> = {
  new: 'New:',
  stays: 'Still there since an earlier round:',
  alreadyFailing: 'Already failing before your work:',
};

/** Markdown of at most `maxTokens`; checks that passed before the agent's work come first. */
export function digestOf(checks: readonly FailedCheck[], maxTokens: number): string {
  const sorted = [...checks].sort((a, b) => Number(a.failedBefore) - Number(b.failedBefore));
  let left = maxTokens * charsPerToken;
  const parts = sorted.map((check, index) => {
    const part = digestOfOne(check, Math.floor(left / (sorted.length - index)) - 2);
    left -= part.length + 2;
    return part;
  });
  return parts.join('\n\n');
}

function digestOfOne(check: FailedCheck, maxChars: number): string {
  const ending = check.timedOut ? 'took too long and was ended' : `exit code ${check.exitCode}`;
  const flaky =
    check.flakyRuns === undefined
      ? ''
      : `\nIt is flaky: of ${check.flakyRuns} runs on this commit one passed.`;
  const before = `${check.failedBefore ? '\nIt failed before your work, too.' : ''}${flaky}`;
  const command = quotation(`Command: ${check.command}`);
  const head = `## ${onOneLine(check.name)}: ${ending}${before}\n${command}${wholeLog(check)}`.slice(
    0,
    maxChars,
  );
  const problems = problemList(check, Math.floor((maxChars - head.length) * problemsShare));
  const output = endOfOutput(check.tail, maxChars - head.length - problems.length);
  return `${head}${problems}${output}`;
}

/** The call as the agent writes it; the name is the project's, so it stands in a quotation. */
function wholeLog({ name, round, log }: FailedCheck): string {
  if (typeof log !== 'string' || round === undefined) return '';
  return `\n${quotation(`The whole log: readLog ${JSON.stringify({ check: name, round })}`)}`;
}

interface Cause {
  readonly age: ProblemAge;
  readonly problems: Problem[];
}

function problemList(check: FailedCheck, maxChars: number): string {
  const { problems, problemsLeftOut } = check;
  if (problems.length === 0) return '';
  const change = compareProblems(problems, check);
  const causes = causesOf(problems, change.ages);
  const total = problems.length + problemsLeftOut;
  const left = problemsLeftOut === 0 ? '' : `, of which ${problems.length} were looked at`;
  const heading = `\n\nProblems: ${total}${left}, ${causes.length === 1 ? 'one cause' : `${causes.length} causes`} (${countsText(withChange(noProblems, change))})`;
  // Room for the headings, and for what is said of causes that have none.
  const texts = withinRoom(causes.map(partsOf), maxChars - heading.length - 160);
  const shown = causes.flatMap((cause, index) =>
    texts[index] === '' ? [] : [{ ...cause, text: texts[index] }],
  );
  if (shown.length === 0) return '';
  const sections = (Object.keys(headings) as ProblemAge[]).map((age) => {
    const own = shown.filter((cause) => cause.age === age);
    return own.length === 0 ? '' : `\n${headings[age]}${own.map(({ text }) => text).join('')}`;
  });
  const missing = causes.length - shown.length;
  return `${heading}${sections.join('')}${missing === 0 ? '' : `\nAnd ${missing} more causes.`}`;
}

/** New ones before the others, frequent ones before rare ones. */
function causesOf(problems: readonly Problem[], ages: readonly ProblemAge[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const [index, problem] of problems.entries()) {
    const age = ages[index] ?? 'new';
    const name = `${age} ${causeOf(problem)}`;
    const cause = causes.get(name);
    if (cause === undefined) causes.set(name, { age, problems: [problem] });
    else cause.problems.push(problem);
  }
  const order = Object.keys(headings);
  return [...causes.values()].sort(
    (a, b) => order.indexOf(a.age) - order.indexOf(b.age) || b.problems.length - a.problems.length,
  );
}

/** What is said of a cause, the most important first: an example, its excerpt, where else. */
function partsOf({ problems }: Cause): string[] {
  const [first, ...others] = problems;
  if (first === undefined) return [];
  const times = problems.length === 1 ? '' : `${problems.length} times, such as `;
  const parts = [`- ${times}${lineOf(first)}`];
  const excerpt = foldFrames((first.excerpt ?? '').split('\n'))
    .filter((line) => line.trim() !== '' && !first.message.startsWith(line.trim()))
    .slice(0, shownExcerptLines);
  if (excerpt.length > 0) parts.push(excerpt.map((line) => `      ${line}`).join('\n'));
  // Of the same cause, yet in other words.
  const different = new Map(others.map((problem) => [problem.message, problem]));
  different.delete(first.message);
  for (const problem of [...different.values()].slice(0, shownPlaces))
    parts.push(`    also ${lineOf(problem)}`);
  const same = others.filter((problem) => !different.has(problem.message));
  const places = [...new Set(same.map(placeWithTest))];
  if (places.length > 0) {
    const more = places.length > shownPlaces ? `, and ${places.length - shownPlaces} more places` : '';
    parts.push(`    also in ${places.slice(0, shownPlaces).join(', ')}${more}`);
  }
  return parts.map((part) => `\n${quotation(part)}`);
}

/** The first part of every cause before the second of any; what has no room is left out. */
function withinRoom(causes: readonly (readonly string[])[], maxChars: number): string[] {
  const texts = causes.map(() => '');
  let left = maxChars;
  const longest = Math.max(...causes.map((parts) => parts.length));
  for (let rank = 0; rank < longest; rank++)
    for (const [index, parts] of causes.entries()) {
      const part = parts[rank] ?? '';
      if (part.length > left || (rank > 0 && texts[index] === '')) continue;
      left -= part.length;
      texts[index] = (texts[index] ?? '') + part;
    }
  return texts;
}

function lineOf(problem: Problem): string {
  const place = placeOf(problem);
  const severity = problem.severity === 'warning' ? 'warning: ' : '';
  const words = problemText(problem).replaceAll(/\s+/g, ' ').slice(0, maxHeadChars);
  return `${place === '' ? '' : `${place}: `}${severity}${words}`;
}

function placeOf({ file, line, column }: Problem): string {
  return [file, line, column].filter((part) => part !== null).join(':');
}

function placeWithTest(problem: Problem): string {
  const place = placeOf(problem);
  const test = problem.test?.slice(0, 100);
  if (test === undefined) return place === '' ? 'no file' : place;
  return place === '' ? test : `${place} (${test})`;
}

function endOfOutput(tail: string, maxChars: number): string {
  const text = foldFrames(tail.trimEnd().split('\n')).join('\n');
  const heading = '\n\nEnd of the output:\n';
  const room = maxChars - heading.length;
  if (text === '' || room < 80) return '';
  return heading + endOfQuotation(quotation(text), room);
}
