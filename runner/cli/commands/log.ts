// `nightjar log ID`: the whole story of a task with what tools and commands answered, or an image that a check made.
import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readImage } from '../../../shared/client/readImage.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { imageNameSchema } from '../../../shared/task/checkRun.ts';
import type { TaskEvent } from '../../../shared/task/events.ts';
import {
  onRunner,
  printJson,
  printLines,
  requestTask,
  type ClientOptions,
  type CommandHost,
  type Session,
} from '../clientCommand.ts';
import { line, type Line } from '../display/line.ts';
import { beginning, narrate } from '../display/narrate.ts';
import { exitCodes } from '../exitCodes.ts';
import { recordedEvents } from '../watchTask.ts';

interface LogOptions extends ClientOptions {
  readonly image?: string;
  readonly output?: string;
}

export function addLogCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('log')
    .description('print everything that happened in a task, with the outputs')
    .argument('<id>', 'the id, or how it begins')
    .option('--image <name>', 'write an image that a check made to a file; nightjar show tells the names')
    .option(
      '--output <file>',
      'the file for the image; else one of its name in this folder, if none is there',
    );
  onRunner<LogOptions>(host, command, async (session, [id]) => {
    const { image, output } = session.options;
    if (image === undefined && output !== undefined)
      throw new KnownError('usage', { detail: '--output is for an image: name it with --image.' });
    const { id: taskId } = await requestTask(session, id);
    if (image !== undefined) {
      await saveImage(session, { taskId, image }, output);
      return exitCodes.ok;
    }
    const events: TaskEvent[] = [];
    for await (const event of recordedEvents(session.connection, taskId, session.signal)) events.push(event);
    if (session.isJson) printJson(session.surroundings, events);
    else printLines(session.surroundings, storyOf(events));
    return exitCodes.ok;
  });
}

/** A file that the user has named is written over, as a shell does it; another one is not. */
async function saveImage(
  { connection, surroundings, signal, isJson }: Session,
  of: { readonly taskId: string; readonly image: string },
  output?: string,
): Promise<void> {
  const { taskId, image } = of;
  const bytes = imageNameSchema.safeParse(image).success ? await readImage(connection, of, signal) : null;
  if (bytes === null) throw new KnownError('imageUnknown', { task: taskId, image });
  const file = output ?? image;
  const flag = output === undefined ? 'wx' : 'w';
  await writeFile(resolve(surroundings.cwd, file), bytes, { flag }).catch((error: unknown) => {
    throw notWritten(file, error);
  });
  if (isJson) printJson(surroundings, { id: taskId, image, file, sizeBytes: bytes.length });
  else printLines(surroundings, [line(`Wrote ${file}`, { mark: '✔', tone: 'good' })]);
}

function notWritten(file: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const detail =
    error.code === 'EEXIST'
      ? `There is a file ${file} in this folder: give another one with --output.`
      : `${file} can’t be written: ${error.message}`;
  return new KnownError('usage', { detail }, error);
}

/** All events as lines, each event's first line with its time of day (UTC). */
function storyOf(events: readonly TaskEvent[]): Line[] {
  let place = beginning;
  return events.flatMap((event) => {
    const told = narrate(place, event, 'everything');
    place = told.place;
    const first = told.lines.findIndex(({ tone }) => tone !== 'heading');
    return told.lines.map((shown, index) => (index === first ? withTime(shown, event.at) : shown));
  });
}

function withTime(shown: Line, at: string): Line {
  return { ...shown, aside: [shown.aside, at.slice(11, 19)].filter(Boolean).join(' · ') };
}
