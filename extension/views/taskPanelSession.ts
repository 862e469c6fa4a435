// Keeps one page of the task panel up to date: loads the history, follows events and output, posts only what changed.
import type { EditorContext } from '../../shared/task/context.ts';
import type { TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { isCancellation, KnownError, sentenceOf } from '../../shared/errors/errors.ts';
import type { Output } from '../../shared/protocol/requests.ts';
import { Timeline, type TimelineChange } from '../model/timeline.ts';
import type { Availability, PanelMessage } from '../model/timelineMessages.ts';
import type { EvidenceReading } from '../model/proofSections.ts';
import { sectionsOf, type Sections } from '../model/timelineSections.ts';
import type { TaskSource } from '../model/taskStore.ts';
import { PanelImages, type ImageSource } from './taskPanelImages.ts';
import { OutputBuffer } from './taskPanelOutput.ts';

/** Turns on a page at first, and more of them with each "show earlier". */
const turnsPerPage = 60;

/** What a page needs of the world. Each function that follows something returns the function that ends it. */
export interface TaskPanelSources {
  readonly tasks: TaskSource;
  /** All events of the task after the given `seq`, in order. */
  history(taskId: string, after: number, signal: AbortSignal): Promise<readonly TaskEvent[]>;
  onEvent(listener: (event: TaskEvent) => void): () => void;
  followOutput(taskId: string, listener: (output: Output) => void): () => void;
  /** What the user's repository has of a task's evidence; without it nothing is known of that. */
  readonly evidence?: {
    read(task: Task, signal: AbortSignal): Promise<EvidenceReading>;
    /** Called when more of a task has come into the user's repository. */
    onArrival(listener: (taskId: string) => void): () => void;
  };
  /** The images that checks made; without it none is shown. */
  readonly images?: ImageSource;
  /** The state of the connection; without it the runner is taken as reachable until a request fails. */
  readonly connection?: {
    isConnected(): boolean;
    /** Why the runner is not reachable; null while it is. */
    error(): KnownError | null;
    onChange(listener: () => void): () => void;
  };
}

export class TaskPanelSession {
  readonly #taskId: string;
  readonly #sources: TaskPanelSources;
  readonly #post: (message: PanelMessage) => void;
  readonly #ending = new AbortController();
  readonly #stops: (() => void)[];
  readonly #output: OutputBuffer;
  readonly #images: PanelImages | undefined;
  #timeline = new Timeline();
  #context: EditorContext | null = null;
  #availability: Availability = { state: 'loading' };
  #sent: Partial<Sections> = {};
  #evidence: EvidenceReading | null = null;
  /** The blob that was read last. */
  #evidenceRead: string | undefined;
  #turnsShown = turnsPerPage;
  #isPageReady = false;
  #isLoading = false;
  /** Events that arrived before the history was there. */
  #early: TaskEvent[] = [];
  #unfollow: (() => void) | undefined;

  constructor(taskId: string, sources: TaskPanelSources, post: (message: PanelMessage) => void) {
    this.#taskId = taskId;
    this.#sources = sources;
    this.#post = post;
    this.#output = new OutputBuffer((source, text) => {
      const itemId = this.#timeline.runningItem(source);
      if (itemId !== null) this.#tell({ type: 'output', itemId, source, text });
    });
    if (sources.images !== undefined)
      this.#images = new PanelImages(taskId, sources.images, () => this.#tellSections());
    this.#stops = [
      sources.tasks.onChange((changedIds) => changedIds.has(taskId) && this.#taskChanged()),
      sources.onEvent((event) => event.taskId === taskId && this.#receive(event)),
      sources.evidence?.onArrival((arrived) => arrived === taskId && this.#readEvidence()) ??
        (() => undefined),
      sources.connection?.onChange(() => this.#connectionChanged()) ?? (() => undefined),
    ];
  }

  /** The page is there (again) and knows nothing: it gets all that it shows. */
  async pageLoaded(): Promise<void> {
    this.#isPageReady = true;
    this.#sent = {};
    this.#evidenceRead = undefined;
    this.#turnsShown = turnsPerPage;
    this.#unfollow ??= this.#sources.followOutput(this.#taskId, (output) => this.#output.add(output));
    this.#tell({ type: 'availability', availability: this.#availability });
    this.#tellSections();
    if (this.#availability.state === 'ready') this.#tellWholeTimeline();
    else await this.load();
  }

  /** The page is gone or hidden: nothing is posted until it is loaded again. */
  pageHidden(): void {
    this.#isPageReady = false;
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#output.clear();
  }

  showEarlier(): void {
    this.#turnsShown += turnsPerPage;
    this.#tellWholeTimeline();
  }

  openDetail(itemId: string): void {
    this.#tell({ type: 'detail', itemId, detail: this.#timeline.detailOf(itemId) });
  }

  /** Loads what is missing of the history; a failure is shown on the page, which offers to try again. */
  async load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const events = await this.#sources.history(this.#taskId, this.#timeline.lastSeq, this.#ending.signal);
      for (const event of [...events, ...this.#early]) this.#fold(event);
      this.#early = [];
      this.#images?.retry();
      this.#setAvailability({ state: this.#isKnown() ? 'ready' : 'missing' });
      this.#tellSections();
      this.#tellWholeTimeline();
    } catch (error) {
      if (!isCancellation(error)) this.#setAvailability(unavailabilityOf(error));
    } finally {
      this.#isLoading = false;
    }
  }

  dispose(): void {
    this.pageHidden();
    this.#ending.abort();
    this.#images?.dispose();
    for (const stop of this.#stops) stop();
  }

  #isKnown(): boolean {
    return this.#sources.tasks.get(this.#taskId) !== undefined;
  }

  #receive(event: TaskEvent): void {
    if (this.#availability.state !== 'ready' || this.#isLoading) {
      this.#early.push(event);
      return;
    }
    this.#output.flush();
    this.#tellTimeline(this.#fold(event));
  }

  #fold(event: TaskEvent): TimelineChange {
    if (event.type === 'taskCreated') this.#context = event.data.context;
    return this.#timeline.add(event);
  }

  #taskChanged(): void {
    if (!this.#isKnown()) this.#setAvailability({ state: 'missing' });
    else if (this.#availability.state === 'missing') void this.load();
    this.#tellSections();
  }

  #connectionChanged(): void {
    if (this.#sources.connection?.isConnected() === true) void this.load();
    else this.#setAvailability({ state: 'offline', reason: sentenceOf(this.#loss()) });
  }

  /** While the connection is being made again that is all there is to know; else what the user has to mend. */
  #loss(): KnownError {
    const error = this.#sources.connection?.error() ?? null;
    return error === null || error.mayRetry ? new KnownError('connectionLost') : error;
  }

  #setAvailability(availability: Availability): void {
    this.#availability = availability;
    this.#tell({ type: 'availability', availability });
  }

  #tellSections(): void {
    const task = this.#sources.tasks.get(this.#taskId);
    if (task === undefined || !this.#isPageReady) return;
    if (task.evidence !== this.#evidenceRead) this.#readEvidence();
    const place = this.#sources.tasks.placeOf(this.#taskId);
    const now = sectionsOf(task, this.#context, {
      queued: place,
      evidence: this.#evidence,
      images: this.#images,
    });
    const changed = Object.entries(now).filter(
      ([name, section]) => !isSame(section, this.#sent[name as keyof Sections]),
    );
    this.#sent = now;
    if (changed.length > 0) {
      this.#tell({ type: 'sections', sections: Object.fromEntries(changed) });
    }
  }

  /** The page shows it when it is read; nobody waits for it. */
  #readEvidence(): void {
    const task = this.#sources.tasks.get(this.#taskId);
    if (task?.evidence !== this.#evidenceRead) this.#evidence = null;
    this.#evidenceRead = task?.evidence;
    if (task?.evidence === undefined || this.#sources.evidence === undefined) return;
    this.#sources.evidence.read(task, this.#ending.signal).then(
      (reading) => {
        if (this.#evidenceRead !== task.evidence) return;
        this.#evidence = reading;
        this.#tellSections();
      },
      // The window is closing: nobody looks any more.
      () => undefined,
    );
  }

  #tellWholeTimeline(): void {
    const { items, rounds } = this.#timeline;
    this.#tellTimeline({ items, rounds });
  }

  #tellTimeline({ items, rounds }: TimelineChange): void {
    const fromOrder = this.#timeline.firstOrderOfLast(this.#turnsShown);
    this.#tell({
      type: 'timeline',
      items: items.filter(({ order }) => order >= fromOrder),
      rounds,
      fromOrder,
      earlierTurns: Math.max(0, this.#timeline.turnCount - this.#turnsShown),
      elapsed: this.#timeline.elapsed,
    });
  }

  #tell(message: PanelMessage): void {
    if (this.#isPageReady) this.#post(message);
  }
}

/** A fold keeps what it doesn't change, so most sections are the very same object. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || (other !== undefined && JSON.stringify(one) === JSON.stringify(other));
}

function unavailabilityOf(error: unknown): Availability {
  const isUnknown = error instanceof KnownError && error.code === 'taskUnknown';
  return isUnknown ? { state: 'missing' } : { state: 'offline', reason: sentenceOf(error) };
}
