// A world for tasks that go in circles: what each round's checks find, what its files are, what the agent calls.
import type { EventData, Fact, ToolCall } from '../../../shared/task/events.ts';
import { PureLife, type World } from '../../support/pureLife.ts';
import { answerOf, callOf, checkResult, createdData } from '../../support/taskFacts.ts';
import { defaultBudget } from '../../../shared/spec/spec.ts';
import { roundOf } from '../../../runner/tasks/bestRound.ts';
import { finishCall, greenWorld } from './greenWorld.ts';

export interface Circle {
  /** The messages of the problems that the check `test` finds in a round; null where it passes. */
  readonly problems?: (round: number) => readonly string[] | null;
  /** The state of the files at the end of a round; null where nothing changed. */
  readonly files?: (round: number) => string | null;
  /** The calls of a turn; without any it says what `words` gives. */
  readonly calls?: (turn: number, life: PureLife) => readonly ToolCall[];
  readonly words?: (turn: number) => string;
  /** The state of the files after a turn of which they are kept; null where nothing changed. */
  readonly filesOfTurn?: (turn: number) => string | null;
  readonly output?: (call: ToolCall, turn: number) => string;
}

/** An id of 40 digits that a word gives. */
export function idOf(word: string): string {
  return Buffer.from(word).toString('hex').padEnd(40, '0').slice(0, 40);
}

/** Ways out that are asked for here take few words. */
export const edit = (path: string, turn: number): ToolCall => callOf(`e${turn}`, 'edit', { path });
export const run = (command: string, turn: number, index = 0): ToolCall =>
  callOf(`r${turn}-${index}`, 'run', { command });
export const finish = (turn: number): ToolCall => finishCall(`f${turn}`);

export class StuckLife extends PureLife {
  readonly world: World;

  constructor(circle: Circle, changes: Partial<EventData<'taskCreated'>> = {}) {
    super(createdData({ budget: { ...defaultBudget, rounds: 20 }, ...changes }));
    const { problems = () => ['broken'], files = (round) => `r${round}`, output = () => 'ok' } = circle;
    this.world = greenWorld({
      turn: (step) => {
        if (step.kind !== 'turn') return [];
        const calls = circle.calls?.(step.turn, this) ?? [finish(step.turn)];
        return [answerOf(step.turn, [...calls], circle.words?.(step.turn) ?? '')];
      },
      tool: (step) => {
        if (step.kind !== 'tool') return [];
        const { id: callId, name } = step.call;
        const text = output(step.call, step.turn);
        const data = { turn: step.turn, callId, name, ok: true, text, log: null, durationMs: 1 };
        return [{ type: 'toolEnded', data }];
      },
      check: (step) => (step.kind === 'check' ? [checkFinding(step.round, problems(step.round))] : []),
      commit: (step, { head }) => {
        if (step.kind !== 'commit') return [];
        const tree = files(step.round);
        const file = { path: `round-${step.round}.js`, oldPath: null, status: 'added', added: 1, removed: 0 };
        const made = { round: step.round, files: [file] } as const;
        if (tree === null) return [{ type: 'committed', data: { ...made, commit: head, files: [] } }];
        const commit = idOf(`c${step.round}`);
        return [
          {
            type: 'committed',
            data: { ...made, files: [{ ...file, status: 'added' }], commit, tree: idOf(tree) },
          },
        ];
      },
      deliver: (step, state) => {
        if (step.kind !== 'deliver') return [];
        const { verdict, reason, summary } = step;
        const data = { commit: state.head, ref: 'refs/nightjar/tasks/x', verdict, reason, summary };
        return [{ type: 'delivered', data: { ...data, round: roundOf(state) } }];
      },
      checkpoint: (step, { saved }) => {
        if (step.kind !== 'checkpoint') return [];
        const tree = circle.filesOfTurn?.(step.turn) ?? null;
        if (tree === null) return [{ type: 'checkpointed', data: { turn: step.turn, commit: saved } }];
        const commit = idOf(`t${step.turn}`);
        return [{ type: 'checkpointed', data: { turn: step.turn, commit, tree: idOf(tree) } }];
      },
    });
  }

  /** Plays to the end or until it waits. */
  playOn(): this {
    this.play(this.world);
    return this;
  }

  get seen(): readonly EventData<'stuckSeen'>[] {
    return this.events.flatMap((event) => (event.type === 'stuckSeen' ? [event.data] : []));
  }

  /** What the agent was told as the user, in order. */
  get told(): readonly string[] {
    return this.run.transcript.flatMap((message) => (message.role === 'user' ? [message.text] : []));
  }

  get delivered(): EventData<'delivered'> | undefined {
    return this.events.flatMap((event) => (event.type === 'delivered' ? [event.data] : [])).at(-1);
  }
}

function checkFinding(round: number, words: readonly string[] | null): Fact {
  const { data } = checkResult('test', round, words === null);
  const place = { file: 'cart.js', line: 1, column: null, severity: 'error' } as const;
  const problems = (words ?? []).map((message) => ({ ...place, message, fingerprint: message }));
  return { type: 'checkEnded', data: { ...data, problems } };
}
