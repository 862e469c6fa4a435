// Shows one task as it happens: a record of milestones, and in a terminal a live block beneath it.
import { applyEvent } from '../../../shared/task/applyEvent.ts';
import type { EventType, TaskEvent } from '../../../shared/task/events.ts';
import type { TaskQueue } from '../../../shared/protocol/queue.ts';
import { emptyQueue, placeInQueue } from '../../../shared/protocol/queuePlace.ts';
import type { Output } from '../../../shared/protocol/requests.ts';
import type { Task } from '../../../shared/task/task.ts';
import { cleanText, lastLines, truncate } from './displayWidth.ts';
import { line, renderLine, type Line } from './line.ts';
import { liveBlock } from './liveBlock.ts';
import { LiveRegion, type Screen } from './liveRegion.ts';
import { beginning, narrate, type Place } from './narrate.ts';
import type { Paint } from './paint.ts';
import { shownInQueue } from './queued.ts';

const repaintMs = 100;
const outputLines = 4;
/** More of the live output than ever fits is not kept. */
const outputChars = 4_000;

/** After these the live output is that of something new. */
const beginsStep: ReadonlySet<EventType> = new Set<EventType>([
  'setUpStarted',
  'checkStarted',
  'turnStarted',
  'toolStarted',
  'commitStarted',
  'deliverStarted',
]);

export interface TaskDisplayOptions {
  readonly screen: Screen;
  /** Whether to keep a live block: false for a pipe, which gets plain lines. */
  readonly isLive: boolean;
  readonly paint: Paint;
}

/** Close it in every case: a live one hides the cursor and runs a timer. */
export class TaskDisplay implements Disposable {
  readonly #options: TaskDisplayOptions;
  readonly #region: LiveRegion | null;
  readonly #timer: NodeJS.Timeout | undefined;
  #place: Place = beginning;
  #task: Task | null = null;
  #queue = emptyQueue;
  /** The place in the queue that was told last; empty where the task does not wait for one. */
  #toldPlace = '';
  #output = '';
  /** What is going on before there is a task: shipping. */
  #step = '';
  #startedAt = performance.now();

  constructor(options: TaskDisplayOptions) {
    this.#options = options;
    this.#region = options.isLive ? new LiveRegion(options.screen) : null;
    this.#timer = this.#region === null ? undefined : setInterval(() => this.#write([]), repaintMs);
  }

  /** Says what is going on while there is no task yet. */
  showStep(text: string): void {
    this.#step = text;
  }

  /** Adds lines of one's own to the record. */
  print(lines: readonly Line[]): void {
    this.#write(lines);
  }

  /** Tells an event of the task; the events come in order, from the first. */
  showEvent(event: TaskEvent): void {
    this.#task = applyEvent(this.#task, event);
    if (event.type === 'taskCreated')
      this.#startedAt = performance.now() - Math.max(0, Date.now() - Date.parse(event.at));
    if (beginsStep.has(event.type)) this.#output = '';
    const { place, lines } = narrate(this.#place, event);
    this.#place = place;
    this.#write(lines);
  }

  /** Tells where the task stands in the queue: in the live block, or as a line where there is none. */
  showQueue(queue: TaskQueue): void {
    this.#queue = queue;
    const queued = this.#task === null ? null : placeInQueue(queue, this.#task.id);
    const place = queued?.place ?? '';
    const isNews = place !== '' && place !== this.#toldPlace;
    this.#toldPlace = place;
    if (this.#region === null && isNews)
      this.#write([
        line(`Queued, ${place}`, { mark: '·', tone: 'quiet', aside: cleanText(queued?.reason ?? '') }),
      ]);
  }

  /** Shows a piece of live output in the live block. */
  showOutput(output: Output): void {
    this.#output = (this.#output + output.text).slice(-outputChars);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#region?.close();
  }

  #write(lines: readonly Line[]): void {
    const { paint, screen } = this.#options;
    if (this.#region === null) {
      for (const shown of lines) screen.write(`${renderLine(shown, paint, Infinity)}\n`);
      return;
    }
    const { columns } = this.#region;
    const record = lines.map((shown) => renderLine(shown, paint, columns));
    this.#region.paint(record, this.#block(columns));
  }

  #block(columns: number): string[] {
    const elapsedMs = performance.now() - this.#startedAt;
    if (this.#task === null) {
      return this.#step === '' ? [] : [truncate(`· ${this.#step}`, columns)];
    }
    const output = lastLines(this.#output, outputLines);
    return liveBlock(
      shownInQueue(this.#task, this.#queue),
      { round: this.#place.round, elapsedMs, output, columns },
      this.#options.paint,
    );
  }
}
