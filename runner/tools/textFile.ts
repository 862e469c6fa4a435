// Reads text files of the workspace, and changes a text without touching what a change does not: BOM and line ends.
import { sizeText } from './textBounds.ts';
import { ToolRefusal, type Toolbox } from './tool.ts';
import { readWorkspaceFile } from './workspaceFiles.ts';

const byteOrderMark = '\uFEFF';

/** The text of a file, its byte order mark included. Throws ToolRefusal for missing, large and binary files. */
export async function readTextFile(
  toolbox: Toolbox,
  path: string,
  maxBytes: number,
): Promise<{ readonly shown: string; readonly text: string }> {
  const { shown, bytes } = await readWorkspaceFile(toolbox, path, maxBytes);
  if (bytes.includes(0)) throw new ToolRefusal(`${shown} is a binary file of ${sizeText(bytes.length)}.`);
  try {
    return { shown, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (cause) {
    throw new ToolRefusal(`${shown} is not UTF-8 text (${sizeText(bytes.length)}).`, { cause });
  }
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
