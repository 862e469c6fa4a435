// What must hold of a whole task however its runner died, told as sentences about what does not.
import { isDeepStrictEqual } from 'node:util';
import { sentenceOf } from '../../shared/errors/errors.ts';
import type { EventType, TaskEvent } from '../../shared/task/events.ts';
import { interruptedText } from '../../runner/tasks/prompts.ts';
import type { Outcome } from './wholeLife.ts';
import { countingCalls } from './wholeTask.ts';

/** Differences from what must be; none where all is well. `calm` is the life without a death. */
export function faultsOf(outcome: Outcome, calm: Outcome): string[] {
  return [
    ...resultFaults(outcome, calm),
    ...logFaults(outcome),
    ...countFaults(outcome),
    ...repetitionFaults(outcome, calm),
  ];
}

/** Characters of a difference that are shown, and how many of them stand before it. */
const shownChars = 160;
const shownBefore = 40;

/** Lives that go on at the same time. */
const lanes = 3;

/** Lives to all places, a few at a time; what throws is a fault like another. Each fault names its place. */
export async function faultsInLanes<Place extends string | number>(
  places: readonly Place[],
  livesTo: (place: Place) => Promise<readonly string[]>,
): Promise<string[]> {
  const faults: string[] = [];
  const waiting = places.values();
  const lane = async (): Promise<void> => {
    for (const place of waiting) {
      const found = await livesTo(place).catch((error: unknown) => [sentenceOf(error)]);
      faults.push(...found.map((fault) => `${place}: ${fault}`));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return faults;
}

/** The same result: a life may be interrupted, its end must not show it. */
function resultFaults({ task, commits }: Outcome, calm: Outcome): string[] {
  const resultOf = ({ status, verdict, endReason, files, rounds, question }: Outcome['task']) => ({
    ...{ status, verdict, endReason, files, rounds, question },
  });
  return [
    ...differ('the task', resultOf(task), resultOf(calm.task)),
    ...differ('the branch', commits, calm.commits),
  ];
}

/** What a client saw is what the log tells: all of it, once, in order. */
function logFaults({ events, seen }: Outcome): string[] {
  const whole = events.map((_, index) => index + 1);
  return [
    ...differ(
      'the order of the log',
      events.map(({ seq }) => seq),
      whole,
    ),
    ...differ('what the client saw', seen, events),
    ...differ('tasks created', countOf(events, 'taskCreated'), 1),
  ];
}

/** A command ran once, or the agent was told that it may not have. */
function countFaults({ events, counts }: Outcome): string[] {
  return countingCalls.flatMap((name) => {
    const times = counts.filter((line) => line === name).length;
    const started = events.filter(
      (event) => event.type === 'toolStarted' && event.data.arguments.includes(`echo ${name} `),
    );
    const isReported = events.some(
      (event) =>
        event.type === 'toolEnded' &&
        started.some((start) => start.type === 'toolStarted' && start.data.callId === event.data.callId) &&
        event.data.text.startsWith(interruptedText),
    );
    const isFine = started.length === 1 && (times === 1 || (times === 0 && isReported));
    return isFine ? [] : [`the command ${name} was started ${started.length} times and ran ${times} times`];
  });
}

/** One death costs one step, and nothing that had ended is done again. */
function repetitionFaults({ events }: Outcome, calm: Outcome): string[] {
  const interruptions = countOf(events, 'interrupted');
  const isTold = events.some((event) => event.type === 'toolEnded' && !event.data.ok);
  const endTypes: readonly EventType[] = [
    ...(['prepared', 'setUpEnded', 'checkEnded', 'committed', 'delivered'] as const),
    ...(['questionAsked', 'questionAnswered', 'messageReceived', 'taskFailed'] as const),
    // An agent that is told of an interruption may take a turn more.
    ...(isTold ? [] : (['turnAnswered', 'toolEnded', 'checkpointed'] as const)),
  ];
  const ends = (all: readonly TaskEvent[]): EventType[] =>
    all.map(({ type }) => type).filter((type) => endTypes.includes(type));
  return [
    ...(interruptions > 1 ? [`${interruptions} steps were interrupted`] : []),
    ...differ('what was done', ends(events), ends(calm.events)),
  ];
}

function countOf(events: readonly TaskEvent[], type: EventType): number {
  return events.filter((event) => event.type === type).length;
}

/** Names both sides from a little before the first difference on. */
function differ(what: string, actual: unknown, expected: unknown): string[] {
  if (isDeepStrictEqual(actual, expected)) return [];
  const [isText, shouldBe] = [JSON.stringify(actual), JSON.stringify(expected)];
  let first = 0;
  while (first < isText.length && isText[first] === shouldBe[first]) first += 1;
  const from = Math.max(0, first - shownBefore);
  const partOf = (text: string): string => text.slice(from, from + shownChars);
  return [`${what}: …${partOf(isText)}… instead of …${partOf(shouldBe)}…`];
}
