// Tells how one check ended, with the problems that it found.
import type { EventData, Problem } from '../../../shared/task/events.ts';
import { problemText } from '../../../shared/task/problemHistory.ts';
import { flakyText } from '../../../shared/task/proof.ts';
import { cleanText, firstLine, lastLines } from './displayWidth.ts';
import { line, type Line } from './line.ts';
import { count, duration } from './quantities.ts';

const shownProblems = 5;

/** The outcome in one line, then the problems, or the end of the output where no problem was recognised. */
export function narrateCheck(data: EventData<'checkEnded'>, detail: 'milestones' | 'everything'): Line[] {
  const outcome = line(cleanText(data.name), {
    depth: 1,
    mark: data.passed ? '✔' : '✖',
    tone: data.passed
      ? data.flakyRuns === undefined
        ? 'good'
        : 'attention'
      : data.round === 0
        ? 'attention'
        : 'bad',
    aside: asideOf(data),
  });
  if (detail === 'everything')
    return [outcome, ...problemLines(data, data.problems.length), ...outputLines(data, 1_000)];
  if (data.passed) return [outcome];
  return [
    outcome,
    ...(data.problems.length === 0 ? outputLines(data, 3) : problemLines(data, shownProblems)),
  ];
}

/** `file:line:column` as editors and terminals make it clickable; `''` for a problem without a place. */
function placeOf(problem: Problem): string {
  return [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
}

function asideOf(data: EventData<'checkEnded'>): string {
  const problemCount = data.problems.length + data.problemsLeftOut;
  const parts = [
    data.flakyRuns === undefined ? '' : flakyText(data.flakyRuns),
    data.name === data.command ? '' : firstLine(data.command),
    data.timedOut ? 'timed out' : data.passed ? '' : `exit code ${data.exitCode}`,
    problemCount === 0 ? '' : count(problemCount, 'problem'),
    duration(data.durationMs),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function problemLines(data: EventData<'checkEnded'>, limit: number): Line[] {
  const shown = data.problems.slice(0, limit);
  const left = data.problems.length + data.problemsLeftOut - shown.length;
  return [
    ...shown.map((problem) =>
      line(
        cleanText(
          [placeOf(problem), firstLine(problemText(problem))].filter((part) => part !== '').join('  '),
        ),
        {
          depth: 2,
          mark: problem.severity === 'error' ? '✖' : '!',
          tone: problem.severity === 'error' ? 'bad' : 'attention',
        },
      ),
    ),
    ...(left > 0 ? [line(`and ${count(left, 'more problem')}`, { depth: 2, tone: 'quiet' })] : []),
  ];
}

function outputLines(data: EventData<'checkEnded'>, limit: number): Line[] {
  return lastLines(data.tail, limit).map((text) => line(text, { depth: 2, tone: 'quiet' }));
}
