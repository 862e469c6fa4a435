// `nightjar reply ID TEXT`: answers the open question, or tells the agent something.
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { onRunner, printJson, printLines, requestTask, type CommandHost } from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { exitCodes } from '../exitCodes.ts';
import { taskObject } from '../taskObject.ts';

export function addReplyCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('reply')
    .description('answer the question of a task, or send its agent a message; a task at rest goes on')
    .argument('<id>', 'the id, or how it begins')
    .argument('<text...>', 'what to say');
  onRunner(host, command, async (session, [id, ...words]) => {
    const { id: taskId, question } = await requestTask(session, id);
    const params = { taskId, messageId: randomUUID(), text: words.join(' ') };
    const { task } = await session.connection.request('tasks/reply', params, session.signal);
    const done = question === null ? 'Sent to the agent' : 'Answered';
    if (session.isJson) printJson(session.surroundings, taskObject(task));
    else printLines(session.surroundings, [line(done, { mark: '✔', tone: 'good', aside: taskId })]);
    return exitCodes.ok;
  });
}
