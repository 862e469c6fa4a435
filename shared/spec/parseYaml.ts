// Reads YAML that a person wrote against a schema, and names the line of what is wrong.
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

/** What is wrong, in words for the file's author; `line` counts from 1. */
export class YamlMistake extends Error {
  override readonly name = 'YamlMistake';
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.line = line;
  }
}

/** Parses and checks `text`; empty text counts as an empty object. `firstLine` is the line in its file where it starts. */
export function parseYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  firstLine = 1,
): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => firstLine - 1 + Math.max(1, lines.linePos(offset).line);
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new YamlMistake(lineAt(mistake.pos[0]), mistake.message);
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const [first] = result.error.issues;
  if (first === undefined) throw result.error;
  const issue = closestOf(first);
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknownKey === undefined ? issue.path : [...issue.path, unknownKey];
  const reason =
    unknownKey === undefined ? `${path.join('.')}: ${issue.message}` : `unknown key "${unknownKey}"`;
  throw new YamlMistake(lineAt(offsetOf(document, path)), reason);
}

type Issue = z.core.$ZodIssue;

/** Of a value that may have one form or another, what is wrong with the form that it has. */
function closestOf(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const isOfForm = (issues: readonly Issue[]): boolean =>
    issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0);
  const inner = issue.errors.filter(isOfForm).map(([found]) => found);
  const [only] = inner;
  if (only === undefined || inner.length > 1) return issue;
  return closestOf({ ...only, path: [...issue.path, ...only.path] });
}

/** Where the key of the path's last entry stands, or what comes nearest to it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const step of path) {
    const items: unknown = typeof node === 'object' && node !== null && 'items' in node ? node.items : [];
    if (!Array.isArray(items)) break;
    const found: unknown =
      typeof step === 'number' ? items[step] : items.find((item) => keyOf(item) === step);
    if (found === undefined) break;
    const isPair = typeof found === 'object' && found !== null && 'key' in found;
    offset = startOf(isPair ? found.key : found) ?? offset;
    node = isPair && 'value' in found ? found.value : found;
  }
  return offset;
}

function keyOf(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || !('key' in item)) return undefined;
  const { key } = item;
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  return Array.isArray(node.range) ? Number(node.range[0]) : undefined;
}
