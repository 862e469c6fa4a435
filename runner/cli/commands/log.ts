// `nightjar log ID`: the whole story of a task with what tools and commands answered.
import type { Command } from 'commander';
import type { TaskEvent } from '../../../shared/task/events.ts';
import { onRunner, printJson, printLines, requestTask, type CommandHost } from '../clientCommand.ts';
import type { Line } from '../display/line.ts';
import { beginning, narrate } from '../display/narrate.ts';
import { exitCodes } from '../exitCodes.ts';
import { recordedEvents } from '../watchTask.ts';

export function addLogCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('log')
    .description('print everything that happened in a task, with the outputs')
    .argument('<id>', 'the id, or how it begins');
  onRunner(host, command, async (session, [id]) => {
    const { id: taskId } = await requestTask(session, id);
    const events: TaskEvent[] = [];
    for await (const event of recordedEvents(session.connection, taskId, session.signal)) events.push(event);
    if (session.isJson) printJson(session.surroundings, events);
    else printLines(session.surroundings, storyOf(events));
    return exitCodes.ok;
  });
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
