// The hover over a task: where it runs, on which branch, what it does, what the checks say, what it cost.
import type { QueuePlace } from '../../shared/protocol/queuePlace.ts';
import { activityText } from '../../shared/task/activityText.ts';
import { branchNameFor } from '../../shared/task/branchName.ts';
import {
  criteriaText,
  findingGroups,
  inspectionOf,
  isOutdated,
  judgedCriteria,
} from '../../shared/task/proof.ts';
import type { Task } from '../../shared/task/task.ts';
import { formatChangedLines, formatCost, formatCount, formatElapsed } from './formatting.ts';
import { accessWords, blockedWords, unsandboxedChip } from './taskAccess.ts';
import { resultWords } from './resultLook.ts';
import { statusLooks } from './taskRows.ts';

/** Markdown with theme icons. All text of the task is escaped: a model may have written it. */
export function taskTooltip(task: Task, now: number, queued: QueuePlace | null = null): string {
  const look = statusLooks[queued === null ? task.status : 'queued'];
  const sections = [
    `**${escapeMarkdown(task.title)}**`,
    `$(${look.icon}) ${look.words}${task.verdict === null ? '' : ` (${resultWords(task)})`}`,
    ...accessParagraphs(task),
    ...proofParagraphs(task),
    ...(queued === null ? stateParagraphs(task) : [escapeMarkdown(waitingWords(queued))]),
    facts(task, now)
      .map(([name, value]) => `${name}: ${escapeMarkdown(value)}`)
      .join('  \n'),
  ];
  return sections.join('\n\n');
}

/** Where a task stands that waits for a place on the runner, and why. */
export function waitingWords({ place, reason }: QueuePlace): string {
  return `Waiting, ${place}: ${reason}`;
}

/** Makes text show as it is: no formatting, no links, no icons, no HTML. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, String.raw`\$&`).replace(/\s*\n\s*/g, '  \n');
}

function stateParagraphs(task: Task): readonly string[] {
  if (task.question !== null) {
    const { text, defaultAnswer } = task.question;
    return [escapeMarkdown(text), `Without an answer: ${escapeMarkdown(defaultAnswer)}`];
  }
  if (task.error !== null) return [escapeMarkdown(`${task.error.message} ${task.error.remedy}`)];
  return task.activity === '' || task.activity === statusLooks[task.status].words
    ? []
    : [escapeMarkdown(activityText(task))];
}

/** What nobody should have to open the panel for. */
function accessParagraphs(task: Task): readonly string[] {
  const { blocked } = task;
  const unsandboxed = unsandboxedChip(task);
  return [
    ...(unsandboxed === null ? [] : [`$(${unsandboxed.icon}) ${unsandboxed.label}`]),
    ...(blocked.length === 0
      ? []
      : [escapeMarkdown(`The sandbox blocked ${blocked.map(blockedWords).join(', ')}`)]),
  ];
}

/** What was found in the tests, each kind in a line, and what was left to the user. */
function proofParagraphs(task: Task): readonly string[] {
  const inspection = inspectionOf(task);
  const groups = findingGroups(inspection?.findings ?? []);
  const lines = groups.map(({ title, findings }) => `- ${escapeMarkdown(`${title}: ${findings.length}`)}`);
  return lines.length === 0 ? [] : [`$(warning) Found in the tests`, lines.join('\n')];
}

function facts(task: Task, now: number): readonly (readonly [string, string])[] {
  const { name, branch } = task.repository;
  const passed = task.checks.filter((check) => check.passed === true && !isOutdated(check, task)).length;
  const flaky = task.checks.filter(({ isFlaky }) => isFlaky === true).map((check) => check.name);
  const criteria = criteriaText(judgedCriteria(task));
  const rows: (readonly [string, string])[] = [
    ['Repository', branch === null ? name : `${name}, from ${branch}`],
    ...(task.ref === null ? [] : [['Branch', branchNameFor(task)] as const]),
    ['Handed off', `${formatElapsed(Math.max(0, now - Date.parse(task.createdAt)))} ago`],
    ['Model', task.model],
    ['Network', accessWords(task)],
    [
      'Work',
      `${formatCount(task.rounds, 'round')}, ${formatCount(task.turns, 'turn')}, ${formatCost(task.costUsd)}`,
    ],
  ];
  if (task.checks.length > 0) rows.push(['Checks', `${passed} of ${task.checks.length} passed`]);
  if (flaky.length > 0) rows.push(['Flaky', flaky.join(', ')]);
  if (criteria !== '') rows.push(['Criteria', criteria]);
  if (task.files.length > 0) {
    rows.push(['Changes', `${formatCount(task.files.length, 'file')}, ${formatChangedLines(task.files)}`]);
  }
  return rows;
}
