// Plays the life of a task without any world: a test answers the steps, the decision does the rest.
import type { Fact, TaskEvent } from '../../shared/task/events.ts';
import { decide, type Decision, type Step } from '../../runner/tasks/life.ts';
import { startOf } from '../../runner/engine/steps.ts';
import { advance, type Run } from '../../runner/tasks/run.ts';
import { eventAt, firstTime } from './taskFacts.ts';

/** Answers a step with the facts of its end. */
export type World = (step: Step, run: Run) => readonly Fact[];

export class PureLife {
  readonly events: TaskEvent[] = [];
  readonly steps: Step[] = [];
  now = firstTime;
  dayLeftUsd = Infinity;
  #run: Run | null = null;

  constructor(created: Extract<Fact, { type: 'taskCreated' }>['data']) {
    this.record({ type: 'taskCreated', data: created });
  }

  get run(): Run {
    if (this.#run === null) throw new Error('no run yet');
    return this.#run;
  }

  record(fact: Fact): void {
    this.now = new Date(this.now.getTime() + 1_000);
    const event = eventAt(fact, this.events.length + 1, this.now);
    this.events.push(event);
    this.#run = advance(this.#run, event);
  }

  decide(): Decision {
    return decide(this.run, { now: this.now, dayLeftUsd: this.dayLeftUsd });
  }

  /** Steps until the task waits or rests, or `stopBefore` says so; fails when it never does. */
  play(world: World, stopBefore: (step: Step) => boolean = () => false): Decision {
    for (let count = 0; count < 500; count += 1) {
      const decision = this.decide();
      if (decision.kind === 'wait' || decision.kind === 'rest') return decision;
      if (decision.kind === 'record')
        decision.facts.forEach((fact) => {
          this.record(fact);
        });
      else if (stopBefore(decision.step)) return decision;
      else this.#take(decision.step, world);
    }
    throw new Error('the task never comes to rest');
  }

  #take(step: Step, world: World): void {
    this.steps.push(step);
    const start = startOf(step);
    if (start !== null) this.record(start);
    world(step, this.run).forEach((fact) => {
      this.record(fact);
    });
  }
}
