// A task's life by chance: agents, checks, people and dying runners do what a list of numbers says, and the truth is kept beside it.
import { statementOf, type AskedFacts } from '../../../runner/tasks/evidence.ts';
import { isBeingDelivered } from '../../../runner/tasks/course.ts';
import { judgeCriteria } from '../../../runner/tasks/criteria.ts';
import { factsOfTakeUp, type Step } from '../../../runner/tasks/life.ts';
import { startOf } from '../../../runner/engine/steps.ts';
import type { Run } from '../../../runner/tasks/run.ts';
import type { Statement } from '../../../shared/evidence/statement.ts';
import { defaultBudget } from '../../../shared/spec/spec.ts';
import type { CriterionResult } from '../../../shared/task/criteria.ts';
import type { EventData, Fact, ToolCall } from '../../../shared/task/events.ts';
import type { CrossRunKind, IntegrityFinding, IntegrityKind } from '../../../shared/task/integrity.ts';
import { PureLife } from '../../support/pureLife.ts';
import { answerOf, callOf, checkNamed, checkResult, createdData } from '../../support/taskFacts.ts';
import { finishCall, greenWorld, ofStep } from './greenWorld.ts';
import { idOf } from './stuckWorld.ts';

/** What was seen of a commit, whatever the task remembers of it. */
export interface Truth {
  /** Of each round that checked it. */
  readonly checks: Map<number, EventData<'checkEnded'>[]>;
  judged: readonly CriterionResult[] | null;
  inspected: readonly IntegrityFinding[] | null;
  readonly crossed: Map<CrossRunKind, readonly IntegrityFinding[]>;
  keptOut: readonly string[];
}

export interface Delivery {
  readonly step: Extract<Step, { kind: 'deliver' }>;
  readonly run: Run;
  readonly statement: Statement;
  readonly truth: Truth;
}

const asked: AskedFacts = {
  specSha256: '1'.repeat(64),
  environment: {
    ...{ platform: 'linux', arch: 'x64', release: '6', runner: '1', node: '24', git: '2.39' },
    lockFiles: [],
  },
  logs: new Map(),
};

const criteria = [
  { text: 'Adds up', check: 'npm run test' },
  { text: 'Told of', check: null, expect: { kind: 'fileExists' as const, path: 'DOC.md' } },
  { text: 'Nothing new', check: null, expect: { kind: 'noNewProblems' as const } },
  { text: 'Looks good', check: null },
];

const mostSteps = 400;

export class RandomLife extends PureLife {
  readonly deliveries: Delivery[] = [];
  readonly #numbers: readonly number[];
  readonly #truths = new Map<string, Truth>();
  /** Commits in which a file is missing that a criterion asks for. */
  readonly #undocumented = new Set<string>();
  /** Of four checks so many fail. */
  readonly #failing: number;
  #next = 0;
  #commits = 0;

  /** `numbers` are taken one after the other; behind the last one all goes well. */
  constructor(numbers: readonly number[]) {
    const [rounds = 0, models = 0, failing = 0] = numbers;
    super(
      createdData({
        checks: [checkNamed('test'), checkNamed('lint')],
        spec: { ...createdData().spec, criteria },
        budget: { ...defaultBudget, rounds: 1 + (rounds % 6), turns: 40 },
        ...(models % 2 === 0
          ? {}
          : { otherModels: [{ model: 'larger', contextTokens: 1_000, price: null, trailers: [] }] }),
      }),
    );
    this.#numbers = numbers.slice(3);
    this.#failing = failing % 4;
  }

  live(): void {
    for (let count = 0; count < mostSteps; count += 1) {
      if (this.#isOneOf(25)) this.#interfere();
      const decision = this.decide();
      if (decision.kind === 'record')
        decision.facts.forEach((fact) => {
          this.record(fact);
        });
      else if (decision.kind === 'wait') this.#waitFor(decision.until);
      else if (decision.kind === 'step') this.#take(decision.step);
      else if (!this.#goOn()) return;
    }
  }

  #take(step: Step): void {
    const start = startOf(step);
    if (start !== null) this.record(start);
    if (this.#isOneOf(40)) this.#endRunner();
    else
      this.#do(step).forEach((fact) => {
        this.record(fact);
      });
  }

  #endRunner(): void {
    factsOfTakeUp(this.run).forEach((fact) => {
      this.record(fact);
    });
  }

  /** What people say and do between any two events. */
  #interfere(): void {
    const { task, budget } = this.run;
    const kind = this.#number(6);
    if (kind === 0)
      this.record({ type: 'messageReceived', data: { messageId: `m${this.#next}`, text: 'More' } });
    if (kind === 1 && task.question !== null) this.#answer(task.question.id);
    if (kind === 2)
      this.record({ type: 'budgetExtended', data: { budget: { ...budget, rounds: budget.rounds + 1 } } });
    if (kind === 3 && !this.run.isAtRest) this.record({ type: 'stopRequested', data: {} });
    if (kind === 4 && !this.run.isAtRest) this.record({ type: 'workspaceLost', data: {} });
    if (kind === 5) this.now = new Date(this.now.getTime() + 40 * 60_000);
  }

  #waitFor(until: Date): void {
    const question = this.run.task.question;
    if (question !== null && this.#isOneOf(2)) this.#answer(question.id);
    else this.now = until;
  }

  #answer(questionId: string): void {
    const text = this.#isOneOf(3) ? 'stop' : 'try it so';
    this.record({ type: 'questionAnswered', data: { questionId, text, by: 'person' } });
  }

  /** Whether a person asks for more of a task at rest. */
  #goOn(): boolean {
    if (!this.#isOneOf(2)) return false;
    this.#interfere();
    return true;
  }

  #do(step: Step): readonly Fact[] {
    const { run } = this;
    switch (step.kind) {
      case 'turn':
        return [answerOf(step.turn, this.#calls(step.turn), this.#isOneOf(3) ? 'hypothesis: x' : '')];
      case 'check':
        return [this.#check(step)];
      case 'judge':
        return [this.#judge(step)];
      case 'inspect':
        return [this.#inspect(step)];
      case 'crossRun':
        return [this.#crossRun(step)];
      case 'commit':
        return [this.#commit(step.round)];
      case 'checkpoint': {
        const isSame = this.#isOneOf(2);
        const commit = isSame ? run.saved : idOf(`t${(this.#commits += 1)}`);
        return [{ type: 'checkpointed', data: { turn: step.turn, commit, ...(isSame ? {} : this.#tree()) } }];
      }
      case 'stop':
        return [this.#commit(run.round), { type: 'stopped', data: { commit: run.head, ref: 'refs/x' } }];
      case 'deliver':
        return this.#deliver(step);
      default:
        return greenWorld()(step, run);
    }
  }

  #calls(turn: number): ToolCall[] {
    const id = `c${turn}`;
    const choices: readonly (() => ToolCall)[] = [
      () => finishCall(id),
      () => finishCall(id),
      () => finishCall(id),
      () => finishCall(id),
      () => finishCall(id),
      () => callOf(id, 'edit', { path: 'x' }),
      () => callOf(id, 'run', { command: 'x' }),
      () => callOf(id, 'read', { path: 'x' }),
      () => callOf(id, 'ask', { question: 'Which?', defaultAnswer: 'Net' }),
      () => callOf(id, 'proposeCheck', { criterion: 4, command: `own ${this.#number(2)}` }),
    ];
    const choice = this.#number(choices.length + 2);
    if (choice === choices.length + 1 && this.#isOneOf(5)) return [finishCall(id, 'cannot')];
    const call = choices[choice]?.();
    return call === undefined ? [] : [call];
  }

  #check(step: Extract<Step, { kind: 'check' }>): Fact {
    const { name } = step.check;
    const passed = this.#number(4) < 4 - this.#failing;
    const result = ofStep(step, checkResult(name, step.round, passed));
    const flaky = this.#isOneOf(6) ? { flakyRuns: 3 } : {};
    const fact = { ...result, data: { ...result.data, ...flaky } };
    if (step.proposedFor === undefined) {
      const { checks } = this.#truthOf(step.commit);
      checks.set(step.round, [...(checks.get(step.round) ?? []), fact.data]);
    }
    return fact;
  }

  #judge({ round, commit }: Extract<Step, { kind: 'judge' }>): Fact {
    const files = this.#undocumented.has(commit) ? [] : ['DOC.md'];
    const results = judgeCriteria(this.run, commit, files);
    this.#truthOf(commit).judged = results;
    return { type: 'criteriaJudged', data: { round, commit, results } };
  }

  #inspect({ round, commit }: Extract<Step, { kind: 'inspect' }>): Fact {
    const findings = this.#isOneOf(4) ? [findingOf('testSkipped', 'syntax')] : [];
    this.#truthOf(commit).inspected = findings;
    return {
      type: 'integrityInspected',
      data: { round, commit, findings, findingsLeftOut: 0, durationMs: 1 },
    };
  }

  #crossRun({ tests: kind, round, commit }: Extract<Step, { kind: 'crossRun' }>): Fact {
    const found = kind === 'baseTests' ? 'oldTestFails' : 'newTestProvesNothing';
    const findings = this.#isOneOf(3) ? [findingOf(found, 'run')] : [];
    this.#truthOf(commit).crossed.set(kind, findings);
    const data = { round, kind, commit, ran: true, note: '', findings, durationMs: 1, log: null };
    return { type: 'crossRunEnded', data };
  }

  #commit(round: number): Fact {
    const { head, created } = this.run;
    const isSame = this.#isOneOf(4);
    const commit = isSame ? head : idOf(`r${(this.#commits += 1)}`);
    const file = { path: 'cart.test.js', oldPath: null, status: 'modified' as const, added: 1, removed: 1 };
    const keptOut = this.#isOneOf(5) ? ['locked.js'] : [];
    this.#truthOf(commit).keptOut = keptOut;
    const kept = keptOut.length === 0 ? {} : { keptOut };
    if (!isSame && this.#isOneOf(3)) this.#undocumented.add(commit);
    const tree = isSame ? {} : this.#tree();
    const files = commit === created.snapshot.commit ? [] : [file];
    return { type: 'committed', data: { round, commit, files, ...tree, ...kept } };
  }

  #tree(): { readonly tree: string } {
    return { tree: idOf(`tree${this.#number(6)}`) };
  }

  #deliver(step: Extract<Step, { kind: 'deliver' }>): readonly Fact[] {
    const { run } = this;
    if (this.#isOneOf(6)) this.#interfere();
    // As the engine does it.
    if (!isBeingDelivered(this.run) || this.run.isStopping) return [];
    const statement = statementOf(run, this.events, step, asked);
    this.deliveries.push({ step, run, statement, truth: structuredClone(this.#truthOf(run.head)) });
    const { verdict, reason, summary } = step;
    return [{ type: 'delivered', data: { commit: run.head, ref: 'refs/x', verdict, reason, summary } }];
  }

  #truthOf(commit: string): Truth {
    const known = this.#truths.get(commit);
    if (known !== undefined) return known;
    const truth: Truth = {
      ...{ checks: new Map(), judged: null, inspected: null, crossed: new Map(), keptOut: [] },
    };
    this.#truths.set(commit, truth);
    return truth;
  }

  /** Below `limit`; 0 behind the last number. */
  #number(limit: number): number {
    const number = this.#numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % limit;
  }

  #isOneOf(times: number): boolean {
    return this.#number(times) === times - 1;
  }
}

function findingOf(kind: IntegrityKind, foundBy: IntegrityFinding['foundBy']): IntegrityFinding {
  return { kind, file: 'cart.test.js', line: 1, side: 'before', message: 'x', excerpt: '', foundBy };
}
