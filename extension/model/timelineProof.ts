// Turns the facts that back or doubt a result into notes of the timeline: criteria, findings, cross-runs, circles.
import { crossRunActivities, inspectionActivity, type ProofEvent } from '../../shared/task/applyProof.ts';
import type { EventData, Fact } from '../../shared/task/events.ts';
import { criteriaText, crossRunText, findingsText, foundBy, stuckTexts } from '../../shared/task/proof.ts';
import { formatDuration } from './formatting.ts';
import { note, type NoteContent } from './timelineItems.ts';
import { shortCommit } from './timelineText.ts';

interface ProofNote {
  readonly id: string;
  readonly content: NoteContent;
  /** The log on the runner with the whole output of a run. */
  readonly log: string | null;
}

export function proofNote(event: ProofEvent & { readonly seq: number }): ProofNote {
  switch (event.type) {
    case 'crossRunStarted':
      return { id: crossRunId(event.data), content: startedNote(event.data), log: null };
    case 'crossRunEnded':
      return { id: crossRunId(event.data), content: endedNote(event.data), log: event.data.log };
    case 'checkProposed': {
      const { criterion, command } = event.data;
      const text = `The agent proposed a check for criterion ${criterion + 1}:`;
      return { id: `proposed-${event.seq}`, content: note('beaker', 'muted', text, command), log: null };
    }
    case 'criteriaJudged':
      return { id: `criteria-${event.seq}`, content: judgedNote(event.data), log: null };
    case 'inspectionStarted': {
      const content = note('beaker', 'muted', inspectionActivity);
      return { id: `inspection-${event.data.round}`, content, log: null };
    }
    case 'integrityInspected':
      return { id: `inspection-${event.data.round}`, content: inspectedNote(event.data), log: null };
    case 'stuckSeen':
      return { id: `stuck-${event.seq}`, content: stuckNote(event.data), log: null };
    case 'bestRoundTaken':
      return { id: `bestRound-${event.seq}`, content: bestRoundNote(event.data), log: null };
  }
}

function bestRoundNote({ round, commit }: EventData<'bestRoundTaken'>): NoteContent {
  return note(
    'git-commit',
    'plain',
    `Took round ${round} again: no later one was better`,
    shortCommit(commit),
  );
}

/** Its runs decide whether it counts: a failure is no bad news where it has to fail. */
export function proposalNote(event: Extract<Fact, { type: 'checkStarted' | 'checkEnded' }>): NoteContent {
  const { name, command } = event.data;
  const result = event.type === 'checkStarted' ? 'running' : event.data.passed ? 'passes' : 'fails';
  return note('beaker', 'muted', `${name}: ${result}`, command);
}

/** An end takes the place of its start. */
function crossRunId({ kind, round }: EventData<'crossRunStarted'>): string {
  return `crossRun-${kind}-${round}`;
}

function startedNote({ kind }: EventData<'crossRunStarted'>): NoteContent {
  return note('beaker', 'muted', crossRunActivities[kind]);
}

function endedNote(data: EventData<'crossRunEnded'>): NoteContent {
  const found = foundBy(data.kind, data.findings);
  const { text, isDoubt, note: why } = crossRunText(data, found);
  const detail = why === '' ? formatDuration(data.durationMs) : why;
  return note(isDoubt ? 'warning' : 'beaker', isDoubt ? 'warning' : 'plain', text, detail);
}

function judgedNote({ results }: EventData<'criteriaJudged'>): NoteContent {
  const hasFailed = results.some(({ state }) => state === 'notMet');
  const words = criteriaText(results);
  return note('checklist', hasFailed ? 'bad' : 'plain', `Criteria: ${words === '' ? 'none' : words}`);
}

function inspectedNote({ findings, findingsLeftOut }: EventData<'integrityInspected'>): NoteContent {
  const count = findings.length + findingsLeftOut;
  return count === 0
    ? note('search', 'muted', 'Nothing found in the tests')
    : note('warning', 'warning', `${findingsText(count)} in the tests`);
}

function stuckNote(data: EventData<'stuckSeen'>): NoteContent {
  const { seen, by, now } = stuckTexts(data);
  const detail = [by, now]
    .filter((part) => part !== '')
    .map(asSentence)
    .join(' ');
  return note('sync', 'warning', seen, detail);
}

function asSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
