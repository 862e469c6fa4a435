// The tool that shows a file with its line numbers.
import { z } from 'zod';
import { readTextFile, plainTextOf } from './textFile.ts';
import { cutLine, toolTextBytes } from './textBounds.ts';
import { succeeded, ToolRefusal, type Tool } from './tool.ts';

const maxFileBytes = 20 * 1024 * 1024;
const maxLines = 2_000;
const maxLineLength = 2_000;
/** Room for the line that says how to read on. */
const hintBytes = 300;

const line = z.int().min(1).max(10_000_000);
const schema = z.strictObject({
  path: z.string().min(1).describe('Relative to the root of the workspace.'),
  startLine: line.optional().describe('First line to show, from 1.'),
  endLine: line.optional().describe('Last line to show.'),
});

export const readTool: Tool<typeof schema> = {
  name: 'read',
  description: `Shows a text file with line numbers, at most ${maxLines} lines or 16 KiB at once; startLine and endLine choose a part.`,
  schema,
  async run({ path, startLine = 1, endLine = Infinity }, toolbox) {
    if (endLine < startLine) throw new ToolRefusal(`endLine ${endLine} lies before startLine ${startLine}.`);
    const { shown, text } = await readTextFile(toolbox, path, maxFileBytes);
    const lines = linesOf(plainTextOf(text).text);
    if (lines.length === 0) return succeeded(`${shown} is empty.`);
    if (startLine > lines.length) {
      throw new ToolRefusal(
        `${shown} has only ${countOf(lines.length)}; startLine ${startLine} lies behind its end.`,
      );
    }
    return succeeded(numbered(shown, lines, startLine, Math.min(endLine, lines.length)));
  },
};

function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function numbered(shownPath: string, lines: readonly string[], startLine: number, endLine: number): string {
  const shown: string[] = [];
  let bytesLeft = toolTextBytes - hintBytes - Buffer.byteLength(shownPath);
  let next = startLine;
  for (; next <= endLine && shown.length < maxLines; next += 1) {
    const row = `${next}\t${cutLine(lines[next - 1] ?? '', maxLineLength)}`;
    bytesLeft -= Buffer.byteLength(row) + 1;
    if (bytesLeft < 0) break;
    shown.push(row);
  }
  const text = shown.join('\n');
  if (next > lines.length && startLine === 1) return text;
  const hint = next <= lines.length ? ` Read on with startLine ${next}.` : '';
  return `${text}\n\n[Lines ${startLine} to ${next - 1} of ${lines.length} of ${shownPath}.${hint}]`;
}

function countOf(lines: number): string {
  return lines === 1 ? '1 line' : `${lines} lines`;
}
