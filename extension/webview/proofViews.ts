// What backs or doubts the result: findings in the tests first, then the criteria, and the signed evidence.
import type { CriterionState } from '../../shared/task/criteria.ts';
import { criterionWords, type CrossRunText } from '../../shared/task/proof.ts';
import type { Drawing, ShownImage } from '../model/criterionImages.ts';
import type {
  CriteriaSection,
  CriterionRow,
  EvidenceSection,
  FindingRow,
  IntegritySection,
} from '../model/proofSections.ts';
import { moreText } from '../model/formatting.ts';
import { button, element, icon, Slot, type Child } from './dom.ts';
import type { PageState } from './pageState.ts';
import { Section } from './section.ts';

/** Findings of one kind that are shown at first. */
const findingLimit = 10;

export class IntegrityView {
  readonly #section: Section;
  readonly #body: Slot<IntegritySection>;

  constructor(state: PageState) {
    this.#section = new Section('integrity', 'Integrity of the Tests', state);
    this.#body = new Slot(this.#section.body, (integrity) => integrityView(integrity, state));
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show(integrity: IntegritySection | null): void {
    this.#body.show(integrity);
    if (integrity === null) return this.#section.hide();
    const { aside, groups, isKnown } = integrity;
    const tone = groups.length > 0 ? 'tone-warning' : '';
    this.#section.show('Integrity of the Tests', [element('span', { class: tone }, aside)]);
    this.#section.suggestOpen(isKnown);
  }
}

function integrityView({ groups, leftOut, empty, runs }: IntegritySection, state: PageState): Child[] {
  return [
    ...groups.flatMap(({ title, findings }) => [
      element('h3', {}, title, findings.length > 1 ? ` (${findings.length})` : null),
      findingList(findings, state),
    ]),
    leftOut === 0 ? null : element('p', { class: 'quiet' }, `${moreText(leftOut)} in the log of the task.`),
    empty === '' ? null : element('p', { class: 'quiet' }, empty),
    runs.length === 0 ? null : element('ul', { class: 'rows runs' }, ...runs.map(runView)),
  ];
}

function findingList(findings: readonly FindingRow[], state: PageState): HTMLElement {
  const rowOf = (finding: FindingRow): HTMLElement => element('li', {}, findingView(finding, state));
  const list = element('ul', { class: 'rows findings' }, ...findings.slice(0, findingLimit).map(rowOf));
  const rest = findings.slice(findingLimit);
  if (rest.length > 0) {
    const showRest = (): void => last.replaceWith(...rest.map(rowOf));
    const last = element('li', {}, button({ class: 'button more' }, showRest, `Show ${rest.length} More`));
    list.append(last);
  }
  return list;
}

function findingView(finding: FindingRow, state: PageState): HTMLElement {
  const { file, line, side, message, excerpt, place, hint } = finding;
  const open = (): void => state.post({ type: 'openFinding', path: file, line, side });
  return button(
    { class: 'row wraps press', title: `Open ${place} in the diff` },
    open,
    icon('warning', { class: 'tone-warning' }),
    element(
      'span',
      { class: 'finding' },
      element('span', {}, message, hint === '' ? null : element('span', { class: 'quiet' }, ` (${hint})`)),
      excerpt === '' ? null : element('code', { class: `excerpt ${side}` }, excerpt),
    ),
    element('code', { class: 'place' }, place),
  );
}

/** A run proves what it says and no more, so it is never green. */
function runView({ text, note }: CrossRunText): HTMLElement {
  return element(
    'li',
    { class: 'row wraps' },
    icon('beaker', { class: 'tone-muted' }),
    element('span', {}, text, note === '' ? null : element('span', { class: 'quiet' }, `. ${note}`)),
  );
}

export class CriteriaView {
  readonly #section: Section;
  readonly #body: Slot<CriteriaSection>;

  constructor(state: PageState) {
    this.#section = new Section('criteria', 'Criteria', state);
    this.#body = new Slot(this.#section.body, ({ rows, isProved }) => [
      element('ul', { class: 'rows criteria' }, ...rows.map((row) => criterionView(row, isProved, state))),
    ]);
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show(criteria: CriteriaSection | null): void {
    this.#body.show(criteria);
    if (criteria === null) this.#section.hide();
    else this.#section.show('Criteria', [criteria.aside]);
  }
}

const criterionLooks: Readonly<Record<CriterionState, { readonly icon: string; readonly tone: string }>> = {
  met: { icon: 'pass', tone: 'good' },
  notMet: { icon: 'error', tone: 'bad' },
  toJudge: { icon: 'eye', tone: 'muted' },
  notRun: { icon: 'circle-large', tone: 'muted' },
};

const agentTitle =
  'The spec binds no check to this criterion; the agent proposed one. It counts only where it failed before the change and passes after it.';

function criterionView(criterion: CriterionRow, isProved: boolean, state: PageState): HTMLElement {
  const { text, boundBy, command, detail, images } = criterion;
  const look = criterionLooks[criterion.state];
  const tone = look.tone === 'good' && !isProved ? 'muted' : look.tone;
  const word = criterionWords[criterion.state];
  return element(
    'li',
    { class: 'row wraps' },
    icon(look.icon, { class: `tone-${tone}` }),
    element(
      'div',
      { class: 'criterion' },
      element('span', {}, text),
      element(
        'span',
        { class: 'standing' },
        element('span', { class: `tone-${tone}` }, word),
        boundBy === 'agent'
          ? element('span', { class: 'tag', title: agentTitle }, 'the agent’s own check')
          : null,
        command === null ? null : element('code', {}, command),
        detail === '' ? null : element('span', { class: 'quiet' }, detail),
      ),
      images.length === 0 ? null : imagesView(images, state),
    ),
  );
}

function imagesView(images: readonly ShownImage[], state: PageState): HTMLElement {
  return element('div', { class: 'images' }, ...images.map((image) => imageView(image, state)));
}

function imageView(image: ShownImage, state: PageState): HTMLElement {
  const { name, label, drawing, words, canOpen } = image;
  const open = (): void => state.post({ type: 'openImage', image: name });
  const figure = element(
    'figure',
    {},
    label === '' ? null : element('figcaption', { class: 'quiet' }, label),
  );
  const inWords = (said: string): void => {
    const link = canOpen ? button({ class: 'button more' }, open, 'Open Image') : null;
    figure.append(element('span', { class: 'quiet' }, said), ...(link === null ? [] : [' ', link]));
  };
  if (drawing === null) inWords(words);
  else {
    const drawn = drawnImage(image, drawing);
    const shown = button({ class: 'imageButton', title: 'Open the image' }, open, drawn);
    drawn.addEventListener('error', () => {
      shown.remove();
      inWords('The image can’t be shown.');
    });
    figure.append(shown);
  }
  return figure;
}

/** Pixels that an image may take on the page. */
const largestImage = { width: 320, height: 240 } as const;

/** It takes its place before its bytes are there, so that nothing moves when they come. */
function drawnImage({ description }: ShownImage, { address, width, height }: Drawing): HTMLImageElement {
  const scale = Math.min(1, largestImage.width / width, largestImage.height / height);
  const [shownWidth, shownHeight] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  const attributes = {
    ...{ src: address, alt: description },
    ...{ width: String(shownWidth), height: String(shownHeight) },
  };
  return element('img', { attributes });
}

export class EvidenceView {
  readonly #section: Section;
  readonly #body: Slot<EvidenceSection>;

  constructor(state: PageState) {
    this.#section = new Section('evidence', 'Evidence', state);
    this.#body = new Slot(this.#section.body, (evidence) => evidenceView(evidence, state));
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show(evidence: EvidenceSection | null): void {
    this.#body.show(evidence);
    if (evidence === null) return this.#section.hide();
    this.#section.show('Evidence', [evidence.hasEvidence ? '' : 'none']);
    this.#section.suggestOpen(evidence.hasEvidence);
  }
}

function evidenceView(
  { label, words, title, isDoubtful, hasEvidence }: EvidenceSection,
  state: PageState,
): Child[] {
  const tone = isDoubtful ? 'tone-warning' : 'quiet';
  const row = element(
    'p',
    { class: 'row wraps', title },
    icon(isDoubtful ? 'warning' : hasEvidence ? 'key' : 'circle-slash', {
      class: isDoubtful ? 'tone-warning' : 'tone-muted',
    }),
    element('span', { class: 'noteText' }, label, element('span', { class: tone }, ` · ${words}`)),
  );
  if (!hasEvidence) return [element('div', { class: 'rows' }, row)];
  const actions = element(
    'div',
    { class: 'actions beneath' },
    button({ class: 'button' }, () => state.post({ type: 'openEvidence' }), icon('json'), 'Open Evidence'),
    button(
      { class: 'button', title: 'A line for the terminal that checks the signature without asking anybody' },
      () => state.post({ type: 'copyVerifyCommand' }),
      icon('copy'),
      'Copy Verify Command',
    ),
  );
  return [element('div', { class: 'rows' }, row), actions];
}
