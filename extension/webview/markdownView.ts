// Shows parsed Markdown; links are text with their address, because an agent's words must not lead anywhere by a click.
import { element, type Child } from './dom.ts';
import { parseMarkdown, type Block, type Inline } from './markdown.ts';

export function markdownView(source: string): HTMLElement {
  return element('div', { class: 'markdown' }, ...parseMarkdown(source).map(blockView));
}

function blockView(block: Block): HTMLElement {
  switch (block.kind) {
    case 'heading':
      // The page's own sections are level 2, so the words' headings stay beneath them.
      return element(
        'p',
        { class: `heading level${Math.min(block.level, 3)}` },
        ...block.children.map(inlineView),
      );
    case 'paragraph':
      return element('p', {}, ...block.children.map(inlineView));
    case 'code':
      return element('pre', { attributes: { tabindex: '0' } }, element('code', {}, block.text));
    case 'quote':
      return element('blockquote', {}, ...block.blocks.map(blockView));
    case 'rule':
      return element('hr');
    case 'list': {
      const items = block.items.map((item) => element('li', {}, ...item.map(blockView)));
      if (block.start === null) return element('ul', {}, ...items);
      return element('ol', { attributes: { start: String(block.start) } }, ...items);
    }
  }
}

function inlineView(inline: Inline): Child {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'code':
      return element('code', {}, inline.text);
    case 'strong':
      return element('strong', {}, ...inline.children.map(inlineView));
    case 'emphasis':
      return element('em', {}, ...inline.children.map(inlineView));
    case 'deleted':
      return element('del', {}, ...inline.children.map(inlineView));
    case 'link':
      if (inline.label === inline.address || inline.label === '') return inline.address;
      return element(
        'span',
        { class: 'link' },
        inline.label,
        element('span', { class: 'quiet' }, ` (${inline.address})`),
      );
  }
}
