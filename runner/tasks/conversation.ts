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
  const isNewRound = run.roundCommit !== null;
  const isOpen = run.transcript.length > 0;
  const hasFindings = isOpen && isNewRound && run.roundChecks.some((check) => !check.passed);
  const { judged, keptOut } = run.proof;
  const told = { results: judged?.results ?? [], keptOut };
  const notes = isOpen && isNewRound ? roundNotes(run.created.spec.criteria, told) : '';
  return [
    ...(isOpen ? [] : opening(run)),
    ...(hasFindings ? [asUser(findingsOf(run, run.roundChecks))] : []),
    ...(notes === '' ? [] : [asUser(notes)]),
    ...(isOpen ? integrityTexts(run).map(asUser) : []),
    ...run.newMessages.map(asUser),
  ];
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
