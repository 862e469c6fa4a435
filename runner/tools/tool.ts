// What a tool is: a definition for the model, a schema for its arguments, and the work itself.
import type { z } from 'zod';
import type { Sandbox, ToolOutcome, ToolPlace } from '../tasks/ports.ts';

/** What a tool has at hand while it runs. */
export interface Toolbox extends ToolPlace {
  readonly sandbox: Sandbox;
  readonly commandTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Tool<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly schema: Schema;
  /** May throw ToolRefusal; errors of the file system are told to the model as they are. */
  run(input: z.infer<Schema>, toolbox: Toolbox): Promise<ToolOutcome>;
}

/** Why a tool did not do what was asked, in words that help the model to ask better. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal';
}

export function succeeded(text: string): ToolOutcome {
  return { ok: true, text, isLogged: false };
}
