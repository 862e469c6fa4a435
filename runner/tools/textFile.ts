// Reads and writes text files of the workspace without changing what a change does not touch: BOM and line ends.
import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { namingDiskFull } from '../host/diskFull.ts';
import { sizeText } from './textBounds.ts';
import { ToolRefusal } from './tool.ts';
import { openFile, type WorkspacePath } from './workspacePaths.ts';

const byteOrderMark = '\uFEFF';

/** The text of a file, its byte order mark included. Throws ToolRefusal for missing, large and binary files. */
export async function readTextFile(place: WorkspacePath, maxBytes: number): Promise<string> {
  if (!place.exists) throw new ToolRefusal(`There is no file ${place.shown}.`);
  await using file = await openFile(place, constants.O_RDONLY);
  const { size } = await file.stat();
  if (size > maxBytes) {
    throw new ToolRefusal(
      `${place.shown} is too large for this tool: ${sizeText(size)} of at most ${sizeText(maxBytes)}. Use run with a command that picks what you need.`,
    );
  }
  const bytes = await file.readFile();
  if (bytes.includes(0)) throw new ToolRefusal(`${place.shown} is a binary file of ${sizeText(size)}.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ToolRefusal(`${place.shown} is not UTF-8 text (${sizeText(size)}).`, { cause });
  }
}

/**
 * Replaces the content of a file or makes it, its folders too; an existing one keeps its mode.
 * Throws KnownError `diskFull`.
 */
export async function writeTextFile(place: WorkspacePath, text: string): Promise<void> {
  await namingDiskFull(dirname(place.absolute), async () => {
    await mkdir(dirname(place.absolute), { recursive: true });
    await using file = await openFile(place, constants.O_WRONLY | constants.O_CREAT);
    // Not truncated on opening: what is opened must first prove to be a regular file.
    await file.truncate(0);
    await file.writeFile(text);
  });
}

/** A text without its byte order mark and with `\n` only, and the way back. */
export interface PlainText {
  readonly text: string;
  /**
   * The file's text with `newText` for the `length` characters at each of `starts` (ascending places in
   * `text` that don't overlap); the rest stays byte for byte.
   */
  replace(starts: readonly number[], length: number, newText: string): string;
}

/** The text of a file as a model sees it. */
export function plainTextOf(raw: string): PlainText {
  const body = raw.startsWith(byteOrderMark) ? raw.slice(1) : raw;
  const mark = raw.slice(0, raw.length - body.length);
  const windowsEnds = [...body.matchAll(/\r\n/g)].map((match) => match.index);
  const allEnds = body.match(/\n/g)?.length ?? 0;
  const lineEnd = windowsEnds.length * 2 > allEnds ? '\r\n' : '\n';
  return {
    text: body.replaceAll('\r\n', '\n'),
    replace: (starts, length, newText) => {
      const written = newText.replaceAll('\r\n', '\n').replaceAll('\n', lineEnd);
      const rawPlaceOf = ascendingPlaces(windowsEnds);
      let replaced = mark;
      let from = 0;
      for (const start of starts) {
        replaced += body.slice(from, rawPlaceOf(start)) + written;
        from = rawPlaceOf(start + length);
      }
      return replaced + body.slice(from);
    },
  };
}

/** Maps places in the text with `\n` only, asked in ascending order, to places in the text as it is. */
function ascendingPlaces(windowsEnds: readonly number[]): (place: number) => number {
  let passed = 0;
  return (place) => {
    while ((windowsEnds[passed] ?? Infinity) < place + passed) passed += 1;
    return place + passed;
  };
}
