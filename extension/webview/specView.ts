// What was asked for and what went along: the spec with its criteria, and the context shipped at hand-off.
import type { ContextSection, CriterionRow, SpecSection } from '../model/timelineSections.ts';
import { formatCount } from '../model/formatting.ts';
import { shortCommit } from '../model/timelineText.ts';
import { element, icon, Slot, type Child } from './dom.ts';
import { markdownView } from './markdownView.ts';
import type { PageState } from './pageState.ts';
import { Section } from './section.ts';

export class SpecView {
  readonly #section: Section;
  readonly #body: Slot<SpecSection>;

  constructor(state: PageState) {
    this.#section = new Section('spec', 'Spec', state);
    this.#body = new Slot(this.#section.body, specView);
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show(spec: SpecSection): void {
    this.#body.show(spec);
    const met = spec.criteria.filter(({ passed }) => passed === true).length;
    const count = spec.criteria.length;
    const hasResults = spec.criteria.some(({ passed }) => passed !== null);
    this.#section.show('Spec', [
      count === 0 ? '' : hasResults ? `${met} of ${criteriaText(count)} proved` : criteriaText(count),
    ]);
    this.#section.suggestOpen(!spec.isCollapsed);
  }
}

export class ContextView {
  readonly #section: Section;
  readonly #body: Slot<ContextSection>;

  constructor(state: PageState) {
    this.#section = new Section('context', 'Context Shipped', state);
    this.#section.suggestOpen(false);
    this.#body = new Slot(this.#section.body, contextView);
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show(shipped: ContextSection | null): void {
    this.#body.show(shipped);
    if (shipped === null) return this.#section.hide();
    this.#section.show('Context Shipped', [`snapshot ${shortCommit(shipped.snapshot)}`]);
  }
}

function criteriaText(count: number): string {
  return count === 1 ? '1 criterion' : `${count} criteria`;
}

function specView({ goal, context, constraints, criteria }: SpecSection): Child[] {
  return [
    markdownView(goal),
    ...part('Acceptance criteria', criteria.length === 0 ? null : criteriaView(criteria)),
    ...part('Context', context === '' ? null : markdownView(context)),
    ...part('Constraints', constraints === '' ? null : markdownView(constraints)),
  ];
}

function part(title: string, content: HTMLElement | null): HTMLElement[] {
  return content === null ? [] : [element('h3', {}, title), content];
}

function criteriaView(criteria: readonly CriterionRow[]): HTMLElement {
  return element('ul', { class: 'rows criteria' }, ...criteria.map(criterionView));
}

function criterionView({ text, check, passed }: CriterionRow): HTMLElement {
  const look = criterionLook(check, passed);
  return element(
    'li',
    { class: 'row wraps', title: look.word },
    icon(look.icon, { class: `tone-${look.tone}` }),
    element('span', { class: 'unseen' }, `${look.word}: `),
    element('span', { class: 'criterion' }, text, ' ', check === null ? null : element('code', {}, check)),
  );
}

function criterionLook(
  check: string | null,
  passed: boolean | null,
): { icon: string; tone: string; word: string } {
  if (check === null) return { icon: 'eye', tone: 'muted', word: 'For you to judge' };
  if (passed === null) return { icon: 'circle-large', tone: 'muted', word: 'Not checked yet' };
  return passed
    ? { icon: 'pass', tone: 'good', word: 'Proved' }
    : { icon: 'error', tone: 'bad', word: 'Not met' };
}

function contextView({ snapshot, base, context }: ContextSection): Child[] {
  const { activeFile, openFiles, selections, problems, problemsLeftOut, instructionFiles } = context;
  const problemCount = problems.length + problemsLeftOut;
  return [
    element(
      'dl',
      { class: 'pairs' },
      ...pair('Snapshot', `${shortCommit(snapshot)} on ${shortCommit(base)}`),
      ...pair('Active file', activeFile ?? ''),
      ...pair(
        'Selections',
        selections.map(({ path, startLine, endLine }) => `${path}:${startLine}–${endLine}`).join('\n'),
      ),
      ...pair('Open files', openFiles.join('\n')),
      ...pair('Problems', problemCount === 0 ? '' : formatCount(problemCount, 'problem')),
      ...pair('Instructions', instructionFiles.join('\n')),
    ),
  ];
}

function pair(label: string, value: string): HTMLElement[] {
  return value === '' ? [] : [element('dt', {}, label), element('dd', {}, value)];
}
