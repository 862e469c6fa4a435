// Reads the part of Markdown that agents write into a tree. Knows no HTML: a tag is text like any other.

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'deleted'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly label: string; readonly address: string };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly start: number | null; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'rule' };

/** Characters that are rendered; a longer text is cut, and says so. */
const lengthLimit = 64 * 1024;
const depthLimit = 6;

const fencePattern = /^ {0,3}(`{3,}|~{3,})/;
const headingPattern = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const rulePattern = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const bulletPattern = /^( {0,8})([-*+]|\d{1,9}[.)])\s+(.*)$/;
const quotePattern = /^ {0,3}> ?/;
const tablePattern = /^\s*\|.*\|\s*$/;

export function parseMarkdown(source: string): Block[] {
  const isCut = source.length > lengthLimit;
  const text = isCut ? `${source.slice(0, lengthLimit)}\n\n… (cut)` : source;
  return parseBlocks(text.replaceAll('\t', '    ').split(/\r?\n/), 0);
}

function parseBlocks(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let place = 0;
  while (place < lines.length) {
    if (lines[place]?.trim() === '') {
      place += 1;
      continue;
    }
    const { block, next } = readBlock(lines, place, depth);
    blocks.push(block);
    place = next;
  }
  return blocks;
}

interface Read {
  readonly block: Block;
  /** The first line that doesn't belong to the block. */
  readonly next: number;
}

function readBlock(lines: readonly string[], place: number, depth: number): Read {
  const line = lines[place] ?? '';
  if (fencePattern.test(line)) return readFence(lines, place);
  const heading = headingPattern.exec(line);
  if (heading !== null) {
    const children = parseInline(heading[2] ?? '');
    return { block: { kind: 'heading', level: heading[1]?.length ?? 1, children }, next: place + 1 };
  }
  if (rulePattern.test(line)) return { block: { kind: 'rule' }, next: place + 1 };
  if (tablePattern.test(line)) return readTable(lines, place);
  if (depth < depthLimit && quotePattern.test(line)) return readQuote(lines, place, depth);
  if (depth < depthLimit && bulletPattern.test(line)) return readList(lines, place, depth);
  return readParagraph(lines, place);
}

function readFence(lines: readonly string[], place: number): Read {
  const fence = fencePattern.exec(lines[place] ?? '')?.[1] ?? '```';
  const closing = lines.findIndex((line, at) => at > place && line.trim().startsWith(fence));
  const end = closing === -1 ? lines.length : closing;
  return { block: { kind: 'code', text: lines.slice(place + 1, end).join('\n') }, next: end + 1 };
}

/** Tables keep their columns in a fixed-width font. */
function readTable(lines: readonly string[], place: number): Read {
  const next = endOfRun(lines, place, (line) => tablePattern.test(line));
  return { block: { kind: 'code', text: lines.slice(place, next).join('\n') }, next };
}

function readQuote(lines: readonly string[], place: number, depth: number): Read {
  const next = endOfRun(lines, place, (line) => quotePattern.test(line));
  const inner = lines.slice(place, next).map((line) => line.replace(quotePattern, ''));
  return { block: { kind: 'quote', blocks: parseBlocks(inner, depth + 1) }, next };
}

function readList(lines: readonly string[], place: number, depth: number): Read {
  const first = bulletPattern.exec(lines[place] ?? '');
  const indent = first?.[1]?.length ?? 0;
  const isOrdered = /\d/.test(first?.[2] ?? '');
  const items: Block[][] = [];
  let next = place;
  while (next < lines.length) {
    const bullet = bulletPattern.exec(lines[next] ?? '');
    const isMine = bullet?.[1]?.length === indent && /\d/.test(bullet[2] ?? '') === isOrdered;
    if (!isMine) break;
    const end = endOfItem(lines, next + 1, indent);
    const rest = lines.slice(next + 1, end).map((line) => outdented(line, indent + 2));
    items.push(parseBlocks([bullet[3] ?? '', ...rest], depth + 1));
    next = end;
  }
  const start = isOrdered ? Number.parseInt(first?.[2] ?? '1', 10) : null;
  return { block: { kind: 'list', start, items }, next };
}

/** An item goes on over deeper lines, and over blank lines that are followed by one. */
function endOfItem(lines: readonly string[], place: number, indent: number): number {
  let end = place;
  for (let at = place; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) <= indent) break;
    end = at + 1;
  }
  return end;
}

function readParagraph(lines: readonly string[], place: number): Read {
  const next = endOfRun(
    lines,
    place,
    (line, at) => at === place || (line.trim() !== '' && !startsBlock(line)),
  );
  const text = lines
    .slice(place, next)
    .map((line) => line.trim())
    .join('\n');
  return { block: { kind: 'paragraph', children: parseInline(text) }, next };
}

function startsBlock(line: string): boolean {
  return [fencePattern, headingPattern, rulePattern, bulletPattern, quotePattern].some((pattern) =>
    pattern.test(line),
  );
}

function endOfRun(
  lines: readonly string[],
  place: number,
  belongs: (line: string, at: number) => boolean,
): number {
  const end = lines.findIndex((line, at) => at >= place && !belongs(line, at));
  return end === -1 ? lines.length : end;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function outdented(line: string, by: number): string {
  return line.slice(Math.min(by, indentOf(line)));
}

// Every repetition is bounded and no two neighbours take the same letters, so that hostile text can't stall the page.
const inlinePatterns = [
  /(?<ticks>`{1,3})(?!`)(?<code>[^`\n](?:[^`]|(?<!`)`(?!\k<ticks>)){0,2000}?)\k<ticks>(?!`)/,
  /\*\*(?<strong>[^*\s](?:[^*\n]{0,1000}[^*\s])?)\*\*/,
  /(?<![\w*])[*_](?<emphasis>[^*_\s](?:[^*_\n]{0,1000}[^*_\s])?)[*_](?![\w*])/,
  /~~(?<deleted>[^~\n]{1,1000})~~/,
  /!?\[(?<label>[^[\]\n]{0,300})\]\((?<address>[^()\s]{1,1000})(?:\s[^()\n]{0,200})?\)/,
];
const inlinePattern = new RegExp(inlinePatterns.map(({ source }) => source).join('|'), 'g');

function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let place = 0;
  for (const match of text.matchAll(inlinePattern)) {
    if (match.index > place) parts.push({ kind: 'text', text: text.slice(place, match.index) });
    parts.push(inlineOf(match.groups ?? {}));
    place = match.index + match[0].length;
  }
  if (place < text.length) parts.push({ kind: 'text', text: text.slice(place) });
  return parts;
}

function inlineOf(groups: Readonly<Record<string, string | undefined>>): Inline {
  if (groups['code'] !== undefined) return { kind: 'code', text: groups['code'] };
  if (groups['strong'] !== undefined) return { kind: 'strong', children: parseInline(groups['strong']) };
  if (groups['emphasis'] !== undefined)
    return { kind: 'emphasis', children: parseInline(groups['emphasis']) };
  if (groups['deleted'] !== undefined) return { kind: 'deleted', children: parseInline(groups['deleted']) };
  return { kind: 'link', label: groups['label'] ?? '', address: groups['address'] ?? '' };
}
