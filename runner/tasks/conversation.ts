// What stands in the conversation with the model: its first words, what each turn adds, and answers to calls that were cut off.
import type { EventData, Message, ToolCall } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import type { Course } from './course.ts';
import { findingsOf, type CheckFindings } from './findings.ts';
import { integrityTexts } from './integrityText.ts';
import { firstPrompt, forkPrompt, interruptedText, roundNotes, systemPrompt } from './prompts.ts';
import type { Proof } from './proof.ts';

/** The part of a run that the model is told of. */
interface Told extends CheckFindings {
  readonly task: Pick<Task, 'integrity'>;
  readonly created: EventData<'taskCreated'>;
  readonly course: Pick<Course, 'isAfresh'>;
  readonly transcript: readonly Message[];
  readonly openCalls: readonly ToolCall[];
  readonly newMessages: readonly string[];
  readonly roundCommit: string | null;
  readonly roundChecks: readonly EventData<'checkEnded'>[];
  readonly proof: Pick<Proof, 'judged' | 'keptOut'>;
}

/** What the next turn adds to the conversation before the model is asked. */
export function messagesOfNextTurn(run: Told): readonly Message[] {
  const isOpen = run.transcript.length > 0;
  return [...(isOpen ? [] : opening(run)), ...[...textsOfRound(run), ...run.newMessages].map(asUser)];
}

/** What the round that was committed last came to: what fails, what is missing, what was not taken, what was found. */
export function textsOfRound(run: Told): readonly string[] {
  const { created, transcript, roundCommit, roundChecks, proof } = run;
  // A conversation that begins has that in its first words.
  if (roundCommit === null || transcript.length === 0) return [];
  const findings = roundChecks.some(({ passed }) => !passed) ? findingsOf(run, roundChecks) : '';
  const results = proof.judged?.commit === roundCommit ? proof.judged.results : [];
  const notes = roundNotes(created.spec.criteria, { results, keptOut: proof.keptOut });
  return [findings, notes, ...integrityTexts(run)].filter((text) => text !== '');
}

/** The first words of all; a task that goes on from a turn of another one knows what was said there. */
function opening({ created, baseline, course }: Told): readonly Message[] {
  const first: Message[] = [{ role: 'system', text: systemPrompt }, asUser(firstPrompt(created, baseline))];
  if (created.fork === null || course.isAfresh) return first;
  return [...first, ...created.fork.transcript.slice(first.length), asUser(forkPrompt(created.fork.turn))];
}

export function asUser(text: string): Message {
  return { role: 'user', text };
}

/** Every tool call needs an answer before the conversation can go on, else endpoints refuse it. */
export function closeOpenCalls(run: Told): readonly Message[] {
  return [
    ...run.transcript,
    ...run.openCalls.map((call): Message => ({ role: 'tool', callId: call.id, text: interruptedText })),
  ];
}
