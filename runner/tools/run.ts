// The tool that runs a command in the workspace, through the sandbox.
import { stripVTControlCharacters } from 'node:util';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import type { CommandResult } from '../tasks/ports.ts';
import { readLogHead } from './logHead.ts';
import { joinAround, shortenMiddle, tailOf } from './textBounds.ts';
import type { Tool } from './tool.ts';

const headBytes = 6 * 1024;
/** Head, tail and the lines around them stay below what a tool may tell. */
const tailBytes = 9.5 * 1024;

const schema = z.strictObject({
  command: z.string().min(1).max(50_000).describe('A line for the shell, run in the root of the workspace.'),
  timeoutSeconds: z
    .number()
    .positive()
    .max(86_400)
    .optional()
    .describe('Ends the command sooner than the runner would by itself.'),
});

export const runTool: Tool<typeof schema> = {
  name: 'run',
  description:
    'Runs a shell command and shows its exit code and output, a long one shortened in the middle. There is no terminal and no input; what the command leaves running is ended.',
  schema,
  async run(
    { command, timeoutSeconds = Infinity },
    { sandbox, place, commandTimeoutMs, signal, logFile, watch },
  ) {
    const timeoutMs = Math.min(timeoutSeconds * 1_000, commandTimeoutMs);
    const result = await sandbox.run({ command, place, timeoutMs, signal, logFile, watch });
    const isLong = result.outputBytes > headBytes + tailBytes;
    const output = isLong ? await longOutput(result, logFile) : tidy(result.tail);
    if (!isLong) await rm(logFile, { force: true });
    return {
      ok: result.exitCode === 0 && !result.timedOut,
      text: `${headline(result, timeoutMs)}\n${output.trim() === '' ? '(no output)' : output}`,
      exitCode: result.timedOut ? null : result.exitCode,
      isLogged: isLong,
      blocked: result.blocked,
    };
  },
};

function headline({ exitCode, timedOut, durationMs }: CommandResult, timeoutMs: number): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  if (timedOut) return `Timed out: the command was ended after ${seconds(timeoutMs)}. The output so far:`;
  return `Exit code ${exitCode} after ${seconds(durationMs)}.`;
}

async function longOutput({ tail, outputBytes }: CommandResult, logFile: string): Promise<string> {
  const head = await readLogHead(logFile, headBytes);
  const shownTail = tailOf(tail, tailBytes);
  const leftOut = outputBytes - Buffer.byteLength(head) - Buffer.byteLength(shownTail);
  // Taking colours out never makes a text longer, mending broken characters may.
  return shortenMiddle(joinAround(tidy(head), leftOut, tidy(shownTail)), {
    headBytes,
    tailBytes: tailBytes + 64,
  });
}

/** The output as a terminal would leave it: without colours, and of a line that draws over itself the last state. */
function tidy(output: string): string {
  return stripVTControlCharacters(output)
    .replaceAll('\r\n', '\n')
    .replace(/^.*\r(?=.)/gm, '');
}
