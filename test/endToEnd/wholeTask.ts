// One task with everything in it: set-up, baseline, reads, edits, commands that count, a question, a round that fails.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HandOffDraft } from '../../shared/client/handOff.ts';
import { specFromGoal } from '../../shared/spec/parseSpec.ts';
import { turnsDone } from '../support/likeAnAgent.ts';
import type { Conversation, Reply, ScriptedCall, Step } from '../support/scriptedModel.ts';

/** What the person answers; the agent's own guess is wrong. */
export const wantedAnswer = '42';

/** A check that needs neither node nor time. */
const check = `answer=$(cat answer.txt); wanted=$(cat wanted.txt)
[ "$answer" = "$wanted" ] || { echo "answer.txt:1:1: error: expected $wanted, found $answer"; exit 1; }
`;

export async function addCheckScript(project: string): Promise<void> {
  await writeFile(join(project, 'check.sh'), check);
}

export const wholeDraft: Partial<HandOffDraft> = {
  spec: specFromGoal('Make the answer right'),
  checks: [
    { name: 'there', command: 'test -f answer.txt', timeoutMs: 60_000 },
    { name: 'answer', command: 'sh check.sh', timeoutMs: 60_000 },
  ],
  setUp: 'test -f wanted.txt',
};

const call = (name: string, values: object): ScriptedCall => ({ name, arguments: values });
const write = (path: string, content: string): ScriptedCall => call('write', { path, content });
const finish = (commitMessage: string): Reply => ({
  calls: [call('finish', { outcome: 'done', summary: 'The answer is right.', commitMessage })],
});

/** The calls' names in the file of counts, one line each time that the command ran. */
export const countingCalls = ['one', 'two', 'three'] as const;

/** The turns; the counting commands append to `countFile`, which lies outside of every workspace. */
export function wholeScript(countFile: string): (conversation: Conversation) => Step {
  const count = (name: (typeof countingCalls)[number]): ScriptedCall =>
    call('run', { command: `echo ${name} >> '${countFile}'` });
  const turns: readonly Reply[] = [
    { say: 'I look around.', calls: [call('read', { path: 'answer.txt' }), call('list', { path: '.' })] },
    { calls: [count('one')] },
    { say: 'A first try.', calls: [write('answer.txt', '43\n'), write('notes.md', 'Why 42\n')] },
    { calls: [call('ask', { question: 'Which answer?', defaultAnswer: '43' })] },
    { calls: [count('two'), count('three')] },
    finish('Answer'),
    { calls: [write('answer.txt', `${wantedAnswer}\n`)] },
    finish('Answer rightly'),
  ];
  // What was to be written is written again; a command is not run again.
  return (conversation) => turns[turnsDone(conversation, ['write'])] ?? { fail: 400 };
}
