// What was asked for and what went along: the spec, and the context shipped at hand-off.
import type { ContextSection, SpecSection } from '../model/timelineSections.ts';
import { formatCount } from '../model/formatting.ts';
import { shortCommit } from '../model/timelineText.ts';
import { element, Slot, type Child } from './dom.ts';
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
    this.#section.show('Spec', []);
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

function specView({ goal, context, constraints }: SpecSection): Child[] {
  return [
    markdownView(goal),
    ...part('Context', context === '' ? null : markdownView(context)),
    ...part('Constraints', constraints === '' ? null : markdownView(constraints)),
  ];
}

function part(title: string, content: HTMLElement | null): HTMLElement[] {
  return content === null ? [] : [element('h3', {}, title), content];
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
