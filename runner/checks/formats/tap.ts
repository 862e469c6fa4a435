// The Test Anything Protocol: Node's test runner, tape, mocha, vitest and many others speak it.
import { parse } from 'yaml';
import { z } from 'zod';
import { found, nothing, ownFrame, withoutScheme, wordsOf, type Format, type Found } from './format.ts';

const line = /^( *)(not ok|ok)(?= \d| -| #|$)(?: \d+)?(?: -)?(?: (.*))?$/;
const longestBody = 200;

/** What producers put into the block beneath a test; each has some of it. */
const diagnosticSchema = z
  .object({
    failureType: z.string(),
    error: z.union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)]),
    message: z.string(),
    stack: z.string(),
    at: z.string(),
    location: z.string(),
    operator: z.string(),
    expected: z.unknown(),
    actual: z.unknown(),
    assertion: z.string(),
    values: z.record(z.string(), z.unknown()),
    details: z.record(z.string(), z.unknown()),
  })
  .partial();

/** `not ok 1 - name`, perhaps with a YAML block or plain lines beneath. */
export const tap: Format = () => {
  let open: { name: string; body: string[] } | null = null;
  /** Indentation of the last test that failed: a test around it fails because of it. */
  let failedDepth = -1;
  const close = (): readonly Found[] => {
    const test = open;
    open = null;
    return test === null ? nothing : failure(test.name, test.body);
  };
  return (text) => {
    if (text === null) return close();
    const [, indentation, state, name = ''] = (text.includes('ok') ? line.exec(text) : null) ?? [];
    if (indentation === undefined) {
      if (open === null && failedDepth < 0) return nothing;
      if (/^\s*(?:# Subtest|\d+\.\.\d+)/.test(text)) return close();
      // Braces hold the tests of another one in, but they may stand in an error's words as well.
      if (/^\s*\}$/.test(text) && text.length <= failedDepth) failedDepth = -1;
      if (open !== null && open.body.length < longestBody) open.body.push(text);
      return nothing;
    }
    const earlier = close();
    const isAround = failedDepth > indentation.length || name.endsWith('{');
    const isFailure = state === 'not ok' && !/# *(?:TODO|SKIP)\b/i.test(name);
    failedDepth = isFailure ? indentation.length : failedDepth > indentation.length ? -1 : failedDepth;
    if (isFailure && !isAround) open = { name: name.replace(/ # time=\S+$/, ''), body: [] };
    return earlier;
  };
};

function failure(test: string, body: readonly string[]): readonly Found[] {
  const start = body.findIndex((text) => text.trim() === '---');
  const end = body.findIndex((text) => text.trim() === '...');
  const block = start < 0 ? [] : body.slice(start + 1, end < 0 ? undefined : end);
  const data = diagnosticOf(block);
  if (data.failureType === 'subtestsFailed') return nothing;
  const details = data.stack?.split('\n') ?? (start < 0 ? body : block);
  const [, ...location] = /^(.*?):(\d+):(\d+)$/.exec(data.location ?? '') ?? [];
  const frames = data.at === undefined ? details : [`at ${withoutScheme(data.at)}`, ...details];
  const own = ownFrame(frames);
  const place =
    own[0] === null && location[0] !== undefined ? ([location[0], location[1], location[2]] as const) : own;
  const excerpt = [...(data.error ?? '').split('\n').slice(1), ...details];
  return [found(place, messageOf(data, start < 0 ? body : block), { test, excerpt })];
}

function messageOf(data: z.infer<typeof diagnosticSchema>, body: readonly string[]): string {
  const [difference] = Object.values(data.values ?? data.details ?? {});
  if (data.assertion !== undefined && difference !== undefined)
    return wordsOf([`${data.assertion}:`, ...shown(difference).split('\n')]);
  const said = data.error ?? data.message;
  if (said !== undefined) return wordsOf(said.split('\n'));
  if (data.operator !== undefined)
    return `${data.operator}: expected ${shown(data.expected)}, but it was ${shown(data.actual)}`;
  const [, message] = /^\s*message: "?(.*?)"?$/m.exec(body.join('\n')) ?? [];
  return message ?? wordsOf(body, 2);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value.trim() : JSON.stringify(value);
}

/** Not all that producers write is YAML. */
function diagnosticOf(block: readonly string[]): z.infer<typeof diagnosticSchema> {
  const indentation = /^ */.exec(block[0] ?? '')?.[0] ?? '';
  const text = block.map((entry) => entry.replace(indentation, '')).join('\n');
  try {
    return diagnosticSchema.safeParse(parse(text, { logLevel: 'silent' })).data ?? {};
  } catch {
    return {};
  }
}
