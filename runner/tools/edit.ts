// The tool that replaces exact passages of a file, several at once, all or none.
import { z } from 'zod';
import { closestPassage, type Passage } from './closestPassage.ts';
import { plainTextOf, readTextFile, type PlainText } from './textFile.ts';
import { headOf } from './textBounds.ts';
import { succeeded, ToolRefusal, type Tool } from './tool.ts';
import { writeWorkspaceFile } from './workspaceFiles.ts';
import { refuseUnwritable } from './workspacePaths.ts';

const maxFileBytes = 5 * 1024 * 1024;
const maxShownMatches = 20;
const maxShownBytes = 6 * 1024;

const editSchema = z.strictObject({
  oldText: z.string().min(1).describe('The exact passage, white space included, without line numbers.'),
  newText: z.string().describe('What stands there afterwards.'),
  replaceAll: z.boolean().optional().describe('Replaces every match; without it there must be exactly one.'),
});
const schema = z.strictObject({
  path: z.string().min(1).describe('Relative to the root of the workspace.'),
  edits: z.array(editSchema).min(1).max(100).describe('Made one after the other; if one fails none is made.'),
});
type Edit = z.infer<typeof editSchema>;

export const editTool: Tool<typeof schema> = {
  name: 'edit',
  description: 'Replaces exact passages of a text file. Line ends and everything else stay as they are.',
  schema,
  async run({ path, edits }, toolbox) {
    const { shown, text } = await readTextFile(toolbox, path, maxFileBytes);
    refuseUnwritable(path, shown);
    let raw = text;
    const changes: string[] = [];
    for (const [index, edit] of edits.entries()) {
      const name = edits.length === 1 ? 'The edit' : `Edit ${index + 1} of ${edits.length}`;
      const changed = applyEdit(plainTextOf(raw), edit, `${name} was not made`, shown);
      raw = changed.raw;
      changes.push(...changed.lines);
    }
    await writeWorkspaceFile(toolbox, shown, raw);
    return succeeded(headOf(`Edited ${shown}: ${changes.join(', ')}.`, maxShownBytes));
  },
};

function applyEdit(
  plain: PlainText,
  edit: Edit,
  failure: string,
  path: string,
): { raw: string; lines: string[] } {
  const oldText = edit.oldText.replaceAll('\r\n', '\n');
  const newText = edit.newText.replaceAll('\r\n', '\n');
  if (oldText === newText) throw refusal(failure, 'oldText and newText are the same.');
  const matches = placesOf(plain.text, oldText);
  if (matches.length === 0) throw refusal(failure, whyNotFound(plain.text, oldText, path));
  if (matches.length > 1 && edit.replaceAll !== true)
    throw refusal(failure, whichOnes(plain.text, matches, path));
  const lines = matches.slice(0, maxShownMatches).map((start) => {
    const first = lineAt(plain.text, start);
    const last = first + lineCountOf(oldText) - 1;
    return first === last ? `line ${first}` : `lines ${first}-${last}`;
  });
  if (matches.length > maxShownMatches) lines.push(`${matches.length - maxShownMatches} more places`);
  return { raw: plain.replace(matches, oldText.length, newText), lines };
}

function placesOf(text: string, wanted: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length))
    places.push(at);
  return places;
}

function whichOnes(text: string, matches: readonly number[], path: string): string {
  const lines = matches.slice(0, maxShownMatches).map((at) => lineAt(text, at));
  const more = matches.length > maxShownMatches ? ', …' : '';
  return `oldText stands ${matches.length} times in ${path}, at lines ${lines.join(', ')}${more}. Take in more of the lines around it, or set replaceAll.`;
}

function whyNotFound(text: string, oldText: string, path: string): string {
  const passage = closestPassage(text, oldText);
  if (passage === null) return `oldText is not in ${path}, nor anything like it. Read the file again.`;
  const { startLine, endLine } = passage;
  const where = startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`;
  const hint = passage.differsInSpaceOnly
    ? `Only white space differs from ${where} (→ is a tab, · a space)`
    : `The closest passage is ${where}`;
  return `oldText is not in ${path}. ${hint}:\n${headOf(shownPassage(text, passage), maxShownBytes)}`;
}

function shownPassage(text: string, { startLine, endLine, differsInSpaceOnly }: Passage): string {
  const lines = text.split('\n').slice(startLine - 1, endLine);
  return lines
    .map((line, place) => `${startLine + place}\t${differsInSpaceOnly ? withVisibleSpace(line) : line}`)
    .join('\n');
}

function withVisibleSpace(line: string): string {
  return line.replaceAll('\t', '→').replaceAll(' ', '·');
}

function lineAt(text: string, place: number): number {
  return lineCountOf(text.slice(0, place));
}

/** Lines that a text reaches into; a line end at its end does not begin another one. */
function lineCountOf(text: string): number {
  return text.split('\n').length;
}

function refusal(failure: string, why: string): ToolRefusal {
  return new ToolRefusal(`${failure}, the file is as it was: ${why}`);
}
