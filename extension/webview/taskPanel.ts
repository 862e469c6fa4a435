// The task panel's page: builds its parts, gives each message to the part that it concerns, remembers the place.
import type { Availability, PanelMessage } from '../model/timelineMessages.ts';
import type { Sections } from '../model/timelineSections.ts';
import type { Status } from '../../shared/task/task.ts';
import { AvailabilityCard, BlockedCard, FailureCard, LimitCard, QuestionCard } from './cards.ts';
import { FilesView } from './filesView.ts';
import { HeaderView } from './headerView.ts';
import { PageState } from './pageState.ts';
import { ReplyBox } from './replyBox.ts';
import { CriteriaView, EvidenceView, IntegrityView } from './proofViews.ts';
import { ResultView } from './resultView.ts';
import { ContextView, SpecView } from './specView.ts';
import { TimelineView } from './timelineView.ts';

/** The words with which a question about the limit begins; they may be changed before they are sent. */
const askForWhy = 'What is left to do, and what kept you from finishing it within the budget?';

/** Pixels from the end of the page within which it follows what is added. */
const followDistance = 60;

class TaskPage {
  readonly #state = new PageState();
  readonly #header = new HeaderView(this.#state);
  readonly #availability = new AvailabilityCard(() => this.#state.post({ type: 'retry' }));
  readonly #reply = new ReplyBox(this.#state);
  readonly #question = new QuestionCard((text) => this.#reply.begin(text));
  readonly #failure = new FailureCard();
  readonly #limit = new LimitCard(this.#state, () => this.#reply.begin(askForWhy));
  readonly #blocked = new BlockedCard(this.#state);
  readonly #integrity = new IntegrityView(this.#state);
  readonly #criteria = new CriteriaView(this.#state);
  readonly #result = new ResultView(this.#state);
  readonly #evidence = new EvidenceView(this.#state);
  readonly #files = new FilesView(this.#state);
  readonly #timeline = new TimelineView(this.#state);
  readonly #spec = new SpecView(this.#state);
  readonly #context = new ContextView(this.#state);
  #status: Status | null = null;
  #now: Availability = { state: 'loading' };
  #isRestored = false;

  constructor(host: HTMLElement) {
    host.append(
      this.#header.root,
      this.#availability.host,
      this.#question.host,
      this.#failure.host,
      this.#limit.host,
      this.#blocked.host,
      this.#integrity.root,
      this.#criteria.root,
      this.#result.root,
      this.#evidence.root,
      this.#files.root,
      this.#timeline.root,
      this.#spec.root,
      this.#context.root,
      this.#reply.root,
    );
    this.#availability.show(this.#now);
    window.addEventListener('message', (event: MessageEvent<PanelMessage>) => this.#receive(event.data));
    window.addEventListener('scrollend', () => this.#state.keep({ scrollTop: window.scrollY }));
    window.setInterval(() => this.#tick(), 1_000);
    this.#state.post({ type: 'ready' });
  }

  #receive(message: PanelMessage): void {
    switch (message.type) {
      case 'task':
        return this.#state.keep({ taskId: message.taskId });
      case 'availability':
        return this.#setAvailability(message.availability);
      case 'sections':
        return this.#showSections(message.sections);
      case 'timeline':
        return this.#followingEnd(() => {
          this.#header.setElapsed(message.elapsed);
          this.#timeline.show(message);
        });
      case 'output':
        return this.#followingEnd(() => this.#timeline.addOutput(message.itemId, message.text));
      case 'detail':
        return this.#timeline.showDetail(message.itemId, message.detail);
      case 'replied':
        return this.#reply.sent(message.error);
    }
  }

  #showSections(sections: Partial<Sections>): void {
    const { header, question, failure, limit, blocked, files, spec, context } = sections;
    if (header !== undefined) {
      this.#header.show(header);
      this.#status = header.status;
    }
    if (question !== undefined) this.#question.show(question);
    if (failure !== undefined) this.#failure.show(failure);
    if (limit !== undefined) this.#limit.show(limit);
    if (blocked !== undefined) this.#blocked.show(blocked);
    this.#showProof(sections);
    if (files !== undefined) this.#files.show(files);
    if (spec !== undefined) this.#spec.show(spec);
    if (context !== undefined) this.#context.show(context);
    this.#refreshReply();
  }

  #showProof({ integrity, criteria, result, evidence }: Partial<Sections>): void {
    if (integrity !== undefined) this.#integrity.show(integrity);
    if (criteria !== undefined) this.#criteria.show(criteria);
    if (result !== undefined) this.#result.show(result);
    if (evidence !== undefined) this.#evidence.show(evidence);
  }

  #setAvailability(availability: Availability): void {
    this.#now = availability;
    this.#availability.show(availability);
    this.#refreshReply();
  }

  #refreshReply(): void {
    this.#reply.setPossible(unsendable[this.#now.state], placeholderOf(this.#status));
  }

  #tick(): void {
    this.#header.tick();
    this.#question.tick();
  }

  /**
   * Stays at the end of the page where the user has gone there, and returns once to where they were before. A page
   * that was not scrolled shows its top, however little of it is out of sight.
   */
  #followingEnd(change: () => void): void {
    const end = document.documentElement.scrollHeight - window.innerHeight;
    const wasAtEnd = window.scrollY > 0 && window.scrollY >= end - followDistance;
    change();
    if (!this.#isRestored) {
      this.#isRestored = true;
      window.scrollTo(0, this.#state.kept.scrollTop);
    } else if (wasAtEnd) window.scrollTo(0, document.documentElement.scrollHeight);
  }
}

const unsendable: Readonly<Record<Availability['state'], string | null>> = {
  ready: null,
  loading: 'The task is being loaded.',
  offline: 'Nothing can be sent while the runner is not connected.',
  missing: 'The runner doesn’t know this task.',
};

function placeholderOf(status: Status | null): string {
  switch (status) {
    case 'needsInput':
      return 'Answer the question…';
    case 'readyForReview':
    case 'failed':
    case 'stopped':
    case 'done':
      return 'Tell the agent what to change; it starts another round…';
    default:
      return 'Tell the agent something; it reads it at its next turn…';
  }
}

const host = document.getElementById('page');
if (host === null) throw new Error('The page has no place for its content.');
new TaskPage(host);
