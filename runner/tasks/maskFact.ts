// Takes secrets out of a fact before it is recorded: what is recorded is shown, told to the model and kept.
import type { Fact } from '../../shared/task/events.ts';
import type { Masker } from '../../shared/secrets/masker.ts';

/** By these the parts of a log find each other, or they are hashes: masked, a task would lose its way. */
const names: ReadonlySet<string> = new Set([
  ...['id', 'taskId', 'callId', 'questionId', 'messageId', 'handOffId'],
  ...['name', 'command', 'commit', 'base', 'ref', 'log', 'code', 'model'],
]);

/** What of a hand-off is text for people and models; commands and paths of it are used as they are. */
const toldOfHandOff: ReadonlySet<string> = new Set(['spec', 'context', 'fork']);

/** The fact with every secret masked; a new kind of fact is masked throughout. */
export function maskFact(fact: Fact, masker: Pick<Masker, 'mask' | 'maskValues'>): Fact {
  const data = Object.entries(fact.data).map(([key, value]: [string, unknown]) => {
    const isLeft = fact.type === 'taskCreated' && !toldOfHandOff.has(key);
    return [key, isLeft ? value : maskedValue(key, value, masker)];
  });
  return { type: fact.type, data: Object.fromEntries(data) as unknown } as Fact;
}

function maskedValue(key: string, value: unknown, masker: Pick<Masker, 'mask' | 'maskValues'>): unknown {
  if (typeof value === 'string') {
    if (names.has(key)) return value;
    // The agent's own writing is carried out as it was recorded: an example of a token in a test stays one.
    return key === 'arguments' ? masker.maskValues(value) : masker.mask(value);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => maskedValue(key, item, masker));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([inner, part]: [string, unknown]) => [
    inner,
    maskedValue(inner, part, masker),
  ]);
  return Object.fromEntries(entries);
}
