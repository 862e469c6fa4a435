// Reads the problems of a check from its log, bit by bit, with the problem matchers that the checkout brings along.
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { matchersOf, type ProblemMatcher } from './formats/problemMatchers.ts';
import { ProblemReader } from './parseProblems.ts';
import type { FoundProblems } from './problemCollector.ts';

/** Of a log that is longer the end counts: failures stand there. */
const mostBytes = 64 * 1024 * 1024;
const pieceBytes = 256 * 1024;
/** A line that goes on for longer is cut into several. */
const longestLineChars = 32 * 1024 * 1024;
const mostTasksBytes = 256 * 1024;

/** `root` is the absolute folder of the checkout in which the check ran. Others get their turn between two pieces. */
export async function readProblems(
  logFile: string,
  { root }: { readonly root: string },
  signal: AbortSignal,
): Promise<FoundProblems> {
  const reader = new ProblemReader({ root, matchers: await ownMatchers(root) });
  await using handle = await open(logFile, 'r');
  const { size } = await handle.stat();
  const decoder = new TextDecoder();
  const buffer = Buffer.alloc(pieceBytes);
  let position = Math.max(0, size - mostBytes);
  let rest: string[] = [];
  let restChars = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, pieceBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const text = decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
    const end = text.lastIndexOf('\n');
    rest.push(end < 0 ? text : text.slice(0, end));
    restChars += text.length;
    if (end < 0 && restChars < longestLineChars) continue;
    reader.take(rest.join(''));
    rest = end < 0 ? [] : [text.slice(end + 1)];
    restChars = rest[0]?.length ?? 0;
    await setImmediate(undefined, { signal });
  }
  reader.take(rest.join('') + decoder.decode());
  return reader.end();
}

/** What the checkout defines in `.vscode/tasks.json`. The agent may have made it: links out of the checkout are not followed. */
async function ownMatchers(root: string): Promise<readonly ProblemMatcher[]> {
  try {
    const folder = join(await realpath(root), '.vscode');
    if ((await realpath(folder)) !== folder) return [];
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    await using handle = await open(join(folder, 'tasks.json'), flags);
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > mostTasksBytes) return [];
    return matchersOf(await handle.readFile('utf8'));
  } catch {
    // None, or none that can be read: the known formats remain.
    return [];
  }
}
