// The tool that shows the whole log of one of the task's own checks: a page of it, or the lines that hold a text.
import { z } from 'zod';
import type { CheckLog } from '../tasks/ports.ts';
import { linesOfLog } from './logLines.ts';
import { cutLine, toolTextBytes } from './textBounds.ts';
import { succeeded, ToolRefusal, type Tool } from './tool.ts';

const maxLines = 2_000;
/** Lines that are shown around one that is found. */
const linesBefore = 2;
const linesAfter = 3;
/** Characters of such a line: the one that is found has room in any case. */
const aroundChars = 300;
/** Room for the line that says how to read on. */
const hintBytes = 400;
/** Runs that a refusal names; a task of many rounds has more. */
const namedRuns = 60;

const schema = z.strictObject({
  check: z.string().min(1).max(500).describe('The name of a check of this task.'),
  round: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('0 for its run before your work; its newest run without it.'),
  from: z
    .int()
    .min(-100_000_000)
    .max(100_000_000)
    .optional()
    .describe('First line to show or to search, from 1; a negative number counts from the end.'),
  search: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Only lines that hold this text, in whatever case, and those around them; * is any text.'),
});

export const readLogTool: Tool<typeof schema> = {
  name: 'readLog',
  description: `Shows the whole log of a check that the runner has run, with line numbers, at most ${maxLines} lines or 16 KiB at once; from and search choose a part. A very long line counts as several.`,
  schema,
  async run({ check, round, from = 1, search }, { checkLogs, signal }) {
    const log = chosen(checkLogs(), check, round);
    const first = from > 0 ? from : Math.max(1, (await countLines(log, signal)) + from + 1);
    const page = search === undefined ? pageFrom(first) : hitsFrom(first, matcherOf(search));
    let count = 0;
    for await (const line of linesOf(log, signal)) {
      count += 1;
      if (count >= first) page.take(count, line);
    }
    if (count === 0) return succeeded(`${titleOf(log)} is empty.`);
    if (first > count)
      throw new ToolRefusal(`${titleOf(log)} has only ${count} lines; from ${from} lies behind its end.`);
    return succeeded(page.text(titleOf(log), count));
  },
};

/** What is shown of the lines that it is given, in order, to the last one. */
interface Page {
  take(number: number, line: string): void;
  text(title: string, total: number): string;
}

function chosen(logs: readonly CheckLog[], check: string, round: number | undefined): CheckLog {
  if (logs.length === 0) throw new ToolRefusal('The runner has run no check of this task yet.');
  const own = logs.filter(({ name }) => name === check);
  if (own.length === 0)
    throw new ToolRefusal(`No check "${check}" has been run. There are ${runsText(logs)}.`);
  const log = round === undefined ? own.at(-1) : own.findLast((one) => one.round === round);
  if (log === undefined)
    throw new ToolRefusal(`"${check}" was not run in round ${round}. There are ${runsText(own)}.`);
  return log;
}

/** `"test" (rounds 0, 1, 2), "lint" (round 0)`. */
function runsText(logs: readonly CheckLog[]): string {
  const rounds = new Map<string, Set<number>>();
  for (const { name, round } of logs.slice(-namedRuns))
    rounds.set(name, (rounds.get(name) ?? new Set()).add(round));
  return [...rounds]
    .map(([name, own]) => `"${name}" (${own.size === 1 ? 'round' : 'rounds'} ${[...own].join(', ')})`)
    .join(', ');
}

function titleOf({ name, round }: CheckLog): string {
  return `The log of "${name}" in round ${round}`;
}

async function* linesOf(log: CheckLog, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield* linesOfLog(log.file, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw isGone ? new ToolRefusal(`${titleOf(log)} is not there any more.`) : error;
  }
}

async function countLines(log: CheckLog, signal: AbortSignal): Promise<number> {
  const lines = linesOf(log, signal);
  let count = 0;
  while ((await lines.next()).done !== true) count += 1;
  return count;
}

/** Takes rows until the room for them is used up. */
class Rows {
  readonly #rows: string[] = [];
  #bytesLeft = toolTextBytes - hintBytes;

  get text(): string {
    return this.#rows.join('\n');
  }

  /** False, and nothing is added, where not all of them have room. */
  add(rows: readonly string[]): boolean {
    const bytes = rows.reduce((sum, row) => sum + Buffer.byteLength(row) + 1, 0);
    if (bytes > this.#bytesLeft || this.#rows.length + rows.length > maxLines) return false;
    this.#bytesLeft -= bytes;
    this.#rows.push(...rows);
    return true;
  }
}

function pageFrom(first: number): Page {
  const rows = new Rows();
  let next: number | null = null;
  return {
    take: (number, line) => {
      if (next === null && !rows.add([`${number}\t${line}`])) next = number;
    },
    text: (title, total) => {
      if (next === null && first === 1) return rows.text;
      const hint = next === null ? '' : ` Read on with from ${next}, or search.`;
      return `${rows.text}\n\n[${title}: lines ${first} to ${(next ?? total + 1) - 1} of ${total}.${hint}]`;
    },
  };
}

/** Lines that are found bear a colon, those around them a dash; `--` stands where some are left out. */
function hitsFrom(first: number, matches: (line: string) => boolean): Page {
  const rows = new Rows();
  const before: { readonly number: number; readonly line: string }[] = [];
  let [hits, shownUpTo, wantedUpTo] = [0, first - 1, 0];
  let next: number | null = null;
  const show = (number: number, line: string): void => {
    const around = before.filter((one) => one.number > shownUpTo);
    const start = around[0]?.number ?? number;
    const gap = start > shownUpTo + 1 && shownUpTo >= first ? ['--'] : [];
    const group = [...gap, ...around.map((one) => rowAround(one.number, one.line)), `${number}:\t${line}`];
    if (!rows.add(group)) next = number;
    shownUpTo = number;
    wantedUpTo = number + linesAfter;
  };
  return {
    take: (number, line) => {
      if (matches(line)) {
        hits += 1;
        if (next === null) show(number, line);
      } else if (next === null && number <= wantedUpTo && rows.add([rowAround(number, line)]))
        shownUpTo = number;
      before.push({ number, line });
      if (before.length > linesBefore) before.shift();
    },
    text: (title, total) => {
      if (hits === 0) return `${title} holds no such text in its lines ${first} to ${total}.`;
      const hint = next === null ? '' : ` Search on with from ${next}.`;
      return `${rows.text}\n\n[${title}: ${hits} of ${total - first + 1} lines found.${hint}]`;
    },
  };
}

function rowAround(number: number, line: string): string {
  return `${number}-\t${cutLine(line, aroundChars)}`;
}

/** Neither expressions nor anything else that a hostile log could make slow: one look at each line for each part. */
function matcherOf(search: string): (line: string) => boolean {
  const parts = search
    .toLowerCase()
    .split('*')
    .filter((part) => part !== '');
  if (parts.length === 0) throw new ToolRefusal('search holds nothing but stars; say what to look for.');
  return (line) => {
    const lower = line.toLowerCase();
    let at = 0;
    return parts.every((part) => {
      const found = lower.indexOf(part, at);
      at = found + part.length;
      return found >= 0;
    });
  };
}
