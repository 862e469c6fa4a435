// Takes secrets out of a fact before it is recorded: what is recorded is shown, told to the model and kept.
import type { Fact } from '../../shared/task/events.ts';
import type { Masker } from '../../shared/secrets/masker.ts';

/** By these the parts of a log find each other, or they are hashes: masked, a task would lose its way. */
const names: ReadonlySet<string> = new Set([
  ...['id', 'taskId', 'callId', 'questionId', 'messageId', 'handOffId'],
  ...['name', 'command', 'commit', 'tree', 'base', 'ref', 'log', 'image', 'imageBefore', 'code', 'model'],
]);

/** What of a hand-off is text for people and models; commands and paths of it are used as they are. */
const toldOfHandOff: ReadonlySet<string> = new Set(['spec', 'context', 'fork']);

/** The tools whose arguments are words for people: a question, a summary, a commit message. */
const tellingTools: readonly unknown[] = ['ask', 'finish'];

type Masking = Pick<Masker, 'mask' | 'maskValues'>;

/** The fact with every secret masked; a new kind of fact is masked throughout. */
export function maskFact(fact: Fact, masker: Masking): Fact {
  const isLeft = (key: string): boolean => fact.type === 'taskCreated' && !toldOfHandOff.has(key);
  return { type: fact.type, data: maskedObject(fact.data, masker, isLeft) } as Fact;
}

function maskedObject(data: object, masker: Masking, isLeft: (key: string) => boolean): unknown {
  // What another tool gets is carried out as it was recorded: an example of a token in a test stays one.
  const isTelling = 'name' in data && tellingTools.includes(data.name);
  const entries = Object.entries(data).map(([key, value]: [string, unknown]) => {
    if (isLeft(key) || (typeof value === 'string' && names.has(key))) return [key, value];
    if (key === 'arguments' && typeof value === 'string' && !isTelling)
      return [key, masker.maskValues(value)];
    return [key, maskedValue(value, masker)];
  });
  return Object.fromEntries(entries);
}

function maskedValue(value: unknown, masker: Masking): unknown {
  if (typeof value === 'string') return masker.mask(value);
  if (Array.isArray(value)) return value.map((item: unknown) => maskedValue(item, masker));
  if (typeof value !== 'object' || value === null) return value;
  return maskedObject(value, masker, () => false);
}
