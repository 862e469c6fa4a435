// Says whether a command that was run came to what is expected of it: exit code, output, coverage, a file.
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { isImage, type CommandExpectation } from '../../shared/spec/expectation.ts';
import { mostImageBytes } from '../../shared/task/checkRun.ts';
import { plainText } from '../host/plainText.ts';
import type { CommandResult } from '../tasks/ports.ts';
import { coverageIn, coverageOfSummary, summaryFile } from './coverage.ts';
import { readMade } from './madeFile.ts';
import { linePattern } from './outputPattern.ts';

/** A line that is longer is read up to here. */
const mostLineChars = 64 * 1024;

/** What was run, and where it left what it printed and made. */
export interface Ran {
  readonly result: Pick<CommandResult, 'exitCode' | 'timedOut'>;
  readonly logFile: string;
  /** Absolute folder of the checkout. */
  readonly root: string;
  /** When the file that it is to make, see `fileMadeBy`, had been written before it ran; null where there was none. */
  readonly madeBefore: number | null;
  /** Per cent at the baseline; null where that said nothing, undefined for the baseline itself. */
  readonly baselineCoverage?: number | null | undefined;
  /** Absolute file that an image is kept in. */
  readonly imageFile?: string | undefined;
}

export interface Judgement {
  /** What is missing, in a sentence; null where all is as expected. */
  readonly fault: string | null;
  /** Per cent. */
  readonly coverage?: number;
  /** Whether an image was kept. */
  readonly hasImage?: true;
}

/** The file that counts only where the command has made it, relative to the checkout; null where none does. */
export function fileMadeBy(expect: CommandExpectation | undefined): string | null {
  if (expect?.kind === 'makes') return expect.path;
  return expect?.kind === 'coverageNotLower' ? summaryFile : null;
}

/** A command that took too long has not come to anything. */
export async function judge(
  expect: CommandExpectation | undefined,
  ran: Ran,
  signal: AbortSignal,
): Promise<Judgement> {
  const wanted = expect?.kind === 'ends' ? expect.exitCode : 0;
  const { exitCode, timedOut } = ran.result;
  const ending = timedOut
    ? 'It took too long and was ended.'
    : exitCode === wanted
      ? null
      : `Exit code ${exitCode}, expected ${wanted}.`;
  switch (expect?.kind) {
    case undefined:
      return { fault: ending };
    case 'ends':
      return { fault: ending ?? (await whatIsNotPrinted(expect.prints, ran, signal)) };
    case 'coverageNotLower':
      return judgeCoverage(ending, ran, signal);
    case 'makes':
      return judgeMade(ending, expect.path, ran);
  }
}

async function whatIsNotPrinted(
  pattern: string | null,
  ran: Ran,
  signal: AbortSignal,
): Promise<string | null> {
  if (pattern === null) return null;
  const hasPattern = linePattern(pattern);
  for await (const line of linesOf(ran.logFile, signal)) if (hasPattern(line)) return null;
  return `No line of the output has “${pattern}”.`;
}

/** What failed before has a coverage, too: the lowest of the totals that it printed. */
async function judgeCoverage(ending: string | null, ran: Ran, signal: AbortSignal): Promise<Judgement> {
  let coverage: number | null = null;
  for await (const line of linesOf(ran.logFile, signal)) {
    const total = coverageIn(line);
    if (total !== null) coverage = Math.min(total, coverage ?? total);
  }
  coverage ??= await coverageOfSummary(ran.root, ran.madeBefore);
  if (coverage === null) return { fault: ending ?? 'No total of a coverage was found in the output.' };
  const before = ran.baselineCoverage ?? null;
  const fault =
    before !== null && coverage < before ? `The coverage is ${coverage} %; it was ${before} % before.` : null;
  return { fault: ending ?? fault, coverage };
}

async function judgeMade(ending: string | null, path: string, ran: Ran): Promise<Judgement> {
  const limits = { before: ran.madeBefore, mostBytes: mostImageBytes };
  const made = await readMade(ran.root, path, limits);
  if (made === null) return { fault: ending ?? `It made no file ${path}.` };
  if (ending !== null || !isImage(path)) return { fault: ending };
  if (!looksLikeImage(made)) return { fault: `What it made as ${path} is no image.` };
  if (ran.imageFile === undefined) return { fault: null };
  await writeFile(ran.imageFile, made, { mode: 0o600 });
  return { fault: null, hasImage: true };
}

/** Source: the signatures of PNG, JPEG, GIF and RIFF/WebP. */
function looksLikeImage(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 12).toString('latin1');
  return /^(?:\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP)/s.test(head);
}

async function* linesOf(logFile: string, signal: AbortSignal): AsyncGenerator<string> {
  const input = createReadStream(logFile, { encoding: 'utf8', signal });
  for await (const line of createInterface({ input, crlfDelay: Infinity }))
    yield plainText(line.slice(0, mostLineChars));
}
