// `nightjar diff ID`: what the agent changed since the hand-off, as a patch.
import type { Command } from 'commander';
import { onRunner, printJson, requestTask, type CommandHost } from '../clientCommand.ts';
import { colourDiff } from '../display/colourDiff.ts';
import { exitCodes } from '../exitCodes.ts';
import { isTerminal, paintFor } from '../surroundings.ts';

export function addDiffCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('diff')
    .description('print the change of a task as a patch against the working tree at hand-off')
    .argument('<id>', 'the id, or how it begins');
  onRunner(host, command, async (session, [id]) => {
    const { connection, surroundings, signal } = session;
    const { stdout, stderr } = surroundings;
    const { id: taskId } = await requestTask(session, id);
    const { patch, isCut } = await connection.request('tasks/diff', { taskId }, signal);
    if (session.isJson) printJson(surroundings, { id: taskId, patch, isCut });
    // A pipe gets the bytes as they are: they may go to "git apply".
    else if (!isTerminal(stdout)) stdout.write(patch);
    else if (patch !== '') stdout.write(`${colourDiff(patch, paintFor(surroundings, stdout)).join('\n')}\n`);
    if (isCut)
      stderr.write('The patch is longer; the rest was left out. Check the branch out to see all of it.\n');
    return exitCodes.ok;
  });
}
