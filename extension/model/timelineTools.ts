// Says what a tool call did in a few words, and takes its arguments apart for whoever opens the row.
import type { EventData } from '../../shared/task/events.ts';
import type { DetailBlock, Progress, ToolContent } from './timelineItems.ts';

interface ToolWords {
  readonly icon: string;
  /** Verbs while it runs and after it. */
  readonly doing: string;
  readonly done: string;
  /** The argument that names what it is done to. */
  readonly field: string;
}

const knownTools: Readonly<Record<string, ToolWords>> = {
  read: { icon: 'eye', doing: 'Reading', done: 'Read', field: 'path' },
  list: { icon: 'list-tree', doing: 'Listing', done: 'Listed', field: 'path' },
  search: { icon: 'search', doing: 'Searching', done: 'Searched', field: 'pattern' },
  edit: { icon: 'edit', doing: 'Editing', done: 'Edited', field: 'path' },
  write: { icon: 'new-file', doing: 'Writing', done: 'Wrote', field: 'path' },
  run: { icon: 'terminal', doing: 'Running', done: 'Ran', field: 'command' },
  readLog: { icon: 'output', doing: 'Reading the log of', done: 'Read the log of', field: 'check' },
  finish: { icon: 'check-all', doing: 'Finishing', done: 'Finished', field: '' },
};

const objectLimit = 300;
const blockLimit = 32 * 1024;

/** A call as events tell it; `ended` is null while it runs. */
export interface ToolCallFacts {
  readonly name: string;
  /** Raw JSON as the model wrote it; may be malformed. */
  readonly arguments: string;
  readonly ended: Pick<EventData<'toolEnded'>, 'ok' | 'text' | 'exitCode' | 'durationMs'> | null;
  readonly wasInterrupted: boolean;
}

export function toolContentOf(call: ToolCallFacts): ToolContent {
  const words = knownTools[call.name];
  const isOver = call.ended !== null || call.wasInterrupted;
  return {
    kind: 'tool',
    icon: words?.icon ?? 'tools',
    verb: words === undefined ? (isOver ? 'Called' : 'Calling') : isOver ? words.done : words.doing,
    object: words === undefined ? call.name : firstLineOf(textField(call.arguments, words.field)),
    progress: progressOf(call),
    exitCode: call.ended?.exitCode ?? null,
    durationMs: call.ended?.durationMs ?? null,
  };
}

/** The arguments, one block each, and what the model was told. */
export function toolBlocksOf(call: ToolCallFacts): DetailBlock[] {
  const blocks = argumentBlocks(parsed(call.arguments), call.arguments);
  if (call.ended !== null && call.ended.text !== '') {
    blocks.push({ label: call.ended.ok ? 'Output' : 'Error', text: bounded(call.ended.text), tone: 'plain' });
  }
  return blocks;
}

function progressOf(call: ToolCallFacts): Progress {
  if (call.wasInterrupted) return 'interrupted';
  if (call.ended === null) return 'running';
  return call.ended.ok ? 'passed' : 'failed';
}

function argumentBlocks(value: unknown, raw: string): DetailBlock[] {
  if (!isRecord(value))
    return raw.trim() === '' ? [] : [{ label: 'Arguments', text: bounded(raw), tone: 'plain' }];
  return Object.entries(value).flatMap(([name, field]) => {
    const isListOfRecords = Array.isArray(field) && field.length > 0 && field.every(isRecord);
    if (isListOfRecords) return field.flatMap((entry: unknown) => argumentBlocks(entry, ''));
    return [{ label: labelOf(name), text: bounded(asText(field)), tone: toneOf(name) }];
  });
}

/** Fields such as `oldText` and `newText` are the two sides of an edit. */
function toneOf(name: string): DetailBlock['tone'] {
  if (/^old/i.test(name)) return 'removed';
  return /^new/i.test(name) ? 'added' : 'plain';
}

function labelOf(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function textField(json: string, field: string): string {
  const value = parsed(json);
  if (!isRecord(value)) return '';
  const text = value[field];
  return typeof text === 'string' ? text : '';
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    // A malformed call is shown as the model wrote it.
    return undefined;
  }
}

function firstLineOf(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  const isCut = rest.length > 0 || first.length > objectLimit;
  return isCut ? `${first.slice(0, objectLimit)} …` : first;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

function bounded(text: string): string {
  return text.length <= blockLimit ? text : `${text.slice(0, blockLimit)}\n… (cut)`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
