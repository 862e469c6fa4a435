// Keeps tasks going: asks what is next, records, acts; a task waits for a place, and holds it, only while it has something to do.
import { isCancellation, KnownError } from '../../shared/errors/errors.ts';
import type { Fact, SandboxProvider, TaskEvent } from '../../shared/task/events.ts';
import { DayLedger } from '../tasks/dayLedger.ts';
import { decide, factsOfTakeUp, mustActAlone, type Decision, type Step } from '../tasks/life.ts';
import { hasEnded } from '../../shared/task/hasEnded.ts';
import type { Journal } from '../tasks/ports.ts';
import type { QueueLimits } from '../tasks/queue.ts';
import { QueueHistory } from '../tasks/queueHistory.ts';
import { advance, runOf, type Run } from '../tasks/run.ts';
import { Places } from './places.ts';
import { isDiskFull, performWithRoom, whenThereIsRoom } from './fullDisk.ts';
import { LostCall } from './lostCall.ts';
import type { StepCall, StepPorts } from './stepCall.ts';
import { startOf } from './steps.ts';
import { keepWork, nothingKept } from './workspaceSteps.ts';

/** Milliseconds between tries to record a fact while the disk is full. */
const fullDiskPauseMs = 2_000;

const dayMs = 24 * 3_600_000;

/** What may set money free that was set aside. */
const settling: ReadonlySet<TaskEvent['type']> = new Set(['turnAnswered', 'compacted', 'rateLimited']);

/** The longest delay that a timer takes. Source: Node's `setTimeout`. */
const longestTimerMs = 2 ** 31 - 1;

export interface EngineOptions {
  readonly journal: Journal;
  readonly ports: StepPorts;
  /** Tasks that act at the same time. */
  readonly limits: QueueLimits;
  /** US dollars that all tasks may spend on one day, UTC; null for no ceiling. */
  readonly dayCeilingUsd: number | null;
  /** What commands run in now; a task that began under another one is told. */
  readonly sandbox: SandboxProvider;
  /** Told of failures that are bugs, with their stack. */
  readonly logBug: (error: unknown, where: string) => void;
}

/** A task that acts now: it holds a place, but for one that stops or is deleted. */
interface Acting {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class Engine implements AsyncDisposable {
  readonly #options: EngineOptions;
  readonly #places: Places;
  readonly #acting = new Map<string, Acting>();
  readonly #wakeUps = new Map<string, NodeJS.Timeout>();
  readonly #wokenWhileActing = new Set<string>();
  /** Tasks that are cut off because something must take effect at once. */
  readonly #urgent = new Set<string>();
  /** Tasks that have acted under this runner. */
  readonly #takenUp = new Set<string>();
  /** Tasks that the day's ceiling keeps back. */
  readonly #heldBack = new Set<string>();
  readonly #ending = new AbortController();
  #hasStarted = false;
  readonly #ledger: DayLedger;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#ledger = new DayLedger(options.dayCeilingUsd);
    const yesterday = new Date(options.ports.clock.now().getTime() - dayMs);
    const history = new QueueHistory(options.limits, options.journal.tasks(), yesterday);
    for (const event of options.journal.eventsSince(yesterday)) {
      this.#ledger.add(event);
      history.add(event);
    }
    this.#places = new Places(history.queue());
  }

  /** Takes up every task that is not at rest, as the log tells it. */
  start(): void {
    this.#hasStarted = true;
    for (const { id } of this.#options.journal.tasks()) {
      // A stop may have come before.
      if (this.#acting.has(id)) continue;
      const run = this.#runOf(id);
      if (run === null || !this.#hasWork(run)) this.#places.leave(id);
      else this.#join(id);
    }
    this.#fillPlaces();
  }

  /** The tasks that wait for a place. */
  get queue(): Pick<Places, 'current' | 'onChange'> {
    return this.#places;
  }

  /** True while no task acts or waits for a place. */
  get isIdle(): boolean {
    return this.#acting.size === 0 && !this.#places.hasWaiting;
  }

  /** Records what came from outside (a message, a stop) and lets the task act on it. */
  record(taskId: string, facts: readonly Fact[]): void {
    this.#append(taskId, facts);
    this.wake(taskId);
  }

  /** Records that the task is deleted, as soon as nothing of it runs any more. */
  async recordDeletion(taskId: string): Promise<void> {
    const spentTodayUsd = this.#ledger.shareOf(taskId);
    const { journal } = this.#options;
    const owner = journal.task(taskId)?.owner;
    const wasShared = journal.eventsOf(taskId, 0).some(({ type }) => type === 'sharingChanged');
    const ownership = { ...(owner === undefined ? {} : { owner }), ...(wasShared ? { wasShared } : {}) };
    await this.recordNow(taskId, [{ type: 'deleted', data: { spentTodayUsd, ...ownership } }]);
  }

  /** On disk first, then counted. */
  #append(taskId: string, facts: readonly Fact[]): readonly TaskEvent[] {
    if (facts.length === 0) return [];
    const events = this.#options.journal.append(taskId, facts, this.#options.ports.clock.now());
    for (const event of events) this.#ledger.add(event);
    const hasSettled = events.some(({ type }) => settling.has(type));
    if (hasSettled) for (const held of [...this.#heldBack]) this.wake(held);
    return events;
  }

  /** Lets the task decide anew, now or as soon as a place is free. */
  wake(taskId: string): void {
    if (this.#ending.signal.aborted || !this.#hasStarted) return;
    if (this.#acting.has(taskId)) this.#wokenWhileActing.add(taskId);
    else this.#join(taskId);
    this.#fillPlaces();
  }

  /**
   * Records what must take effect at once (a stop, a deletion): cuts off what the task is doing and lets it
   * decide anew, even where all places are taken. Resolves when nothing of the cut-off step runs any more.
   */
  async recordNow(taskId: string, facts: readonly Fact[]): Promise<void> {
    this.#append(taskId, facts);
    const acting = this.#acting.get(taskId);
    if (acting === undefined) {
      this.#forgetWait(taskId);
      this.#places.leave(taskId);
      this.#enter(taskId);
      return;
    }
    this.#urgent.add(taskId);
    acting.controller.abort();
    await acting.ended;
  }

  /** Ends, and says so in the logs of those that it cuts off: the next start goes on from there. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    for (const timer of this.#wakeUps.values()) clearTimeout(timer);
    this.#wakeUps.clear();
    const acting = [...this.#acting];
    for (const [, { controller }] of acting) controller.abort();
    for (const [taskId, { ended }] of acting) {
      await ended;
      this.#tellOfEnd(taskId);
    }
  }

  #tellOfEnd(taskId: string): void {
    try {
      const run = this.#runOf(taskId);
      if (run !== null && run.pending !== null && !run.isAtRest)
        this.#append(taskId, [{ type: 'runnerEnded', data: { inOrder: true } }]);
    } catch (error) {
      // Where there is no room for the word it is missed by nobody, as long as that doesn't happen in one step again and again.
      if (!isDiskFull(error)) this.#options.logBug(error, `the end of ${taskId}`);
    }
  }

  /** Lets a task wait for a place if it has something to do; one that waits for a person or a time takes none. */
  #join(taskId: string): void {
    this.#forgetWait(taskId);
    const task = this.#options.journal.task(taskId);
    if (task === undefined || hasEnded(task)) {
      this.#places.leave(taskId);
      return;
    }
    const run = this.#runOf(taskId);
    if (run !== null && (this.#places.isWaiting(taskId) || this.#hasWork(run)))
      this.#places.join(task, mustActAlone(run, this.#takenUp.has(taskId)));
  }

  #hasWork(run: Run): boolean {
    const { kind } = this.#decideOrWait(run);
    return kind === 'step' || kind === 'record';
  }

  /** Null for a task that is unknown, or whose log can't be read: the others go on without it. */
  #runOf(taskId: string): Run | null {
    try {
      return runOf(this.#options.journal.eventsOf(taskId, 0));
    } catch (error) {
      this.#options.logBug(error, `task ${taskId}`);
      return null;
    }
  }

  #fillPlaces(): void {
    if (this.#ending.signal.aborted) return;
    for (let taskId = this.#places.next(); taskId !== null; taskId = this.#places.next()) this.#enter(taskId);
  }

  #enter(taskId: string): void {
    const controller = new AbortController();
    const ended = this.#live(taskId, controller.signal).finally(() => {
      this.#leave(taskId);
    });
    this.#acting.set(taskId, { controller, ended });
  }

  #leave(taskId: string): void {
    this.#acting.delete(taskId);
    this.#places.leave(taskId);
    const isWoken = this.#wokenWhileActing.delete(taskId);
    const isUrgent = this.#urgent.delete(taskId);
    if (this.#ending.signal.aborted) return;
    if (isUrgent) this.#enter(taskId);
    else if (isWoken) this.#join(taskId);
    this.#fillPlaces();
  }

  /** Steps a task until it waits, rests or is cut off. Never rejects. */
  async #live(taskId: string, signal: AbortSignal): Promise<void> {
    // The caller has to know the task as acting before anything of it happens.
    await Promise.resolve();
    const { ports, journal } = this.#options;
    try {
      let run = runOf(journal.eventsOf(taskId, 0));
      if (run !== null) run = await this.#takeUp(run, signal);
      if (run !== null) run = await this.#tellSandbox(run, signal);
      while (run !== null && !signal.aborted) {
        const decision = this.#decideOrWait(run);
        if (decision.kind === 'rest' || decision.kind === 'wait') break;
        if (decision.kind === 'record') await this.#record(taskId, decision.facts, signal);
        else await this.#act(taskId, run, decision.step, signal);
        run = this.#catchUp(run);
        if (this.#givesWay(run)) break;
      }
    } catch (error) {
      if (!isCancellation(error) || !signal.aborted) this.#options.logBug(error, `task ${taskId}`);
    } finally {
      await ports.checkouts.close(taskId).catch((error: unknown) => {
        this.#options.logBug(error, `checkout of ${taskId}`);
      });
    }
  }

  /** What the last runner left is recorded when the task first acts: one that only waited since has ended no other runner. */
  async #takeUp(run: Run, signal: AbortSignal): Promise<Run> {
    const { id } = run.task;
    if (this.#takenUp.has(id)) return run;
    await this.#record(id, factsOfTakeUp(run), signal);
    this.#takenUp.add(id);
    return this.#catchUp(run);
  }

  async #tellSandbox(run: Run, signal: AbortSignal): Promise<Run> {
    const { sandbox } = this.#options;
    if (run.isAtRest || run.task.sandbox === sandbox) return run;
    await this.#record(run.task.id, [{ type: 'sandboxChanged', data: { sandbox } }], signal);
    return this.#catchUp(run);
  }

  /** A task that has to act alone waits for all others, and they for it. */
  #givesWay(run: Run): boolean {
    const { id } = run.task;
    const givesWay = this.#places.givesWay(id, mustActAlone(run, true));
    if (givesWay) this.#wokenWhileActing.add(id);
    else this.#fillPlaces();
    return givesWay;
  }

  /** What is next in a task; for one that waits, its waking is arranged. */
  #decideOrWait(run: Run): Decision {
    const now = this.#options.ports.clock.now();
    const decision = decide(run, { now, dayLeftUsd: this.#ledger.leftUsd(now) });
    if (decision.kind === 'wait') {
      if (run.isHeldBack) this.#heldBack.add(run.task.id);
      this.#wakeAt(run.task.id, decision.until);
    }
    return decision;
  }

  #catchUp(run: Run): Run {
    return this.#options.journal.eventsOf(run.task.id, run.task.seq).reduce(advance, run);
  }

  async #act(taskId: string, run: Run, step: Step, signal: AbortSignal): Promise<void> {
    const { ports } = this.#options;
    const start = startOf(step);
    // What a model call sets aside is recorded in the same moment as it is decided: no other task gets in between.
    if (start !== null) await this.#record(taskId, [start], signal);
    if (step.kind !== 'check') await ports.checkouts.close(taskId);
    const started = this.#catchUp(run);
    let current = started;
    const call: StepCall = {
      run: started,
      ports,
      record: (facts) => {
        signal.throwIfAborted();
        this.#append(taskId, facts);
        current = this.#catchUp(current);
        return current;
      },
      events: () => this.#options.journal.eventsOf(taskId, 0),
      dayLeftUsd: () => this.#ledger.leftUsd(ports.clock.now()),
      signal,
    };
    try {
      await this.#record(taskId, await performWithRoom(step, call), signal);
    } catch (error) {
      if (signal.aborted) throw error;
      await this.#fail(taskId, error, { ...call, run: current });
    }
  }

  async #fail(taskId: string, failure: unknown, call: StepCall): Promise<void> {
    const cause = failure instanceof LostCall ? failure.known : failure;
    const known = cause instanceof KnownError ? cause : this.#internalError(taskId, cause);
    const error = known.toReport();
    const { facts, kept } = await this.#keepWork(taskId, call);
    const lost = failure instanceof LostCall ? { mayBeBilled: true } : {};
    await this.#record(
      taskId,
      [...facts, { type: 'taskFailed', data: { error, ...kept, ...lost } }],
      call.signal,
    );
  }

  /** What failed may have to do with the workspace, too: then what was kept before is all there is. */
  async #keepWork(taskId: string, call: StepCall): ReturnType<typeof keepWork> {
    try {
      return (await whenThereIsRoom(call, Infinity, () => keepWork(call))) ?? nothingKept;
    } catch (error) {
      call.signal.throwIfAborted();
      this.#options.logBug(error, `the work of ${taskId}`);
      return nothingKept;
    }
  }

  #internalError(taskId: string, error: unknown): KnownError {
    this.#options.logBug(error, `task ${taskId}`);
    return new KnownError(
      'internal',
      { detail: error instanceof Error ? error.message : String(error) },
      error,
    );
  }

  /**
   * A full disk stops the task, not the fact: it is recorded as soon as there is room again.
   * What was cut off records nothing more: it may have been deleted.
   */
  async #record(taskId: string, facts: readonly Fact[], signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      try {
        this.#append(taskId, facts);
        return;
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        this.#options.ports.makeRoom();
        await this.#options.ports.clock.sleep(fullDiskPauseMs, signal);
      }
    }
  }

  #forgetWait(taskId: string): void {
    clearTimeout(this.#wakeUps.get(taskId));
    this.#wakeUps.delete(taskId);
    this.#heldBack.delete(taskId);
  }

  #wakeAt(taskId: string, at: Date): void {
    const delayMs = Math.max(0, at.getTime() - this.#options.ports.clock.now().getTime());
    const timer = setTimeout(
      () => {
        this.wake(taskId);
      },
      Math.min(delayMs, longestTimerMs),
    );
    this.#wakeUps.set(taskId, timer);
  }
}
