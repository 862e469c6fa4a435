// The changed files; a press on one opens its diff.
import type { ChangedFile } from '../../shared/task/events.ts';
import { formatCount } from '../model/formatting.ts';
import { button, element, Slot, type Child } from './dom.ts';
import type { PageState } from './pageState.ts';
import { Section } from './section.ts';

/** Rows at first: a change of thousands of files must not make the page slow. */
const rowLimit = 100;

const letters = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' } as const;

export class FilesView {
  readonly #section: Section;
  readonly #state: PageState;
  readonly #body: Slot<readonly ChangedFile[]>;

  constructor(state: PageState) {
    this.#state = state;
    this.#section = new Section('files', 'Changed Files', state);
    this.#body = new Slot(this.#section.body, (files) => [this.#list(files)]);
  }

  get root(): HTMLElement {
    return this.#section.root;
  }

  show(files: readonly ChangedFile[]): void {
    this.#body.show(files.length === 0 ? null : files);
    if (files.length === 0) return this.#section.hide();
    const added = files.reduce((sum, file) => sum + (file.added ?? 0), 0);
    const removed = files.reduce((sum, file) => sum + (file.removed ?? 0), 0);
    this.#section.show('Changed Files', [formatCount(files.length, 'file'), ...sizeView(added, removed)]);
  }

  #list(files: readonly ChangedFile[]): HTMLElement {
    const rows = files.slice(0, rowLimit).map((file) => this.#row(file));
    const list = element('ul', { class: 'rows files' }, ...rows);
    if (files.length > rowLimit) {
      const showAll = (): void => last.replaceWith(...files.slice(rowLimit).map((file) => this.#row(file)));
      const last = element(
        'li',
        {},
        button({ class: 'button more' }, showAll, `Show All ${files.length} Files`),
      );
      list.append(last);
    }
    return list;
  }

  #row(file: ChangedFile): HTMLElement {
    const { path, oldPath, status } = file;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
    const from = oldPath === null || oldPath === path ? '' : `from ${oldPath}`;
    const size = file.added === null ? ['binary'] : sizeView(file.added, file.removed ?? 0);
    const content: Child[] = [
      element('span', { class: `letter ${status}`, attributes: { 'aria-label': status } }, letters[status]),
      element('span', { class: 'name' }, name),
      element('span', { class: 'object quiet' }, [folder, from].filter((part) => part !== '').join(' · ')),
      element('span', { class: 'grow' }),
      element('span', { class: 'meta' }, ...size),
    ];
    const open = (): void => this.#state.post({ type: 'openDiff', path });
    return element(
      'li',
      {},
      button({ class: 'row press', title: `${path}: open the diff` }, open, ...content),
    );
  }
}

function sizeView(added: number, removed: number): Child[] {
  return [
    added === 0 ? null : element('span', { class: 'added' }, `+${added}`),
    removed === 0 ? null : element('span', { class: 'removed' }, `−${removed}`),
  ];
}
