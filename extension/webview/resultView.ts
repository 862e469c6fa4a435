// What came out: the checks with what they prove, then the agent's own words, kept apart.
import type { CheckLine, ResultSection } from '../model/timelineSections.ts';
import { formatCount } from '../model/formatting.ts';
import { shortCommit } from '../model/timelineText.ts';
import { checkRow, flakyTag, progressLooks, type Look } from './checkRow.ts';
import { button, element, icon, Slot, type Child } from './dom.ts';
import { markdownView } from './markdownView.ts';
import type { PageState } from './pageState.ts';
import { Section } from './section.ts';

const notRun: Look = { icon: 'circle-large', tone: 'muted', word: 'Not run yet' };
const outdated: Look = { icon: 'circle-large', tone: 'muted', word: 'Ran on an earlier commit' };

export class ResultView {
  readonly #section: Section;
  readonly #body: Slot<ResultSection>;

  constructor(state: PageState) {
    this.#section = new Section('result', 'Result', state);
    this.#body = new Slot(this.#section.body, (result) => resultView(result, state));
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

function countOf(checks: readonly CheckLine[]): string {
  const hasRun = checks.some(({ passed, isOutdated }) => passed !== null && !isOutdated);
  if (!hasRun) return checks.length === 0 ? 'no checks' : formatCount(checks.length, 'check');
  return `${checks.filter(({ passed, isOutdated }) => passed === true && !isOutdated).length} of ${formatCount(checks.length, 'check')} passed`;
}

function resultView(result: ResultSection, state: PageState): Child[] {
  const { tone, checks } = result;
  const isGreen = result.verdict !== 'unverified';
  const rows = checks.map((check) => checkView(check, isGreen));
  return [
    element('p', { class: `proof tone-${tone === 'good' ? 'good' : 'muted'}` }, result.proof),
    checks.length === 0 ? null : element('ul', { class: 'rows' }, ...rows),
    checks.some(({ problemCount }) => problemCount > 0) ? problemButtons(state) : null,
    result.summary === '' ? null : claimView(result.summary),
  ];
}

/** The problems of the newest round, in the editor's own list. */
function problemButtons(state: PageState): HTMLElement {
  const run = (command: 'showProblems' | 'hideProblems') => () => state.post({ type: 'command', command });
  const title = 'Lists the problems of the newest round among those of the editor';
  return element(
    'div',
    { class: 'actions beneath' },
    button({ class: 'button', title }, run('showProblems'), icon('list-unordered'), 'Show Problems'),
    button({ class: 'button more' }, run('hideProblems'), 'Hide Problems'),
  );
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

function checkView(check: CheckLine, isGreen: boolean): HTMLElement {
  const { commit, isOutdated } = check;
  const title = commit === null ? '' : `Ran on a clean checkout of ${shortCommit(commit)}`;
  const old = isOutdated ? element('span', { class: 'tag' }, 'earlier commit') : beforeTag(check, isGreen);
  const tags = [flakyTag(check.isFlaky === true), old];
  const row = checkRow({ ...check, timedOut: false }, lookOf(check, isGreen), ...tags);
  return element('li', { class: 'row', title }, ...row);
}

function lookOf({ passed, isOutdated }: CheckLine, isGreen: boolean): Look {
  if (passed === null) return notRun;
  if (isOutdated) return outdated;
  if (!passed) return progressLooks.failed;
  return isGreen ? progressLooks.passed : { ...progressLooks.passed, tone: 'muted' };
}

/** What the baseline says beside the result: whether the work mended it, broke it or found it broken. */
function beforeTag({ failedBefore, passed }: CheckLine, isGreen: boolean): HTMLElement | null {
  if (failedBefore === null || passed === null || failedBefore !== passed) {
    return failedBefore === true && passed === false
      ? element('span', { class: 'tag', title: 'It failed before the agent started, too' }, 'failed before')
      : null;
  }
  return passed
    ? element(
        'span',
        { class: `tag tone-${isGreen ? 'good' : 'muted'}`, title: 'It failed before the agent started' },
        'fixed',
      )
    : element('span', { class: 'tag tone-bad', title: 'It passed before the agent started' }, 'broken');
}
