// Joins the tools that the built-in agent may call.
import type { ToolCall } from '../../shared/task/events.ts';
import type { Sandbox, ToolOutcome, Tools } from '../tasks/ports.ts';
import { defineTool, parseToolArguments, specialTools } from '../tasks/specialTools.ts';
import { editTool } from './edit.ts';
import { listTool } from './list.ts';
import { readTool } from './read.ts';
import { readLogTool } from './readLog.ts';
import { runTool } from './run.ts';
import { searchTool } from './search.ts';
import { headOf } from './textBounds.ts';
import { ToolRefusal, type Tool, type Toolbox } from './tool.ts';
import { writeTool } from './write.ts';

const maxRefusalBytes = 8 * 1024;

// Each tool's own input type is checked by its schema before it runs.
const tools = [
  ...[readTool, listTool, searchTool, editTool, writeTool, runTool],
  readLogTool,
] as unknown as readonly Tool[];

export interface ToolsOptions {
  /** Where `run`, and the programs behind `list` and `search`, are started. */
  readonly sandbox: Sandbox;
  /** Milliseconds that a command may take at most. */
  readonly commandTimeoutMs: number;
}

/** The tools with their definitions; those of `ask` and `finish` too, which the life of a task answers itself. */
export function createTools({ sandbox, commandTimeoutMs }: ToolsOptions): Tools {
  return {
    definitions: [
      ...tools.map(({ name, description, schema }) => defineTool(name, description, schema)),
      ...specialTools,
    ],
    run: async (call, place, signal) => {
      signal.throwIfAborted();
      return runCall(call, { ...place, sandbox, commandTimeoutMs, signal });
    },
  };
}

async function runCall(call: ToolCall, toolbox: Toolbox): Promise<ToolOutcome> {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(', ');
    return failed(`There is no tool "${call.name}". There are ${names}, ask and finish.`);
  }
  const input = parseToolArguments(tool.schema, call.arguments);
  if (!input.ok) return failed(input.text);
  try {
    return await tool.run(input.value, toolbox);
  } catch (error) {
    toolbox.signal.throwIfAborted();
    if (error instanceof ToolRefusal) return failed(error.message);
    if (isSystemError(error))
      return failed(`${call.name} failed: ${error.message.replaceAll(toolbox.place.workspace, '.')}`);
    throw error;
  }
}

function failed(text: string): ToolOutcome {
  return { ok: false, text: headOf(text, maxRefusalBytes), isLogged: false };
}

/** What the operating system refused (no access, a name too long, …): the model may find another way. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
