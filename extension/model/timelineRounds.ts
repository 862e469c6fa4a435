// Finds out which round an event belongs to, how the rounds went and how long the task was at work.
import type { TaskEvent } from '../../shared/task/events.ts';
import {
  noProblems,
  ProblemHistory,
  withChange,
  type ProblemChange,
} from '../../shared/task/problemHistory.ts';
import type { TimelineRound } from './timelineItems.ts';

export class TimelineRounds {
  readonly #rounds = new Map<number, TimelineRound>();
  readonly #changed = new Set<number>();
  readonly #history = new ProblemHistory();
  #lastChange: ProblemChange = { ages: [], gone: [] };
  #current = 0;
  /** The newest turn that has begun. */
  #turn = 0;
  #isOver = false;
  #hasEnded = false;
  #workedMs = 0;
  #since: string | null = null;

  get current(): number {
    return this.#current;
  }

  /** What the newest end of a check changed among its problems. */
  get lastChange(): ProblemChange {
    return this.#lastChange;
  }

  all(): TimelineRound[] {
    return [...this.#rounds.values()];
  }

  /** The rounds that changed since the last call. */
  takeChanged(): TimelineRound[] {
    const changed = [...this.#changed].flatMap((round) => this.#rounds.get(round) ?? []);
    this.#changed.clear();
    return changed;
  }

  elapsed(): { readonly beforeMs: number; readonly since: string | null } {
    return { beforeMs: this.#workedMs, since: this.#since };
  }

  add(event: TaskEvent): void {
    if (event.type === 'markedDone' || event.type === 'deleted') return;
    if (this.#hasEnded) this.#reopen(event);
    if (this.#rounds.size === 0) {
      this.#since = event.at;
      this.#enter(0, event.at);
    }
    this.#follow(event);
    this.#count(event);
  }

  #follow(event: TaskEvent): void {
    if (event.type === 'turnStarted' && (this.#current === 0 || this.#isOver))
      this.#enter(this.#current + 1, event.at);
    const isNumbered = event.type === 'commitStarted' || event.type === 'checkStarted';
    if (isNumbered && event.data.round > this.#current) this.#enter(event.data.round, event.at);
    if (event.type === 'committed') this.#isOver = true;
    if (event.type === 'delivered' || event.type === 'stopped' || event.type === 'taskFailed')
      this.#end(event.at);
  }

  #count(event: TaskEvent): void {
    const round = this.#rounds.get(this.#current);
    if (round === undefined) return;
    if (event.type === 'turnStarted') {
      // A turn that had to wait for a limit of the endpoint begins again under its number.
      if (event.data.turn > this.#turn) this.#set({ ...round, turns: round.turns + 1 });
      this.#turn = event.data.turn;
    }
    if (event.type !== 'checkEnded' || event.data.proposedFor !== undefined) return;
    this.#lastChange = this.#history.add(event.data);
    const problems = withChange(round.problems, this.#lastChange);
    if (event.data.passed) this.#set({ ...round, problems, checksPassed: round.checksPassed + 1 });
    else this.#set({ ...round, problems, checksFailed: round.checksFailed + 1 });
  }

  #enter(round: number, at: string): void {
    this.#close(at);
    this.#current = round;
    this.#isOver = false;
    this.#set({
      round,
      startedAt: at,
      endedAt: null,
      turns: 0,
      checksPassed: 0,
      checksFailed: 0,
      problems: noProblems,
    });
  }

  #close(at: string): void {
    const round = this.#rounds.get(this.#current);
    if (round?.endedAt === null) this.#set({ ...round, endedAt: at });
  }

  #end(at: string): void {
    this.#close(at);
    this.#isOver = true;
    this.#hasEnded = true;
    if (this.#since !== null) this.#workedMs += Date.parse(at) - Date.parse(this.#since);
    this.#since = null;
  }

  /** A message to a task at rest starts another round. */
  #reopen(event: TaskEvent): void {
    this.#hasEnded = false;
    this.#since = event.at;
    this.#enter(this.#current + 1, event.at);
  }

  #set(round: TimelineRound): void {
    this.#rounds.set(round.round, round);
    this.#changed.add(round.round);
  }
}
