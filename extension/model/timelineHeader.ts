// What stands at the top of the task panel: state, verdict, facts and the actions that this state allows.
import type { QueuePlace } from '../../shared/protocol/queuePlace.ts';
import type { Verdict } from '../../shared/task/events.ts';
import { activityText } from '../../shared/task/activityText.ts';
import { branchNameFor } from '../../shared/task/branchName.ts';
import { hasEnded, isAtLimit } from '../../shared/task/hasEnded.ts';
import { findingCount, findingsText } from '../../shared/task/proof.ts';
import type { Status, Task } from '../../shared/task/task.ts';
import type { Chip, Tone } from './timelineItems.ts';
import { accessWords, networkChip, unsandboxedChip } from './taskAccess.ts';
import { actionsOf, type TaskAction } from './taskActions.ts';
import { resultTone, verdictIcons } from './resultLook.ts';
import { statusLooks } from './taskRows.ts';
import { waitingWords } from './taskTooltip.ts';
import { formatCost } from './formatting.ts';
import { countText, shortCommit } from './timelineText.ts';

/** Commands that the page may ask for; each is `nightjar.<name>`. */
const headerCommands = ['reviewChanges', 'checkOut', 'stop', 'runAgain', 'markDone', 'showLog'] as const;
export const pageCommands = [
  ...headerCommands,
  ...(['extendBudget', 'allowHosts', 'showProblems', 'hideProblems'] as const),
] as const;
type HeaderCommand = (typeof headerCommands)[number];

export interface Action {
  readonly command: HeaderCommand;
  readonly label: string;
  readonly icon: string;
  readonly isPrimary: boolean;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly title: string;
}

export interface HeaderSection {
  readonly title: string;
  readonly status: Status;
  readonly pill: Chip;
  readonly isSpinning: boolean;
  /** What the task does right now; empty once it rests. */
  readonly activity: string;
  readonly verdict: Chip | null;
  /** Shown where commands run without a sandbox. */
  readonly unsandboxed: Chip | null;
  /** Shown where commands reach more than package registries. */
  readonly network: Chip | null;
  readonly facts: readonly Fact[];
  readonly actions: readonly Action[];
}

/** The names as VS Code's own agents bear them; icons are those of the task view. */
const statusChips: Readonly<Record<Status, { readonly label: string; readonly tone: Tone }>> = {
  queued: { label: 'Queued', tone: 'muted' },
  preparing: { label: 'Preparing', tone: 'plain' },
  working: { label: 'Working', tone: 'plain' },
  checking: { label: 'Checking', tone: 'plain' },
  needsInput: { label: 'Needs Input', tone: 'warning' },
  readyForReview: { label: 'Ready to Review', tone: 'plain' },
  failed: { label: 'Failed', tone: 'bad' },
  stopped: { label: 'Stopped', tone: 'muted' },
  done: { label: 'Done', tone: 'muted' },
};

export const verdictLooks: Readonly<Record<Verdict, Omit<Chip, 'tone'>>> = {
  verified: {
    label: 'Verified',
    icon: verdictIcons.verified,
    title: 'The runner ran every check on a clean checkout of the final commit, and all passed.',
  },
  partlyVerified: {
    label: 'Partly Verified',
    icon: verdictIcons.partlyVerified,
    title:
      'Checks passed, and what still fails failed before the agent started, too. But something is left: a check, a criterion, or what was found in the tests.',
  },
  unverified: {
    label: 'Unverified',
    icon: verdictIcons.unverified,
    title: 'No check ran on the result: nothing about it is proved.',
  },
  failed: {
    label: 'Checks Failed',
    icon: verdictIcons.failed,
    title: 'At least one check failed on a clean checkout of the final commit.',
  },
};

/** `queued` where the task waits for a place on the runner. */
export function headerOf(task: Task, queued: QueuePlace | null): HeaderSection {
  const shown = queued === null ? task.status : 'queued';
  const activity = queued === null ? activityText(task) : waitingWords(queued);
  const [icon = '', modifier] = statusLooks[shown].icon.split('~');
  return {
    title: task.title,
    status: task.status,
    pill: { ...statusChips[shown], icon, title: activity },
    isSpinning: modifier === 'spin',
    activity: hasEnded(task) ? '' : activity,
    verdict: task.verdict === null ? null : verdictChip(task, task.verdict),
    unsandboxed: unsandboxedChip(task),
    network: networkChip(task),
    facts: factsOf(task),
    actions: pageActionsOf(task),
  };
}

function verdictChip(task: Task, verdict: Verdict): Chip {
  const look = verdictLooks[verdict];
  const count = findingCount(task);
  if (count === 0) return { ...look, tone: resultTone(task) };
  const title = `${look.title} In the tests there is something to look at first.`;
  return { ...look, label: `${look.label} · ${findingsText(count)}`, tone: resultTone(task), title };
}

function factsOf(task: Task): Fact[] {
  const { usage } = task;
  const tokens = usage.inputTokens + usage.outputTokens;
  const start = task.repository.branch ?? shortCommit(task.snapshot.base);
  return [
    { label: 'Repository', value: task.repository.name, title: task.repository.folder },
    { label: 'From', value: start, title: 'Handed off from your working tree on this branch' },
    ...(task.ref === null
      ? []
      : [{ label: 'Branch', value: branchNameFor(task), title: 'Check Out makes this branch of the work' }]),
    { label: 'Rounds', value: String(task.rounds), title: 'Rounds of work followed by the checks' },
    { label: 'Turns', value: String(task.turns), title: 'Calls of the model' },
    {
      label: 'Tokens',
      value: countText(tokens),
      title: `${usage.inputTokens} in (${usage.cachedTokens} of them cached), ${usage.outputTokens} out`,
    },
    {
      label: 'Cost',
      value: task.costUsd === null ? '–' : formatCost(task.costUsd),
      title: task.costUsd === null ? 'The price of this model is not known' : `$${task.costUsd.toFixed(4)}`,
    },
    { label: 'Network', value: accessWords(task), title: 'What the commands of this task may reach' },
    { label: 'Model', value: task.model, title: task.model },
  ];
}

const actions: Readonly<Record<HeaderCommand, Omit<Action, 'isPrimary' | 'command'>>> = {
  reviewChanges: { label: 'Review Changes', icon: 'diff-multiple' },
  checkOut: { label: 'Check Out Branch', icon: 'git-branch' },
  stop: { label: 'Stop', icon: 'debug-stop' },
  runAgain: { label: 'Run Again', icon: 'debug-restart' },
  markDone: { label: 'Mark as Done', icon: 'check' },
  showLog: { label: 'Show Log', icon: 'output' },
};

/** Every action in the order in which a task at rest shows them, `review` being the way in. */
const actionOrder: readonly (readonly [TaskAction, HeaderCommand])[] = [
  ['stop', 'stop'],
  ['review', 'reviewChanges'],
  ['checkOut', 'checkOut'],
  ['markDone', 'markDone'],
  ['runAgain', 'runAgain'],
  ['showLog', 'showLog'],
];

/** The primary one is what most people want in this state. */
function pageActionsOf(task: Task): Action[] {
  const possible = actionsOf(task);
  const isBroken = task.status === 'failed' || task.status === 'stopped';
  // At a limit the likeliest is to raise it, which the card below offers.
  const primary = isAtLimit(task) ? null : isBroken ? 'runAgain' : 'reviewChanges';
  const commands = actionOrder.flatMap(([action, command]) => (possible.includes(action) ? [command] : []));
  const sorted = [...commands].sort((one, other) => Number(other === primary) - Number(one === primary));
  return sorted.map((command) => ({ command, ...actions[command], isPrimary: command === primary }));
}
