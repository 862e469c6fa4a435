// What a scripted agent makes of an interruption: it takes the turn once more where that does no harm.
import { interruptedText } from '../../runner/tasks/prompts.ts';
import type { Conversation } from './scriptedModel.ts';

/** Turns of the conversation that are done with: all but those in which a call of one of `repeated` tools was cut off. */
export function turnsDone({ messages }: Conversation, repeated: readonly string[]): number {
  const cutOff = new Set(
    messages
      .filter(({ role, content }) => role === 'tool' && content?.startsWith(interruptedText) === true)
      .map(({ tool_call_id: id }) => id),
  );
  const isDone = ({ tool_calls: calls }: Conversation['messages'][number]): boolean =>
    calls?.some(({ id, function: { name } }) => repeated.includes(name) && cutOff.has(id)) !== true;
  return messages.filter((message) => message.role === 'assistant' && isDone(message)).length;
}
