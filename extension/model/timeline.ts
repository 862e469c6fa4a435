// Folds a task's events into the rows that the task panel shows, and says after each event what changed.
import { isProof, type ProofEvent } from '../../shared/task/applyProof.ts';
import type { Fact, TaskEvent } from '../../shared/task/events.ts';
import type { Output } from '../../shared/protocol/requests.ts';
import { branchNameFor } from '../../shared/task/branchName.ts';
import type { ItemContent, ItemDetail, Progress, TimelineItem, TimelineRound } from './timelineItems.ts';
import * as notes from './timelineNotes.ts';
import { proofNote, proposalNote } from './timelineProof.ts';
import { TimelineRounds } from './timelineRounds.ts';
import { toolBlocksOf, toolContentOf, type ToolCallFacts } from './timelineTools.ts';

/** What one event changed; both lists are empty for an event that was known. */
export interface TimelineChange {
  readonly items: readonly TimelineItem[];
  readonly rounds: readonly TimelineRound[];
}

/** Calls that the timeline shows as something else: a question has a row of its own. */
const hiddenTools: ReadonlySet<string> = new Set(['ask']);
const noDetail: ItemDetail = { blocks: [], log: null };

export class Timeline {
  readonly #items: TimelineItem[] = [];
  readonly #orders = new Map<string, number>();
  readonly #calls = new Map<string, ToolCallFacts>();
  readonly #details = new Map<string, ItemDetail>();
  /** The row of the newest tool call that was cut off. */
  #interruptedCall = '';
  readonly #running = new Set<string>();
  readonly #rounds = new TimelineRounds();
  /** Orders of the items with which a turn began. */
  readonly #turnOrders: number[] = [];
  #changed = new Set<string>();
  #turn: number | null = null;
  #commit: string | null = null;
  #isStopping = false;
  /** The branch that a check-out makes; empty before the first event, which has the title. */
  #branch = '';
  #lastSeq = 0;

  /** The newest event that was folded in; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** All rows in order. */
  get items(): readonly TimelineItem[] {
    return this.#items;
  }

  get rounds(): readonly TimelineRound[] {
    return this.#rounds.all();
  }

  get turnCount(): number {
    return this.#turnOrders.length;
  }

  /** The time during which the task was at work; `since` is null while it rests. */
  get elapsed(): { readonly beforeMs: number; readonly since: string | null } {
    return this.#rounds.elapsed();
  }

  /** Folds one event in. Events come in order; one that is known changes nothing. */
  add(event: TaskEvent): TimelineChange {
    if (event.seq <= this.#lastSeq) return { items: [], rounds: [] };
    this.#lastSeq = event.seq;
    this.#changed = new Set();
    this.#rounds.add(event);
    if (event.type === 'turnStarted') this.#startTurn(event);
    this.#fold(event);
    // The next round stands on another commit than the one before it.
    if (event.type === 'stuckSeen' || event.type === 'bestRoundTaken')
      this.#commit = event.data.commit ?? this.#commit;
    const items = [...this.#changed].flatMap((id) => this.#find(id) ?? []);
    return { items, rounds: this.#rounds.takeChanged() };
  }

  /** What an opened row shows. */
  detailOf(id: string): ItemDetail {
    const call = this.#calls.get(id);
    const kept = this.#details.get(id) ?? noDetail;
    return call === undefined ? kept : { blocks: toolBlocksOf(call), log: kept.log };
  }

  /** The order of the first row that belongs to the last `turns` turns; 0 where there are not more. */
  firstOrderOfLast(turns: number): number {
    return this.#turnOrders.length <= turns ? 0 : (this.#turnOrders.at(-turns) ?? 0);
  }

  /** The row that live output of this kind belongs to now. */
  runningItem(source: Output['source']): string | null {
    const kind = source === 'model' ? 'words' : source === 'command' ? 'tool' : 'check';
    return [...this.#running].findLast((id) => this.#find(id)?.content.kind === kind) ?? null;
  }

  #fold(event: TaskEvent): void {
    switch (event.type) {
      case 'taskCreated':
        this.#branch = branchNameFor({ id: event.taskId, title: event.data.spec.title });
        return this.#note(event, 'created', notes.createdNote(event.data));
      case 'prepareStarted':
        return this.#note(event, `prepare-${this.#rounds.current}`, notes.preparingNote());
      case 'prepared':
        return this.#note(event, `prepare-${this.#rounds.current}`, notes.preparedNote(event.data));
      case 'setUpStarted':
      case 'setUpEnded':
      case 'checkStarted':
      case 'checkEnded':
        return this.#check(event);
      case 'turnStarted':
      case 'turnAnswered':
      case 'modelRetried':
      case 'compacted':
        return this.#think(event);
      case 'toolStarted':
      case 'toolEnded':
        return this.#tool(event);
      case 'questionAsked':
      case 'questionAnswered':
      case 'messageReceived':
        return this.#talk(event);
      case 'committed':
        this.#turn = null;
        this.#note(event, `commit-${event.seq}`, notes.committedNote(event.data, this.#commit));
        this.#commit = event.data.commit;
        return;
      case 'commitStarted':
      case 'deliverStarted':
      case 'deleted':
        this.#turn = null;
        return;
      case 'workspaceLost':
      case 'diskFull':
      case 'workspaceReclaimed':
      case 'accessBlocked':
      case 'networkAllowed':
      case 'sandboxChanged':
      case 'heldBack':
      case 'budgetExtended':
        return this.#note(event, `${event.type}-${event.seq}`, notes.noteOf(event));
      case 'rateLimited':
        this.#interruptRunning();
        return this.#note(event, `limit-${event.data.turn + 1}`, notes.rateLimitedNote(event.data));
      case 'checkpointed':
      case 'runnerEnded':
      case 'compactionStarted':
      case 'prioritized':
      case 'sharingChanged':
        return;
      default:
        return isProof(event) ? this.#proof(event) : this.#end(event);
    }
  }

  #startTurn(event: TaskEvent & Extract<Fact, { type: 'turnStarted' }>): void {
    this.#interruptRunning();
    this.#turn = event.data.turn;
    if (!this.#orders.has(`turn-${event.data.turn}`)) this.#turnOrders.push(this.#items.length);
  }

  #think(
    event: TaskEvent & Extract<Fact, { type: 'turnStarted' | 'turnAnswered' | 'modelRetried' | 'compacted' }>,
  ): void {
    const words = `turn-${event.data.turn}`;
    if (event.type === 'turnStarted') {
      this.#put(event, words, { kind: 'words', markdown: '', isRunning: true });
    } else if (event.type === 'turnAnswered') {
      this.#put(event, words, { kind: 'words', markdown: event.data.text, isRunning: false });
    } else if (event.type === 'modelRetried') {
      this.#note(event, `retry-${event.data.turn}`, notes.retryNote(event.data));
    } else {
      const id = `compacted-${event.seq}`;
      this.#details.set(id, {
        blocks: [{ label: 'Summary', text: event.data.summary, tone: 'plain' }],
        log: null,
      });
      this.#note(event, id, notes.compactedNote());
    }
  }

  #tool(event: TaskEvent & Extract<Fact, { type: 'toolStarted' | 'toolEnded' }>): void {
    if (hiddenTools.has(event.data.name)) return;
    const id = `tool-${event.data.turn}-${event.data.callId}`;
    if (event.type === 'toolStarted') this.#interruptedCall = '';
    const call: ToolCallFacts =
      event.type === 'toolStarted'
        ? { name: event.data.name, arguments: event.data.arguments, ended: null, wasInterrupted: false }
        : {
            name: event.data.name,
            arguments: this.#calls.get(id)?.arguments ?? '',
            ended: event.data,
            // A call that was cut off has an end only in what the agent is told of it.
            wasInterrupted: this.#interruptedCall === id || this.#isCutOff(event),
          };
    this.#calls.set(id, call);
    if (event.type === 'toolEnded') this.#details.set(id, { blocks: [], log: event.data.log });
    this.#put(event, id, toolContentOf(call));
  }

  /** Early versions recorded no interruption of a call that a stop cut off, only an end without an exit code. */
  #isCutOff({ data }: Extract<Fact, { type: 'toolEnded' }>): boolean {
    return this.#isStopping && !data.ok && typeof data.exitCode !== 'number';
  }

  #check(
    event: TaskEvent & Extract<Fact, { type: 'setUpStarted' | 'setUpEnded' | 'checkStarted' | 'checkEnded' }>,
  ): void {
    this.#turn = null;
    const isSetUp = event.type === 'setUpStarted' || event.type === 'setUpEnded';
    if (!isSetUp && event.data.proposedFor !== undefined)
      return this.#note(event, `proposal-${event.data.round}-${event.data.name}`, proposalNote(event));
    const name = isSetUp ? 'Set-up' : event.data.name;
    const id = isSetUp ? `setUp-${this.#rounds.current}` : `check-${event.data.round}-${name}`;
    const outcome = event.type === 'setUpEnded' || event.type === 'checkEnded' ? event.data : null;
    if (outcome !== null) {
      const blocks =
        outcome.tail === ''
          ? []
          : [{ label: 'End of the output', text: outcome.tail, tone: 'plain' as const }];
      this.#details.set(id, { blocks, log: outcome.log });
    }
    this.#put(event, id, {
      kind: 'check',
      name: event.type === 'setUpEnded' && event.data.cached === true ? 'Set-up from the cache' : name,
      command: commandOf(event, this.#find(id)),
      progress: checkProgress(event),
      exitCode: outcome?.exitCode ?? null,
      timedOut: outcome?.timedOut ?? false,
      durationMs: outcome?.durationMs ?? null,
      problems: event.type === 'checkEnded' ? event.data.problems : [],
      problemsLeftOut: event.type === 'checkEnded' ? event.data.problemsLeftOut : 0,
      ages: event.type === 'checkEnded' ? this.#rounds.lastChange.ages : [],
      gone: event.type === 'checkEnded' ? this.#rounds.lastChange.gone : [],
      flakyRuns: event.type === 'checkEnded' ? (event.data.flakyRuns ?? null) : null,
      commit: isSetUp ? null : event.data.commit,
    });
  }

  #talk(
    event: TaskEvent & Extract<Fact, { type: 'questionAsked' | 'questionAnswered' | 'messageReceived' }>,
  ): void {
    if (event.type === 'messageReceived') {
      return this.#put(event, `message-${event.seq}`, { kind: 'message', text: event.data.text });
    }
    const id = `question-${event.data.questionId}`;
    if (event.type === 'questionAsked') {
      const { text, defaultAnswer } = event.data;
      return this.#put(event, id, { kind: 'question', text, defaultAnswer, answer: null });
    }
    const asked = this.#find(id)?.content;
    if (asked?.kind === 'question') this.#put(event, id, { ...asked, answer: event.data });
  }

  #end(
    event: TaskEvent &
      Extract<
        Fact,
        { type: 'delivered' | 'stopRequested' | 'stopped' | 'taskFailed' | 'interrupted' | 'markedDone' }
      >,
  ): void {
    if (event.type === 'stopRequested') {
      this.#isStopping = true;
      return this.#note(event, `stop-${event.seq}`, notes.stoppingNote());
    }
    this.#interruptRunning();
    this.#turn = null;
    // What a stop cuts off is recorded like the end of the runner.
    if (event.type === 'interrupted' && this.#isStopping) return;
    this.#isStopping = false;
    if (event.type === 'delivered')
      this.#note(event, `end-${event.seq}`, notes.deliveredNote(event.data, this.#branch));
    else if (event.type === 'stopped') this.#note(event, `end-${event.seq}`, notes.stoppedNote(event.data));
    else if (event.type === 'taskFailed') this.#note(event, `end-${event.seq}`, notes.failedNote(event.data));
    else if (event.type === 'interrupted')
      this.#note(event, `interrupted-${event.seq}`, notes.interruptedNote(event.data));
    else this.#note(event, `done-${event.seq}`, notes.doneNote());
  }

  #proof(event: TaskEvent & ProofEvent): void {
    if (event.type !== 'checkProposed') this.#turn = null;
    const { id, content, log } = proofNote(event);
    if (log !== null) this.#details.set(id, { blocks: [], log });
    this.#note(event, id, content);
  }

  #note(event: TaskEvent, id: string, content: ReturnType<typeof notes.doneNote>): void {
    this.#put(event, id, content);
  }

  /** Adds a row, or gives a known one its new content in its old place. */
  #put(event: TaskEvent, id: string, content: ItemContent): void {
    const known = this.#find(id);
    const order = known?.order ?? this.#items.length;
    const { round, turn, at } = known ?? { round: this.#rounds.current, turn: this.#turn, at: event.at };
    const hasDetail = this.#details.has(id) || this.#calls.has(id);
    this.#items[order] = { id, order, round, turn, at, hasDetail, content };
    this.#orders.set(id, order);
    this.#changed.add(id);
    if (isRunning(content)) this.#running.add(id);
    else this.#running.delete(id);
  }

  /** Nothing goes on after an end: what still ran will never say how it ended. */
  #interruptRunning(): void {
    for (const id of this.#running) {
      const item = this.#find(id);
      if (item === undefined) continue;
      this.#items[item.order] = { ...item, content: this.#interrupted(id, item.content) };
      if (this.#calls.has(id)) this.#interruptedCall = id;
      this.#changed.add(id);
    }
    this.#running.clear();
  }

  #interrupted(id: string, content: ItemContent): ItemContent {
    if (content.kind === 'words') return { ...content, isRunning: false };
    const call = this.#calls.get(id);
    if (call !== undefined) return toolContentOf({ ...call, wasInterrupted: true });
    return content.kind === 'check' ? { ...content, progress: 'interrupted' } : content;
  }

  #find(id: string): TimelineItem | undefined {
    const order = this.#orders.get(id);
    return order === undefined ? undefined : this.#items[order];
  }
}

function isRunning(content: ItemContent): boolean {
  if (content.kind === 'words') return content.isRunning;
  return (content.kind === 'tool' || content.kind === 'check') && content.progress === 'running';
}

function checkProgress(
  event: Extract<Fact, { type: 'setUpStarted' | 'setUpEnded' | 'checkStarted' | 'checkEnded' }>,
): Progress {
  if (event.type === 'checkEnded') return event.data.passed ? 'passed' : 'failed';
  if (event.type === 'setUpEnded') return event.data.exitCode === 0 ? 'passed' : 'failed';
  return 'running';
}

/** The end of a set-up doesn't repeat its command. */
function commandOf(
  event: Extract<Fact, { type: 'setUpStarted' | 'setUpEnded' | 'checkStarted' | 'checkEnded' }>,
  known: TimelineItem | undefined,
): string {
  if (event.type !== 'setUpEnded') return event.data.command;
  return known?.content.kind === 'check' ? known.content.command : '';
}
