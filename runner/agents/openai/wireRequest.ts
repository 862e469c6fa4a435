// Turns a request of ours into the body of a chat completion.
import type OpenAI from 'openai';
import type { Message, ToolCall } from '../../../shared/task/events.ts';
import type { ModelRequest } from '../../tasks/ports.ts';
import type { OutputLimit } from './outputLimit.ts';
import type { ToolDefinition } from '../../tasks/toolDefinition.ts';

type Body = OpenAI.ChatCompletionCreateParamsStreaming;

/** The streamed request that asks for usage as well, its answer limited in the way that the endpoint knows. */
export function wireRequestOf(request: ModelRequest, limit: OutputLimit): Body {
  return {
    model: request.model,
    messages: request.messages.map(wireMessageOf),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(wireToolOf) }),
    [limit.parameter]: Math.min(request.maxOutputTokens, limit.most),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function wireMessageOf(message: Message): OpenAI.ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.text };
    case 'assistant':
      if (message.toolCalls.length === 0) return { role: 'assistant', content: message.text };
      return {
        role: 'assistant',
        content: message.text === '' ? null : message.text,
        tool_calls: message.toolCalls.map(wireCallOf),
      };
  }
}

// Endpoints refuse a conversation for good if an old call in it has an odd name or arguments that aren't JSON;
// what was wrong with such a call stands in the answer that the tool gave.
function wireCallOf(call: ToolCall): OpenAI.ChatCompletionMessageFunctionToolCall {
  const name = call.name.replace(/[^\w-]/g, '_').slice(0, 64) || 'unnamed';
  return {
    type: 'function',
    id: call.id,
    function: { name, arguments: isJsonObject(call.arguments) ? call.arguments : '{}' },
  };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function wireToolOf({ name, description, parameters }: ToolDefinition): OpenAI.ChatCompletionFunctionTool {
  return { type: 'function', function: { name, description, parameters } };
}
