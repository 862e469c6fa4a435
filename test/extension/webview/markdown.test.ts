// The page's own reading of Markdown: what agents write, and what it must never make of hostile text.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseMarkdown, type Block, type Inline } from '../../../extension/webview/markdown.ts';

function textOfInline(inline: Inline): string {
  if (inline.kind === 'link') return `${inline.label}${inline.address}`;
  return 'children' in inline ? inline.children.map(textOfInline).join('') : inline.text;
}

function textOf(block: Block): string {
  if (block.kind === 'rule') return '';
  if (block.kind === 'code') return block.text;
  if (block.kind === 'list') return block.items.flat().map(textOf).join('\n');
  return block.kind === 'quote'
    ? block.blocks.map(textOf).join('\n')
    : block.children.map(textOfInline).join('');
}

describe('parseMarkdown', () => {
  it('tells the blocks apart', () => {
    const source =
      '# Title\n\nWords\nmore\n\n- one\n- two\n\n1. first\n\n```js\ncode\n```\n\n> quoted\n\n---\n| a | b |\n|---|---|';
    assert.deepEqual(
      parseMarkdown(source).map(({ kind }) => kind),
      ['heading', 'paragraph', 'list', 'list', 'code', 'quote', 'rule', 'code'],
    );
  });

  it('nests lists by their indentation', () => {
    const [list] = parseMarkdown('- a\n  - b\n    ```\n    x\n    ```\n- c');
    assert.equal(list?.kind, 'list');
    assert.deepEqual(
      list.items.map((item) => item.map(({ kind }) => kind)),
      [['paragraph', 'list'], ['paragraph']],
    );
  });

  it('reads the marks within a line', () => {
    const [paragraph] = parseMarkdown('a **b `c`** *d* ~~e~~ [f](g) snake_case_name 2*3*4');
    assert.equal(paragraph?.kind, 'paragraph');
    assert.deepEqual(
      paragraph.children.map(({ kind }) => kind),
      ['text', 'strong', 'text', 'emphasis', 'text', 'deleted', 'text', 'link', 'text'],
    );
    assert.deepEqual(paragraph.children.at(-1), { kind: 'text', text: ' snake_case_name 2*3*4' });
  });

  it('leaves tags and an open fence text', () => {
    assert.deepEqual(parseMarkdown('<img src=x onerror=alert(1)>'), [
      { kind: 'paragraph', children: [{ kind: 'text', text: '<img src=x onerror=alert(1)>' }] },
    ]);
    assert.deepEqual(parseMarkdown('```\nnever closed'), [{ kind: 'code', text: 'never closed' }]);
  });

  it('cuts what is too long, and says so', () => {
    const blocks = parseMarkdown('word '.repeat(20_000));
    assert.match(textOf(blocks.at(-1)!), /\(cut\)/);
  });

  it('loses no letter of plain words, whatever surrounds them', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const mark = fc.constantFrom(
      '*',
      '**',
      '_',
      '`',
      '~~',
      '[',
      '](',
      ')',
      '#',
      '> ',
      '- ',
      '1. ',
      '\n',
      '\n\n',
      ' ',
      '    ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, mark), { maxLength: 40 }), (parts) => {
        const isFenced = /```|~~~/.test(parts.join(''));
        fc.pre(!isFenced);
        const letters = (text: string): string => text.replace(/[^a-z]/g, '');
        assert.equal(letters(parseMarkdown(parts.join('')).map(textOf).join('\n')), letters(parts.join('')));
      }),
    );
  });

  it('takes hostile repetition in its stride', () => {
    for (const piece of ['*', '`', '[', '> ', '- ', '**a', '[a](', '_a ', '  - ']) {
      const startedAt = performance.now();
      parseMarkdown(piece.repeat(20_000));
      assert.ok(performance.now() - startedAt < 1_000, `${JSON.stringify(piece)} took too long`);
    }
  });
});
