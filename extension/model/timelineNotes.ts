// Turns the facts that are told in one short sentence into notes of the timeline.
import { clockTime } from '../../shared/task/activityText.ts';
import type { EventData, Fact } from '../../shared/task/events.ts';
import { keptOutText } from '../../shared/task/proof.ts';
import { note, type NoteContent } from './timelineItems.ts';
import { blockedWords } from './taskAccess.ts';
import { formatChangedLines, formatCount, formatDuration } from './formatting.ts';
import { shortCommit } from './timelineText.ts';

export function createdNote(data: EventData<'taskCreated'>): NoteContent {
  const branch = data.repository.branch === null ? '' : ` from ${data.repository.branch}`;
  return note('send', 'muted', `Handed off${branch}, snapshot ${shortCommit(data.snapshot.commit)}`);
}

export function preparingNote(): NoteContent {
  return note('package', 'muted', 'Preparing the workspace');
}

export function preparedNote(data: EventData<'prepared'>): NoteContent {
  return note('package', 'muted', `Prepared the workspace in ${formatDuration(data.durationMs)}`);
}

export function retryNote(data: EventData<'modelRetried'>): NoteContent {
  if (data.attempt === 0) return note('clock', 'muted', 'Waited for the model', data.reason);
  const text = `The model didn’t answer; attempt ${data.attempt + 1} after ${formatDuration(data.waitMs)}`;
  return note('refresh', 'warning', text, data.reason);
}

export function compactedNote(): NoteContent {
  return note('fold', 'muted', 'Summed up the earlier turns to make room in the model’s window');
}

/** `previous` is the commit before this round, null where there is none. */
export function committedNote(data: EventData<'committed'>, previous: string | null): NoteContent {
  const keptOut = keptOutText(data);
  const tone = keptOut === '' ? null : 'warning';
  if (data.commit === previous)
    return note('git-commit', tone ?? 'muted', 'Nothing changed in this round', keptOut);
  const size = `${formatCount(data.files.length, 'file')}, ${formatChangedLines(data.files)} since the snapshot`;
  const detail = keptOut === '' ? size : `${size}. ${keptOut}`;
  return note('git-commit', tone ?? 'plain', `Committed ${shortCommit(data.commit)}`, detail);
}

/** `branch` is the one that a check-out makes of it. What was proved stands at the top, not here. */
export function deliveredNote(data: EventData<'delivered'>, branch: string): NoteContent {
  return note(
    'package',
    data.verdict === 'failed' ? 'bad' : 'plain',
    `Delivered ${shortCommit(data.commit)}`,
    branch,
  );
}

export function stoppingNote(): NoteContent {
  return note('circle-slash', 'muted', 'Stop requested');
}

export function stoppedNote(data: EventData<'stopped'>): NoteContent {
  const kept = data.commit === null ? '' : `The work so far is kept as ${shortCommit(data.commit)}.`;
  return note('circle-slash', 'plain', 'Stopped', kept);
}

export function failedNote(data: EventData<'taskFailed'>): NoteContent {
  return note('error', 'bad', data.error.message, data.error.remedy);
}

export function interruptedNote(data: EventData<'interrupted'>): NoteContent {
  return note('debug-disconnect', 'warning', 'The runner was interrupted here and went on', data.step);
}

function workspaceLostNote({ reason }: EventData<'workspaceLost'>): NoteContent {
  const why = reason === 'machineRestarted' ? 'The machine was started again' : 'The workspace was lost';
  const text = `${why}; the workspace is made again from the newest checkpoint`;
  return note('debug-disconnect', 'warning', text);
}

function diskFullNote(): NoteContent {
  const detail = 'It goes on by itself once there is room.';
  return note('warning', 'warning', 'Waiting for room: the runner’s disk is full', detail);
}

function workspaceReclaimedNote(): NoteContent {
  const text = 'The workspace was put away to save room; it is made again when work goes on';
  return note('archive', 'muted', text);
}

function accessBlockedNote({ hosts }: EventData<'accessBlocked'>): NoteContent {
  const text = `The sandbox blocked ${hosts.map(blockedWords).join(', ')}`;
  return note('shield', 'warning', text, 'The command went on without it.');
}

function networkAllowedNote({ hosts }: EventData<'networkAllowed'>): NoteContent {
  return note('shield', 'plain', `You allowed ${hosts.join(', ')}`, 'It counts from the next command.');
}

function sandboxChangedNote({ sandbox }: EventData<'sandboxChanged'>): NoteContent {
  return sandbox === 'none'
    ? note('warning', 'bad', 'Goes on without a sandbox: the runner was started so')
    : note('shield', 'muted', 'Goes on inside a sandbox');
}

function heldBackNote(data: EventData<'heldBack'>): NoteContent {
  const day = data.until.slice(0, 10);
  const text = 'Waiting: the runner’s ceiling for today is used up';
  return note(
    'clock',
    'warning',
    text,
    `It goes on when ${day} begins (UTC), or when the ceiling is raised.`,
  );
}

export function rateLimitedNote({ endpoint, until }: EventData<'rateLimited'>): NoteContent {
  return note('clock', 'muted', `Held back by the rate limit of ${endpoint}`, `until ${clockTime(until)}`);
}

function budgetExtendedNote({ budget }: EventData<'budgetExtended'>): NoteContent {
  const detail = `${formatCount(budget.turns, 'turn')}, ${formatCount(budget.rounds, 'round')}, $${budget.costUsd}`;
  return note('credit-card', 'plain', 'Budget raised', detail);
}

export function doneNote(): NoteContent {
  return note('pass', 'muted', 'Marked as done');
}

/** What is told of by a note and by nothing else. */
export type NotedFact = Extract<
  Fact,
  {
    type:
      | ('workspaceLost' | 'diskFull' | 'workspaceReclaimed' | 'heldBack' | 'budgetExtended')
      | ('accessBlocked' | 'networkAllowed' | 'sandboxChanged');
  }
>;

export function noteOf(fact: NotedFact): NoteContent {
  switch (fact.type) {
    case 'workspaceLost':
      return workspaceLostNote(fact.data);
    case 'diskFull':
      return diskFullNote();
    case 'workspaceReclaimed':
      return workspaceReclaimedNote();
    case 'heldBack':
      return heldBackNote(fact.data);
    case 'budgetExtended':
      return budgetExtendedNote(fact.data);
    case 'accessBlocked':
      return accessBlockedNote(fact.data);
    case 'networkAllowed':
      return networkAllowedNote(fact.data);
    case 'sandboxChanged':
      return sandboxChangedNote(fact.data);
  }
}
