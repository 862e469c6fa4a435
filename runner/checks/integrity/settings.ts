// Reads files of configuration as settings, a path and a value each: JSON, YAML, TOML, INI, and objects in JavaScript.
import { parseTree, type Node } from 'jsonc-parser';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { extensionOf, nameOf } from './languages.ts';
import { childOf, textOf, type ParsedText, type SyntaxNode } from './syntaxNode.ts';

export interface Setting {
  /** Keys joined by `.`; the entries of a list share the list's path and `[]`. */
  readonly path: string;
  readonly value: string;
  readonly line: number;
}

/** Null where the file is none of these, or can't be read as what its name says. */
export function settingsIn(path: string, text: string): readonly Setting[] | null {
  const [extension, name] = [extensionOf(path), nameOf(path)];
  if (
    /^(jsonc?|json5|webmanifest)$/.test(extension) ||
    /^\.(eslintrc|nycrc|c8rc|mocharc|swcrc|babelrc)$/.test(name)
  ) {
    const json = jsonSettings(text);
    return json.length > 0 || extension !== '' ? json : yamlSettings(text);
  }
  if (/^(ya?ml)$/.test(extension) || /^\.(clang-tidy|golangci)$/.test(name)) return yamlSettings(text);
  if (
    /^(toml|ini|cfg|properties)$/.test(extension) ||
    /^\.(flake8|coveragerc|pylintrc|editorconfig)$|^(pylintrc|mypy\.ini)$/.test(name)
  )
    return lineSettings(text);
  return null;
}

function jsonSettings(text: string): Setting[] {
  const settings: Setting[] = [];
  const lineAt = lineFinder(text);
  const visit = (node: Node, path: string): void => {
    if (node.type === 'object') {
      for (const property of node.children ?? []) {
        const [key, value] = property.children ?? [];
        if (key !== undefined && value !== undefined) visit(value, joined(path, String(key.value)));
      }
    } else if (node.type === 'array') {
      for (const item of node.children ?? []) visit(item, `${path}[]`);
    } else settings.push({ path, value: String(node.value), line: lineAt(node.offset) });
  };
  const root = parseTree(text);
  if (root !== undefined) visit(root, '');
  return settings;
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

function yamlSettings(text: string): Setting[] | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', uniqueKeys: false });
  if (document.errors.length > 0) return null;
  const settings: Setting[] = [];
  const visit = (node: unknown, path: string): void => {
    // An alias repeats what is read where it is defined.
    if (isAlias(node)) return;
    if (isMap(node))
      for (const { key, value } of node.items)
        visit(value, joined(path, isScalar(key) ? String(key.value) : ''));
    else if (isSeq(node)) for (const item of node.items) visit(item, `${path}[]`);
    else if (isScalar(node))
      settings.push({
        path,
        value: String(node.value),
        line: lines.linePos(node.range?.[0] ?? 0).line + (node.type?.startsWith('BLOCK') === true ? 1 : 0),
      });
  };
  visit(document.contents, '');
  return settings;
}

/** TOML and INI as far as checks are configured in them: sections, keys, values, and lists over several lines. */
function lineSettings(text: string): Setting[] {
  const settings: Setting[] = [];
  let section = '';
  let open: { path: string; isList: boolean } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const content = raw.replace(/(^|\s)[#;].*$/, '').trimEnd();
    if (content.trim() === '') continue;
    const [, heading] = /^\[+\s*([^\]]+?)\s*\]+$/.exec(content) ?? [];
    const [, key, value = ''] = /^([\w."'/*-][\w."'/* -]*?)\s*[=:]\s*(.*)$/.exec(content) ?? [];
    const isContinued: boolean = open !== null && (open.isList || /^\s/.test(content));
    if (isContinued && open !== null) {
      settings.push(
        ...itemsOf(content).map((item) => ({ path: `${open?.path ?? ''}[]`, value: item, line })),
      );
      if (open.isList && /\]\s*$/.test(content)) open = null;
    } else if (heading !== undefined) [section, open] = [heading.replaceAll('"', ''), null];
    else if (key !== undefined) {
      const path = joined(section, key.replaceAll(/["']/g, '').trim());
      const isList = value.startsWith('[');
      open =
        isList && value.includes(']')
          ? null
          : isList || value === ''
            ? { path, isList }
            : { path, isList: false };
      if (isList) settings.push(...itemsOf(value).map((item) => ({ path: `${path}[]`, value: item, line })));
      else if (value !== '') settings.push({ path, value: value.replace(/^(["'])(.*)\1$/, '$2'), line });
    }
  }
  return settings;
}

function itemsOf(text: string): string[] {
  return text
    .replace(/^\s*\[/, '')
    .replace(/\]\s*,?\s*$/, '')
    .split(',')
    .map((item) => item.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .filter((item) => item !== '');
}

/** The literal values in a JavaScript file of configuration. */
export function settingsInCode(parsed: ParsedText): Setting[] {
  const settings: Setting[] = [];
  const visit = (node: SyntaxNode, path: string): void => {
    if (node.type === 'pair') {
      const [key, value] = [childOf(node, 'key'), childOf(node, 'value')];
      const name = key === undefined ? '' : textOf(parsed, key).replaceAll(/["'`]/g, '');
      if (value !== undefined) visit(value, joined(path, name));
    } else if (node.type === 'array') {
      for (const item of node.children) visit(item, `${path}[]`);
    } else if (/^(string|number|true|false|template_string)$/.test(node.type) && path !== '')
      settings.push({ path, value: textOf(parsed, node).replace(/^(["'`])(.*)\1$/, '$2'), line: node.line });
    else for (const child of node.children) visit(child, path);
  };
  visit(parsed.root, '');
  return settings;
}
