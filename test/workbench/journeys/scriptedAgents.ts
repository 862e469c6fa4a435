// What the scripted model plays in journeys: each task by a list of its own, found by the task's title.
import {
  byTurn,
  type Conversation,
  type Reply,
  type ScriptedModel,
  type Step,
} from '../../support/scriptedModel.ts';

/** The steps of every task, by words of its title; the nth turn of a task takes the nth step. */
export function byTask(
  tasks: Readonly<Record<string, readonly Step[]>>,
): (conversation: Conversation) => Step {
  const scripts = Object.entries(tasks).map(([title, steps]) => ({ title, choose: byTurn(steps) }));
  return (conversation) => {
    const script = scripts.find(({ title }) => isAbout(conversation, title));
    return script?.choose(conversation) ?? { fail: 400, body: { error: { message: 'No script for this.' } } };
  };
}

export function write(path: string, content: string): Reply {
  return { say: `I write ${path}.`, calls: [{ name: 'write', arguments: { path, content } }] };
}

export function read(path: string): Reply {
  return { say: `I read ${path}.`, calls: [{ name: 'read', arguments: { path } }] };
}

export function ask(question: string, defaultAnswer: string): Reply {
  return { calls: [{ name: 'ask', arguments: { question, defaultAnswer } }] };
}

export function finish(summary: string): Reply {
  return { calls: [{ name: 'finish', arguments: { outcome: 'done', summary, commitMessage: summary } }] };
}

/** All that the model was told and has said in the newest request about a task. */
export function conversationOf(model: ScriptedModel, title: string): string {
  const request = model.requests.findLast(({ body }) => isAbout(body, title));
  return (request?.body.messages ?? []).map(({ content }) => content ?? '').join('\n');
}

function isAbout({ messages }: Conversation, title: string): boolean {
  return messages.some(({ role, content }) => role === 'user' && content?.includes(title) === true);
}
