// What each task of a soak does: in every turn a command that adds one line, and in the end all lines have to be there.
import type { HandOffDraft } from '../../shared/client/handOff.ts';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import { turnsDone } from '../support/likeAnAgent.ts';
import type { Conversation, Step } from '../support/scriptedModel.ts';

/** The file that a task fills. */
export const workFile = 'work.txt';

/** The title of the nth task, which is all that the model knows it by. */
export function titleOf(number: number): string {
  return `Soak number ${number}`;
}

/** What the file has to hold in the end. */
export function wantedLines(number: number, turns: number): string {
  return Array.from({ length: turns }, (_, turn) => `${lineOf(number, turn)}\n`).join('');
}

export function draftOf(number: number, turns: number): Partial<HandOffDraft> {
  const isWhole = `[ "$(wc -l < ${workFile})" -eq ${turns} ] && [ "$(sort -u ${workFile} | wc -l)" -eq ${turns} ]`;
  return {
    spec: specFromGoal(titleOf(number)),
    checks: [{ name: 'whole', command: isWhole, timeoutMs: 120_000 }],
    setUp: 'test -f answer.txt',
    budget: { turns: 100 * turns },
  };
}

/** A turn that was cut off is taken once more: its command adds nothing that is there already. */
export function soakScript(turns: number): (conversation: Conversation) => Step {
  return (conversation) => {
    const [, title] = /Soak number (\d+)/.exec(JSON.stringify(conversation.messages)) ?? [];
    const turn = turnsDone(conversation, ['run']);
    if (turn >= turns)
      return { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'All is there.' } }] };
    const line = lineOf(Number(title), turn);
    const command = `grep -qxs '${line}' ${workFile} || echo '${line}' >> ${workFile}; ls -l | wc -c`;
    return { say: `Line ${turn}.`, calls: [{ name: 'run', arguments: { command } }] };
  };
}

function lineOf(number: number, turn: number): string {
  return `task ${number} turn ${turn}`;
}
