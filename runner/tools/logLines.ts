// The lines of a log on disk as a person would read them, one after the other, however long the log or a line of it is.
import { createReadStream } from 'node:fs';
import { plainText } from '../host/plainText.ts';

/** Characters of a line; what is longer counts as several, so that nothing of it is out of reach. */
const lineChars = 2_000;

/** Lines without their ends, colours and what was drawn over. Throws what opening the file throws. */
export async function* linesOfLog(file: string, signal: AbortSignal): AsyncGenerator<string> {
  let rest = '';
  // The size of a piece bounds what is held, together with the longest line.
  for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024, signal })) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield* piecesOf(line);
    const whole = rest.length - (rest.length % lineChars);
    if (whole > 0) yield* piecesOf(rest.slice(0, whole));
    rest = rest.slice(whole);
  }
  if (rest !== '') yield* piecesOf(rest);
}

function* piecesOf(line: string): Generator<string> {
  if (line.length <= lineChars) {
    yield plainText(line);
    return;
  }
  for (let at = 0; at < line.length; at += lineChars) yield plainText(line.slice(at, at + lineChars));
}
