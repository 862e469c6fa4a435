// In which steps of a task runners have ended, and how often: so that a step that ends every runner is given up.
import { toolActivity } from '../../shared/task/applyEvent.ts';
import type { TaskEvent, ToolCall } from '../../shared/task/events.ts';

/** From so many on the step is done alone: several tasks act when a runner ends, and only one of them is to blame. */
const suspectFrom = 2;

/** A step in which so many runners have ended is not tried again: one end of a runner that acts alone may be chance, three are none. */
export const mostDeaths = suspectFrom + 3;

/** Characters of a call that a person is told of. */
const toldChars = 200;

/** Ends of runners by the step that went on; a step that has come to its end since is not in it. */
export type Deaths = Readonly<Record<string, number>>;

const stepEnds: ReadonlySet<TaskEvent['type']> = new Set([
  ...(['prepared', 'setUpEnded', 'checkEnded', 'turnAnswered', 'compacted'] as const),
  ...(['toolEnded', 'committed', 'crossRunEnded', 'integrityInspected', 'delivered'] as const),
]);

/** The deaths after one more event; `pending` is the step that was going on before it. An end in good order is none. */
export function deathsAfter(deaths: Deaths, pending: TaskEvent | null, event: TaskEvent): Deaths {
  if (pending === null) return deaths;
  const step = nameOf(pending);
  if (event.type === 'runnerEnded' && !event.data.inOrder) return withDeath(deaths, pending);
  if (!stepEnds.has(event.type) || !Object.hasOwn(deaths, step)) return deaths;
  return Object.fromEntries(Object.entries(deaths).filter(([name]) => name !== step));
}

/** The deaths with one more in the step. */
export function withDeath(deaths: Deaths, pending: TaskEvent): Deaths {
  return { ...deaths, [nameOf(pending)]: deathsIn(deaths, pending) + 1 };
}

/** How many runners have ended in the step, without an end of it since. */
export function deathsIn(deaths: Deaths, pending: TaskEvent): number {
  return deaths[nameOf(pending)] ?? 0;
}

/** Whether what the task does next may be what ends the runner. */
export function isSuspect(run: {
  readonly deaths: Deaths;
  readonly pending: TaskEvent | null;
  readonly openCalls: readonly ToolCall[];
}): boolean {
  const next = [
    ...(run.pending === null ? [] : [nameOf(run.pending)]),
    ...run.openCalls.slice(0, 1).map(nameOfCall),
  ];
  return Object.entries(run.deaths).some(
    // The agent need not repeat a call that was cut off; all else is done again.
    ([step, count]) => count >= suspectFrom && (next.includes(step) || !step.startsWith('call ')),
  );
}

/** The step as the end of “The runner ended while …”. */
export function wordsOf(pending: TaskEvent): string {
  switch (pending.type) {
    case 'toolStarted':
      return shortened(toolActivity(pending.data));
    case 'checkStarted':
      return `running the check ${pending.data.name}`;
    case 'setUpStarted':
      return 'running the set-up command';
    case 'prepareStarted':
      return 'preparing the workspace';
    case 'compactionStarted':
      return 'shortening the conversation';
    case 'commitStarted':
      return 'committing the work';
    case 'crossRunStarted':
      return pending.data.kind === 'baseTests'
        ? 'running the old tests on the new code'
        : 'running the new tests without the change';
    case 'inspectionStarted':
      return 'comparing the tests with those of before';
    case 'deliverStarted':
      return 'delivering the branch';
    default:
      return 'waiting for the model';
  }
}

function shortened(activity: string): string {
  const line = activity.replace(/\s+/g, ' ').slice(0, toldChars);
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function nameOf(pending: TaskEvent): string {
  if (pending.type === 'toolStarted') return nameOfCall(pending.data);
  if (pending.type === 'crossRunStarted') return `cross-run ${pending.data.kind}`;
  return pending.type === 'checkStarted' ? `check ${pending.data.name}` : pending.type;
}

/** The same call in a later turn is the same step. */
function nameOfCall({ name, arguments: json }: Pick<ToolCall, 'name' | 'arguments'>): string {
  return `call ${name} ${json}`;
}
