// Which waiting task gets the next free place, and what is told of the others: no clock, no disk, no randomness.
import { mostToldWaiting, type TaskQueue } from '../../shared/protocol/queue.ts';
import type { Priority } from '../../shared/task/events.ts';

/** A task rises by one level of priority with every so many that came after it and got a place before it. */
export const liftAfter = 10;

const levels: Readonly<Record<Priority, number>> = { low: 0, normal: 1, high: 2 };
const namedTasks = 3;
const titleChars = 40;

/** What the queue knows of a task. */
export interface QueuedTask {
  readonly id: string;
  readonly title: string;
  readonly repository: { readonly id: string; readonly name: string };
  readonly priority: Priority;
  /** Whether it has worked before. */
  readonly hasBegun: boolean;
  /** Whether what it does next may be what ends the runner: then it acts alone. */
  readonly isSuspect: boolean;
}

/** Tasks that may act at the same time. */
export interface QueueLimits {
  readonly all: number;
  /** Null for no limit but that of all. */
  readonly perRepository: number | null;
}

interface Waiting extends QueuedTask {
  /** How many came later and got a place earlier. */
  readonly passedOver: number;
}

export interface Queue {
  readonly limits: QueueLimits;
  /** In the order in which they began to wait. */
  readonly waiting: readonly Waiting[];
  /** Those that hold a place. */
  readonly acting: readonly QueuedTask[];
  /** Ids of repositories; the one that got a place last comes last. */
  readonly served: readonly string[];
}

export function newQueue(limits: QueueLimits): Queue {
  return { limits, waiting: [], acting: [], served: [] };
}

/** The queue with a task at its end. One that waits already keeps its place, with what is known of it now. */
export function join(queue: Queue, task: QueuedTask): Queue {
  const isWaiting = queue.waiting.some(({ id }) => id === task.id);
  const waiting = isWaiting
    ? queue.waiting.map((one) => (one.id === task.id ? { ...task, passedOver: one.passedOver } : one))
    : [...queue.waiting, { ...task, passedOver: 0 }];
  return { ...queue, waiting };
}

/** The queue without a task, whether it waits or holds a place. */
export function leave(queue: Queue, taskId: string): Queue {
  const isOther = ({ id }: QueuedTask): boolean => id !== taskId;
  return { ...queue, waiting: queue.waiting.filter(isOther), acting: queue.acting.filter(isOther) };
}

/** The queue with what is known of an acting task now. */
export function update(queue: Queue, taskId: string, isSuspect: boolean): Queue {
  const acting = queue.acting.map((one) => (one.id === taskId ? { ...one, isSuspect } : one));
  return { ...queue, acting };
}

/** Whether an acting task has to give its place back before its next step, because one of several has to act alone. */
export function givesWay({ waiting, acting }: Queue, taskId: string): boolean {
  const own = acting.find(({ id }) => id === taskId);
  if (own === undefined) return false;
  return own.isSuspect ? acting.length > 1 : waiting.some((task) => task.isSuspect);
}

/** The task for the next free place; null where no place is free, or none that a waiting task may take. */
export function nextTask(queue: Queue): string | null {
  if (queue.acting.length >= queue.limits.all || queue.acting.some((task) => task.isSuspect)) return null;
  const suspect = inOrder(queue).find((task) => task.isSuspect);
  if (suspect !== undefined) return queue.acting.length === 0 ? suspect.id : null;
  return inOrder(queue).find((task) => !isFull(queue, task.repository.id))?.id ?? null;
}

/** The queue after a waiting task got a place. */
export function letIn(queue: Queue, taskId: string): Queue {
  const index = queue.waiting.findIndex(({ id }) => id === taskId);
  const entered = queue.waiting[index];
  if (entered === undefined) return queue;
  const earlier = queue.waiting
    .slice(0, index)
    // What only its own repository's limit keeps back is not passed over.
    .map((one) => (isFull(queue, one.repository.id) ? one : { ...one, passedOver: one.passedOver + 1 }));
  return {
    ...queue,
    waiting: [...earlier, ...queue.waiting.slice(index + 1)],
    acting: [...queue.acting, entered],
    served: [...queue.served.filter((id) => id !== entered.repository.id), entered.repository.id],
  };
}

type Sees = (taskId: string) => boolean;

/**
 * What clients are told: where every waiting task stands, and what it waits for. Of tasks that a client does not see
 * it is only told how many there are.
 */
export function explain(queue: Queue, sees: Sees = () => true): TaskQueue {
  const reasonForAll = `${used(queue.acting.length, queue.limits.all)} used by ${named(queue.acting, sees)}`;
  const waiting = inOrder(queue)
    .map((task, index) => ({ task, position: index + 1 }))
    .filter(({ task }) => sees(task.id))
    .slice(0, mostToldWaiting)
    .map(({ task, position }) => ({
      taskId: task.id,
      position,
      reason: suspectReason(queue, task, sees) ?? repositoryReason(queue, task, sees) ?? reasonForAll,
    }));
  return { waiting, total: queue.waiting.length };
}

/** While one acts, or is about to act, alone. */
function suspectReason(queue: Queue, task: QueuedTask, sees: Sees): string | null {
  const suspect = queue.acting.find((one) => one.isSuspect) ?? inOrder(queue).find((one) => one.isSuspect);
  if (suspect === undefined) return null;
  if (suspect.id !== task.id)
    return `${sees(suspect.id) ? short(suspect.title) : 'another task'} acts alone: the runner has ended in its step before`;
  return 'it acts alone, since the runner has ended in its step before';
}

/** Only where it is the repository alone that is full. */
function repositoryReason(queue: Queue, { repository }: QueuedTask, sees: Sees): string | null {
  const { all, perRepository } = queue.limits;
  if (perRepository === null || queue.acting.length >= all || !isFull(queue, repository.id)) return null;
  const own = queue.acting.filter((task) => task.repository.id === repository.id);
  return `${used(own.length, perRepository)} for ${short(repository.name)} used by ${named(own, sees)}`;
}

/**
 * The waiting tasks in the order in which they would go if nothing else happened: the highest level first, what has
 * begun before what has not; then the repository with the fewest acting tasks, of several the one that waits longest for
 * a place; in it the task that waits longest.
 */
function inOrder(queue: Queue): readonly Waiting[] {
  const levelsOfQueue = Map.groupBy(queue.waiting, (task) => levelOf(task) * 2 + Number(task.hasBegun));
  const turns = new Turns(queue);
  return [...levelsOfQueue.entries()]
    .toSorted(([one], [other]) => other - one)
    .flatMap(([, tasks]) => fairly(tasks, turns));
}

function levelOf({ priority, passedOver }: Waiting): number {
  return levels[priority] + Math.floor(passedOver / liftAfter);
}

function fairly(tasks: readonly Waiting[], turns: Turns): Waiting[] {
  const lines = Map.groupBy(tasks, (task) => task.repository.id);
  const ordered: Waiting[] = [];
  while (lines.size > 0) {
    // The lines stand in the order of their oldest tasks, which decides between repositories that are equal otherwise.
    const repositoryId = [...lines.keys()].reduce((best, id) => (turns.isBefore(id, best) ? id : best));
    const line = lines.get(repositoryId) ?? [];
    ordered.push(...line.splice(0, 1));
    if (line.length === 0) lines.delete(repositoryId);
    turns.take(repositoryId);
  }
  return ordered;
}

/** Whose turn it is: how many tasks of each repository act, and when each got its last place. */
class Turns {
  readonly #acting = new Map<string, number>();
  readonly #served: Map<string, number>;
  #count: number;

  constructor({ acting, served }: Queue) {
    for (const { repository } of acting) this.#acting.set(repository.id, this.#actingOf(repository.id) + 1);
    this.#served = new Map(served.map((id, index) => [id, index + 1]));
    this.#count = served.length;
  }

  isBefore(one: string, other: string): boolean {
    const difference = this.#actingOf(one) - this.#actingOf(other);
    return difference < 0 || (difference === 0 && this.#servedAt(one) < this.#servedAt(other));
  }

  take(repositoryId: string): void {
    this.#count += 1;
    this.#served.set(repositoryId, this.#count);
    this.#acting.set(repositoryId, this.#actingOf(repositoryId) + 1);
  }

  #actingOf(repositoryId: string): number {
    return this.#acting.get(repositoryId) ?? 0;
  }

  /** 0 for one that never got a place. */
  #servedAt(repositoryId: string): number {
    return this.#served.get(repositoryId) ?? 0;
  }
}

function isFull({ limits, acting }: Queue, repositoryId: string): boolean {
  const { perRepository } = limits;
  if (perRepository === null) return false;
  return acting.filter(({ repository }) => repository.id === repositoryId).length >= perRepository;
}

function used(count: number, limit: number): string {
  return `${count} of ${limit} ${limit === 1 ? 'place' : 'places'}`;
}

function named(tasks: readonly QueuedTask[], sees: Sees): string {
  const names = tasks
    .filter(({ id }) => sees(id))
    .slice(0, namedTasks)
    .map(({ title }) => short(title));
  const more = tasks.length - names.length;
  if (names.length === 0 && more > 0) return more === 1 ? 'another task' : `${more} other tasks`;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= titleChars) return line;
  // The cut must not leave half of a character.
  return `${line
    .slice(0, titleChars - 1)
    .replace(/\p{Cs}$/u, '')
    .trimEnd()}…`;
}
