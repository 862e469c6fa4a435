// What a page of the task panel is told: everything once, then only changes, through lost connections and hidden tabs.
import assert from 'node:assert/strict';
import type { EvidenceReading } from '../../../extension/model/proofSections.ts';
import type { PanelMessage } from '../../../extension/model/timelineMessages.ts';
import { TaskStore } from '../../../extension/model/taskStore.ts';
import { TaskPanelSession } from '../../../extension/views/taskPanelSession.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import type { Fact, TaskEvent } from '../../../shared/task/events.ts';
import { answerOf, createdData, eventsFrom, noReservation } from '../../support/taskFacts.ts';

const events = eventsFrom([
  { type: 'taskCreated', data: createdData() },
  { type: 'turnStarted', data: { turn: 1, round: 1, ...noReservation } },
  answerOf(1, [], 'One.'),
  { type: 'turnStarted', data: { turn: 2, round: 1, ...noReservation } },
  answerOf(2, [], 'Two.'),
]);
const taskId = events[0]!.taskId;

/** A runner's side that a test can take away, and all that the page was told. */
class Stage {
  readonly store = new TaskStore();
  readonly told: PanelMessage[] = [];
  readonly recorded: TaskEvent[] = [];
  readonly asked: number[] = [];
  isConnected = true;
  error: KnownError | null = null;
  followers = 0;
  evidence: EvidenceReading = { state: 'missing' };
  isImageThere = true;
  readonly examined: string[] = [];
  readonly #arrivalListeners = new Set<(taskId: string) => void>();
  readonly session: TaskPanelSession;
  readonly #listeners = new Set<(event: TaskEvent) => void>();
  readonly #connectionListeners = new Set<() => void>();

  constructor() {
    this.session = new TaskPanelSession(
      taskId,
      {
        tasks: this.store,
        history: async (_taskId, after) => {
          this.asked.push(after);
          if (!this.isConnected) throw new KnownError('connectionLost');
          const found = this.recorded.filter(({ seq }) => seq > after);
          // What happens while the answer travels must not get lost.
          await Promise.resolve();
          return found;
        },
        onEvent: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
        followOutput: () => {
          this.followers += 1;
          return () => (this.followers -= 1);
        },
        evidence: {
          read: async () => this.evidence,
          onArrival: (listener) => {
            this.#arrivalListeners.add(listener);
            return () => this.#arrivalListeners.delete(listener);
          },
        },
        images: {
          examine: async (_taskId, image) => {
            this.examined.push(image);
            if (!this.isImageThere) throw new KnownError('connectionLost');
            return { state: 'drawable', width: 3, height: 2 };
          },
          addressOf: (id, image) => `${id}/${image}`,
        },
        connection: {
          isConnected: () => this.isConnected,
          error: () => this.error,
          onChange: (listener) => {
            this.#connectionListeners.add(listener);
            return () => this.#connectionListeners.delete(listener);
          },
        },
      },
      (message) => this.told.push(message),
    );
  }

  record(event: TaskEvent | undefined, { isHeard = true } = {}): void {
    assert.ok(event);
    this.recorded.push(event);
    this.store.apply(event);
    if (isHeard) for (const listener of this.#listeners) listener(event);
  }

  async arrive(): Promise<void> {
    for (const listener of this.#arrivalListeners) listener(taskId);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** What the page was told of the evidence last. */
  get evidenceWords(): string | undefined {
    const told = this.told.map((message) => (message.type === 'sections' ? message.sections.evidence : null));
    return told.findLast((section) => section !== null && section !== undefined)?.words;
  }

  /** What the page was told of its image last. */
  get imageWords(): string | undefined {
    const told = this.told.map((message) => (message.type === 'sections' ? message.sections.criteria : null));
    return told.findLast((section) => section !== null && section !== undefined)?.rows[0]?.images[0]?.words;
  }

  async connect(isConnected: boolean): Promise<void> {
    this.isConnected = isConnected;
    for (const listener of this.#connectionListeners) listener();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Ids of the rows that were told, forgetting what was told. */
  takeRows(): string[] {
    return this.told
      .splice(0)
      .flatMap((message) => (message.type === 'timeline' ? message.items.map(({ id }) => id) : []));
  }

  lastAvailability(): unknown {
    return this.told.findLast(({ type }) => type === 'availability');
  }
}

describe('TaskPanelSession', () => {
  it('tells a loaded page everything, then only what changes', async () => {
    const stage = new Stage();
    for (const event of events.slice(0, 3)) stage.record(event);
    await stage.session.pageLoaded();
    assert.deepEqual(stage.takeRows(), ['created', 'turn-1']);
    stage.record(events[3]);
    const sections = stage.told.flatMap((message) =>
      message.type === 'sections' ? Object.keys(message.sections) : [],
    );
    assert.deepEqual(sections, ['header']);
    assert.deepEqual(stage.takeRows(), ['turn-2']);
    stage.session.dispose();
  });

  it('loses no event that comes while the history is on its way', async () => {
    const stage = new Stage();
    for (const event of events.slice(0, 3)) stage.record(event);
    const loaded = stage.session.pageLoaded();
    stage.record(events[3]);
    await loaded;
    assert.deepEqual(stage.takeRows(), ['created', 'turn-1', 'turn-2']);
    stage.session.dispose();
  });

  it('tells a page that comes back everything again, and nothing while it is hidden', async () => {
    const stage = new Stage();
    for (const event of events.slice(0, 3)) stage.record(event);
    await stage.session.pageLoaded();
    assert.equal(stage.followers, 1);
    stage.session.pageHidden();
    stage.told.length = 0;
    stage.record(events[3]);
    assert.deepEqual([stage.told.length, stage.followers], [0, 0]);
    await stage.session.pageLoaded();
    assert.deepEqual(stage.takeRows(), ['created', 'turn-1', 'turn-2']);
    assert.equal(stage.asked.length, 1, 'the history is asked for once');
    stage.session.dispose();
    assert.equal(stage.followers, 0);
  });

  it('shows a lost connection and fetches what it missed', async () => {
    const stage = new Stage();
    for (const event of events.slice(0, 3)) stage.record(event);
    await stage.session.pageLoaded();
    await stage.connect(false);
    const offline = stage.lastAvailability();
    assert.match(
      JSON.stringify(offline),
      /"state":"offline","reason":"The connection to the runner was lost/,
    );
    stage.told.length = 0;
    stage.record(events[3], { isHeard: false });
    stage.record(events[4], { isHeard: false });
    await stage.connect(true);
    assert.deepEqual(stage.lastAvailability(), { type: 'availability', availability: { state: 'ready' } });
    assert.deepEqual(stage.asked, [0, 3]);
    assert.ok(stage.takeRows().includes('turn-2'));
    stage.session.dispose();
  });

  it('tells of the evidence once it is in the user’s repository', async () => {
    const stage = new Stage();
    const backed = eventsFrom([
      { type: 'taskCreated', data: createdData() },
      {
        type: 'delivered',
        data: {
          ...{ commit: 'c'.repeat(40), ref: 'refs/nightjar/tasks/1', verdict: 'verified' },
          ...{ reason: 'checksPassed', summary: '', evidence: 'e'.repeat(40) },
        },
      },
    ] as Fact[]);
    for (const event of backed) stage.record(event);
    await stage.session.pageLoaded();
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(stage.evidenceWords ?? '', /Not in your repository yet/);
    stage.evidence = { state: 'here', keyIds: ['abc'] };
    await stage.arrive();
    assert.equal(stage.evidenceWords, 'Signed by the runner’s key abc');
    stage.session.dispose();
  });

  it('asks once for an image, and anew where the runner was not there', async () => {
    const stage = new Stage();
    const criteria = [{ text: 'Looks right', check: 'npm run shot' }];
    const facts: readonly Fact[] = [
      { type: 'taskCreated', data: createdData({ spec: { ...createdData().spec, criteria } }) },
      {
        type: 'criteriaJudged',
        data: {
          ...{ round: 1, commit: 'c'.repeat(40) },
          results: [
            {
              ...{ criterion: 0, state: 'toJudge', boundBy: 'spec', command: 'npm run shot', detail: '' },
              image: 'round-1-check-1.png',
            },
          ],
        },
      },
    ];
    for (const event of eventsFrom(facts)) stage.record(event);
    stage.isImageThere = false;
    await stage.session.pageLoaded();
    await stage.connect(true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(stage.imageWords ?? '', /while the runner is not connected/);
    const times = stage.examined.length;
    stage.isImageThere = true;
    await stage.connect(true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stage.imageWords, '');
    await stage.connect(true);
    assert.equal(stage.examined.length, times + 1);
    assert.deepEqual([...new Set(stage.examined)], ['round-1-check-1.png']);
    stage.session.dispose();
  });

  it('says what the user has to mend where no attempt to connect will', async () => {
    const stage = new Stage();
    await stage.session.pageLoaded();
    stage.error = new KnownError('tokenWrong', { address: 'wss://runner.example.com' });
    await stage.connect(false);
    assert.match(JSON.stringify(stage.lastAvailability()), /refused the token\. Copy the token/);
    stage.session.dispose();
  });

  it('says that a task is not there, and shows it once it is', async () => {
    const stage = new Stage();
    await stage.session.pageLoaded();
    assert.deepEqual(stage.lastAvailability(), { type: 'availability', availability: { state: 'missing' } });
    for (const event of events.slice(0, 2)) stage.record(event);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(stage.lastAvailability(), { type: 'availability', availability: { state: 'ready' } });
    assert.deepEqual(stage.takeRows().sort(), ['created', 'turn-1']);
    stage.session.dispose();
  });
});
