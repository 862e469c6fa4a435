// The calls that the life of a task answers itself (ask, finish, proposeCheck), and how the arguments of any call are read.
import { z } from 'zod';
import type { ToolDefinition } from './toolDefinition.ts';

export const askSchema = z.strictObject({
  question: z.string().min(1).max(4_000).describe('One question that a person can answer in a sentence.'),
  defaultAnswer: z
    .string()
    .min(1)
    .max(4_000)
    .describe('What you go on with if nobody answers in time: your best guess.'),
});

export const finishSchema = z.strictObject({
  outcome: z
    .enum(['done', 'cannot'])
    .describe('"cannot" if the goal can not be reached; say why in the summary.'),
  summary: z.string().min(1).max(20_000).describe('What you did and why, for the person who reviews it.'),
  commitMessage: z
    .string()
    .max(5_000)
    .optional()
    .transform((message) => message ?? null)
    .describe('A subject line of at most 72 characters, then, after an empty line, details if needed.'),
});

export const proposeCheckSchema = z.strictObject({
  criterion: z.int().positive().describe('The number of the criterion in the task.'),
  command: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .describe('A command line that exits with 0 only if the criterion is met.'),
});

/** The agent's last word on a round; without a commit message the runner makes one of the summary. */
export type Finish = z.infer<typeof finishSchema>;

/** The arguments as their schema gives them, or a text that tells the model how to mend them. */
export type ParsedArguments<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly text: string };

/**
 * Reads the raw JSON text of a call's arguments. No text at all stands for `{}`, and a field that
 * is null counts as left out: models write both where they mean nothing.
 */
export function parseToolArguments<Schema extends z.ZodObject>(
  schema: Schema,
  json: string,
): ParsedArguments<z.infer<Schema>> {
  const read = readObject(json);
  if (!read.ok) return { ok: false, text: `${read.text} ${expectationOf(schema)}` };
  const parsed = schema.safeParse(read.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return {
    ok: false,
    text: `The arguments do not fit: ${faults.slice(0, 10).join('; ')}. ${expectationOf(schema)}`,
  };
}

/** A tool as the model is told of it. */
export function defineTool(name: string, description: string, schema: z.ZodObject): ToolDefinition {
  return { name, description, parameters: { ...jsonSchemaOf(schema) } };
}

/** The tool that a task has only with criteria to which no check is bound. */
export const proposingTool = 'proposeCheck';

/** What the model is told of the calls that the life of a task answers itself. */
export const specialTools: readonly ToolDefinition[] = [
  defineTool(
    'ask',
    'Asks the person who handed off the task. Only for decisions that you can not take yourself; the work goes on with the default answer if nobody is there.',
    askSchema,
  ),
  defineTool(
    'finish',
    'Ends your work on this round. The checks are then run on a clean checkout; if they fail you will see what failed.',
    finishSchema,
  ),
  defineTool(
    proposingTool,
    'Proposes a command that decides an acceptance criterion that a person would have to judge otherwise. It counts only if it fails without your work and passes with it, both on clean checkouts; it replaces no check of the user.',
    proposeCheckSchema,
  ),
];

function readObject(json: string): ParsedArguments<Record<string, unknown>> {
  let value: unknown;
  try {
    value = json.trim() === '' ? {} : JSON.parse(json);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, text: `The arguments are not valid JSON: ${detail.slice(0, 300)}.` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, text: 'The arguments are not a JSON object.' };
  }
  return { ok: true, value: Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) };
}

/** The shape in short, as in `Expected {"path": string, "startLine"?: integer}.` */
function expectationOf(schema: z.ZodObject): string {
  return `Expected ${shapeOf(jsonSchemaOf(schema))}.`;
}

function jsonSchemaOf(schema: z.ZodObject): JsonSchema {
  const parameters = z.toJSONSchema(schema, { io: 'input' });
  // Some endpoints refuse schemas that name their own standard.
  delete parameters.$schema;
  return parameters as JsonSchema;
}

/** The part of JSON schema that our schemas use. */
interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

function shapeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.items !== undefined) return `[${shapeOf(schema.items)}, …]`;
  if (schema.type !== 'object') return schema.type ?? 'anything';
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const mark = schema.required?.includes(name) === true ? '' : '?';
    return `"${name}"${mark}: ${shapeOf(field)}`;
  });
  return `{${fields.join(', ')}}`;
}
