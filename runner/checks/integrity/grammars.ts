// Parses source text with the grammars of tree-sitter, each loaded when the first file needs it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { Language as Grammar, Node, Parser, Tree } from 'web-tree-sitter';
import type * as TreeSitter from 'web-tree-sitter';
import type { Language } from './languages.ts';
import type { ParsedText, SyntaxNode } from './syntaxNode.ts';

/** Milliseconds for one file: what a grammar can't read in that time is read as text. */
const parseTimeoutMs = 1_000;

/** A tree with more nodes is no source that a person wrote. */
const mostNodes = 400_000;

/** The share of a text that the grammar may fail to understand. */
const mostBroken = 0.05;

export class Grammars {
  #library: Promise<typeof TreeSitter> | null = null;
  readonly #grammars = new Map<Language, Promise<Grammar>>();

  /** Null where the grammar doesn't understand the text, or not in time. */
  async parse(text: string, language: Language): Promise<ParsedText | null> {
    const { Parser } = await (this.#library ??= loadLibrary());
    const grammar = await this.#grammarOf(language);
    const parser = new Parser();
    try {
      parser.setLanguage(grammar);
      return parseInTime(parser, text);
    } finally {
      parser.delete();
    }
  }

  #grammarOf(language: Language): Promise<Grammar> {
    const known = this.#grammars.get(language);
    if (known !== undefined) return known;
    const grammar = this.#load(language);
    this.#grammars.set(language, grammar);
    return grammar;
  }

  async #load(language: Language): Promise<Grammar> {
    const { Language } = await (this.#library ??= loadLibrary());
    return Language.load(await readWasm(`tree-sitter-${language}.wasm`));
  }
}

async function loadLibrary(): Promise<typeof TreeSitter> {
  const library = await import('web-tree-sitter');
  await library.Parser.init({ wasmBinary: await readWasm('web-tree-sitter.wasm') });
  return library;
}

/** From the bundle's folder, where it lies compressed, or from the packages. */
async function readWasm(name: string): Promise<Uint8Array> {
  const bundled = join(import.meta.dirname, 'vendor', 'grammars', `${name}.br`);
  if (existsSync(bundled)) return promisify(brotliDecompress)(await readFile(bundled));
  const owner = name.startsWith('web-') ? 'web-tree-sitter' : '@vscode/tree-sitter-wasm/wasm';
  return readFile(join(import.meta.dirname, '../../../node_modules', owner, name));
}

function parseInTime(parser: Parser, text: string): ParsedText | null {
  const deadline = performance.now() + parseTimeoutMs;
  const isLate = (): boolean => performance.now() > deadline;
  const tree = parser.parse(text, null, { progressCallback: isLate });
  if (tree === null) return null;
  try {
    return copyOf(tree, text);
  } finally {
    tree.delete();
  }
}

interface OpenNode {
  readonly node: SyntaxNode & { readonly children: SyntaxNode[] };
}

/** Null for a tree that is too large, or broken: the grammar skips what it can't understand. */
function copyOf(tree: Tree, text: string): ParsedText | null {
  const cursor = tree.walk();
  const root = newNode(cursor.currentNode, '', null);
  const open: OpenNode[] = [{ node: root }];
  let [count, broken] = [0, 0];
  try {
    if (!cursor.gotoFirstChild()) return { text, root };
    for (;;) {
      const parent = open.at(-1)?.node;
      if (parent === undefined) break;
      const field = cursor.currentFieldName ?? '';
      if (cursor.nodeType === 'ERROR') broken += cursor.endIndex - cursor.startIndex;
      if (++count > mostNodes || broken > text.length * mostBroken) return null;
      const isKept = cursor.nodeIsNamed || field !== '';
      if (isKept) {
        const node = newCursorNode(cursor, field, parent);
        parent.children.push(node);
        if (cursor.gotoFirstChild()) {
          open.push({ node });
          continue;
        }
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return { text, root };
        open.pop();
        if (open.length === 0) return { text, root };
      }
    }
    return { text, root };
  } finally {
    cursor.delete();
  }
}

function newNode(node: Node, field: string, parent: SyntaxNode | null): OpenNode['node'] {
  const { type, startIndex: start, endIndex: end, startPosition } = node;
  return { type, field, start, end, line: startPosition.row + 1, parent, children: [] };
}

function newCursorNode(
  cursor: ReturnType<Tree['walk']>,
  field: string,
  parent: SyntaxNode,
): OpenNode['node'] {
  const { nodeType: type, startIndex: start, endIndex: end, startPosition } = cursor;
  return { type, field, start, end, line: startPosition.row + 1, parent, children: [] };
}
