// What came out: the checks with what they prove, then the agent's own words, kept apart.
import type { CheckState } from '../../shared/task/task.ts';
import type { ResultSection } from '../model/timelineSections.ts';
import { formatCount } from '../model/formatting.ts';
import { shortCommit } from '../model/timelineText.ts';
import { checkRow, progressLooks, type Look } from './checkRow.ts';
import { element, icon, Slot, type Child } from './dom.ts';
import { markdownView } from './markdownView.ts';
import type { PageState } from './pageState.ts';
import { Section } from './section.ts';

const notRun: Look = { icon: 'circle-large', tone: 'muted', word: 'Not run yet' };

export class ResultView {
  readonly #section: Section;
  readonly #body: Slot<ResultSection>;

  constructor(state: PageState) {
    this.#section = new Section('result', 'Result', state);
    this.#body = new Slot(this.#section.body, resultView);
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show(result: ResultSection | null): void {
    this.#body.show(result);
    if (result === null) this.#section.hide();
    else this.#section.show(result.isFinal ? 'Result' : 'Checks', [countOf(result.checks)]);
  }
}

function countOf(checks: readonly CheckState[]): string {
  const hasRun = checks.some(({ passed }) => passed !== null);
  if (!hasRun) return checks.length === 0 ? 'no checks' : formatCount(checks.length, 'check');
  return `${checks.filter(({ passed }) => passed === true).length} of ${formatCount(checks.length, 'check')} passed`;
}

function resultView(result: ResultSection): Child[] {
  const tone = result.verdict === 'verified' ? 'good' : 'muted';
  return [
    element('p', { class: `proof tone-${tone}` }, result.proof),
    result.checks.length === 0 ? null : element('ul', { class: 'rows' }, ...result.checks.map(checkView)),
    result.summary === '' ? null : claimView(result.summary),
  ];
}

function claimView(summary: string): HTMLElement {
  const label = element(
    'p',
    { class: 'claimLabel' },
    icon('quote'),
    'In the agent’s own words, not checked by anyone',
  );
  return element('div', { class: 'claim' }, label, markdownView(summary));
}

function checkView(check: CheckState): HTMLElement {
  const { passed, commit } = check;
  const look = passed === null ? notRun : progressLooks[passed ? 'passed' : 'failed'];
  const title = commit === null ? '' : `Ran on a clean checkout of ${shortCommit(commit)}`;
  const row = checkRow({ ...check, timedOut: false }, look, beforeTag(check));
  return element('li', { class: 'row', title }, ...row);
}

/** What the baseline says beside the result: whether the work mended it, broke it or found it broken. */
function beforeTag({ failedBefore, passed }: CheckState): HTMLElement | null {
  if (failedBefore === null || passed === null || failedBefore !== passed) {
    return failedBefore === true && passed === false
      ? element('span', { class: 'tag', title: 'It failed before the agent started, too' }, 'failed before')
      : null;
  }
  return passed
    ? element('span', { class: 'tag tone-good', title: 'It failed before the agent started' }, 'fixed')
    : element('span', { class: 'tag tone-bad', title: 'It passed before the agent started' }, 'broken');
}
