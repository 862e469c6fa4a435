// `nightjar show ID`: one task with its checks, files and what to do next.
import type { Command } from 'commander';
import { activityText } from '../../../shared/task/activityText.ts';
import { branchNameFor } from '../../../shared/task/branchName.ts';
import { problemsByRound, type ProblemCounts } from '../../../shared/task/problemHistory.ts';
import { findingCount, flakyText, isOutdated } from '../../../shared/task/proof.ts';
import { isAtLimit } from '../../../shared/task/hasEnded.ts';
import type { CheckState, Task } from '../../../shared/task/task.ts';
import type { TaskEvent } from '../../../shared/task/events.ts';
import { onRunner, printJson, printLines, requestTasks, type CommandHost } from '../clientCommand.ts';
import { cleanText, lastLines } from '../display/displayWidth.ts';
import { line, type Line } from '../display/line.ts';
import { statusTone, statusWords, tokensOf } from '../display/liveBlock.ts';
import { verdictLine } from '../display/narrateEnd.ts';
import { budgetText, cost, count, duration, shortCommit, tokens, moment } from '../display/quantities.ts';
import { accessLines } from '../display/network.ts';
import { problemRoundLines } from '../display/problemRounds.ts';
import { criteriaLines, evidenceLines, integrityLines, stuckLines } from '../display/proofLines.ts';
import { shownInQueue } from '../display/queued.ts';
import { exitCodes } from '../exitCodes.ts';
import { findTask } from '../findTask.ts';
import { taskObject } from '../taskObject.ts';
import { recordedEvents } from '../watchTask.ts';

export function addShowCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('show')
    .description('show one task')
    .argument('<id>', 'the id, or how it begins');
  onRunner(host, command, async (session, [id]) => {
    const { tasks, queue } = await requestTasks(session);
    const task = findTask(tasks, id ?? '');
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else {
      const events: TaskEvent[] = [];
      for await (const event of recordedEvents(session.connection, task.id, session.signal))
        events.push(event);
      printLines(session.surroundings, taskLines(shownInQueue(task, queue), problemsByRound(events)));
    }
    return exitCodes.ok;
  });
}

/** The task for a person. */
export function taskLines(task: Task, problems: ReadonlyMap<number, ProblemCounts>): Line[] {
  const { branch, name } = task.repository;
  const [status, activity] = [statusWords[task.status], activityText(task)];
  return [
    line(cleanText(task.title), { tone: 'heading', aside: task.id }),
    line(status, {
      mark: '●',
      tone: statusTone(task),
      aside: activity === status ? '' : cleanText(activity),
    }),
    ...(task.verdict === null ? [] : [verdictLine(task.verdict, { findings: findingCount(task) })]),
    line(
      `${cleanText(name)}, ${cleanText(branch ?? 'detached HEAD')} at ${shortCommit(task.snapshot.base)}`,
      { depth: 1, tone: 'quiet' },
    ),
    line(
      `${count(task.rounds, 'round')}, ${count(task.turns, 'turn')}, ${tokens(tokensOf(task))}, ${cost(task.costUsd)}, ${task.model}`,
      { depth: 1, tone: 'quiet' },
    ),
    ...accessLines(task),
    ...branchLines(task),
    ...questionLines(task),
    ...limitLines(task),
    ...errorLines(task),
    ...stuckLines(task),
    ...evidenceLines(task),
    ...integrityLines(task),
    ...criteriaLines(task),
    ...checkLines(task),
    ...problemRoundLines(problems),
    ...fileLines(task),
    ...(task.summary === null ? [] : [line('What the agent says', { tone: 'heading' })]),
    ...lastLines(task.summary ?? '', 40).map((text) => line(text, { depth: 1 })),
  ];
}

/** The branch, once there is work to check out. */
function branchLines(task: Task): Line[] {
  if (task.ref === null || task.commit === null) return [];
  const text = `Commit ${shortCommit(task.commit)}, to be checked out as ${branchNameFor(task)}`;
  return [line(text, { depth: 1, tone: 'quiet' })];
}

/** Each check with what backs its result. */
export function checkLines(task: Task): Line[] {
  if (task.checks.length === 0) return [];
  return [line('Checks', { tone: 'heading' }), ...task.checks.map((check) => checkLine(task, check))];
}

function checkLine(task: Task, check: CheckState): Line {
  const isOld = isOutdated(check, task);
  const facts = [
    check.isFlaky === true ? flakyText() : '',
    check.name === check.command ? '' : check.command,
    check.passed === null ? 'has not run' : `exit code ${check.exitCode ?? '?'}`,
    check.durationMs === null ? '' : duration(check.durationMs),
    check.commit === null ? '' : `on a clean checkout of ${shortCommit(check.commit)}`,
    isOld ? 'an earlier commit' : '',
    check.failedBefore === true ? 'failed before' : '',
  ];
  const mark = check.passed === null ? '·' : check.passed ? '✔' : '✖';
  const tone = check.passed === null || isOld ? 'quiet' : check.passed ? 'good' : 'bad';
  return line(cleanText(check.name), {
    depth: 1,
    mark,
    tone: check.isFlaky === true && tone === 'good' ? 'attention' : tone,
    aside: cleanText(facts.filter(Boolean).join(' · ')),
  });
}

function fileLines(task: Task): Line[] {
  if (task.files.length === 0) return [];
  const signs = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' } as const;
  const files = task.files.map((file) =>
    line(cleanText(file.oldPath === null ? file.path : `${file.oldPath} → ${file.path}`), {
      depth: 1,
      mark: signs[file.status],
      tone: file.status === 'deleted' ? 'bad' : file.status === 'added' ? 'good' : 'attention',
      aside: file.added === null ? 'binary' : `+${file.added} −${file.removed ?? 0}`,
    }),
  );
  return [line('Changed files', { tone: 'heading' }), ...files];
}

function questionLines(task: Task): Line[] {
  if (task.question === null) return [];
  return [
    line(cleanText(task.question.text), { mark: '?', tone: 'attention' }),
    line(`Answer with: nightjar reply ${task.id} "…"`, { depth: 1, tone: 'quiet' }),
    line(
      `Without an answer until ${moment(task.question.deadlineAt)} it takes: ${cleanText(task.question.defaultAnswer)}`,
      { depth: 1, tone: 'quiet' },
    ),
  ];
}

/** What can be done where a limit ended the work. */
function limitLines(task: Task): Line[] {
  if (!isAtLimit(task)) return [];
  return [
    line(`Its budget ended the work: ${budgetText(task.budget)}`, { mark: '!', tone: 'attention' }),
    line(`Go on with twice as much: nightjar extend ${task.id}`, { depth: 1, tone: 'quiet' }),
    line(`Or tell the agent how: nightjar reply ${task.id} "…"`, { depth: 1, tone: 'quiet' }),
  ];
}

function errorLines(task: Task): Line[] {
  if (task.error === null) return [];
  return [
    line(cleanText(task.error.message), { mark: '✖', tone: 'bad' }),
    line(cleanText(task.error.remedy), { depth: 1, tone: 'quiet' }),
  ];
}
