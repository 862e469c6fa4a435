// Values that fit a zod schema or nearly do: drawn from the schema itself, so that new requests are tested without more.
import fc from 'fast-check';
import type { z } from 'zod';

/** Parts of a schema's definition, as zod 4 has them. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly valueType?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

const mostElements = 3;

/** Values that mostly fit; checks beyond the types (patterns, limits) are met now and then only. */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const definition = schema.def as unknown as Definition;
  const { shape, element, innerType, options, valueType, entries, values } = definition;
  if (shape !== undefined) return fc.record(mapValues(shape, arbitraryOf));
  if (element !== undefined) return fc.array(arbitraryOf(element), { maxLength: mostElements });
  if (options !== undefined) return fc.oneof(...options.map(arbitraryOf));
  if (innerType !== undefined) return fc.option(arbitraryOf(innerType), { nil: emptyOf(definition.type) });
  if (valueType !== undefined)
    return fc.dictionary(fc.string(), arbitraryOf(valueType), { maxKeys: mostElements });
  if (entries !== undefined) return fc.constantFrom(...Object.values(entries));
  if (values !== undefined) return fc.constantFrom(...values);
  return leafOf(schema, definition.type);
}

/** The value with one thing in it that is out of order: another type, a key too many or too few, a bound passed. */
export function spoiled(value: unknown): fc.Arbitrary<unknown> {
  if (isList(value) && value.length > 0)
    return fc.nat(value.length - 1).chain((at) => spoiled(value[at]).map((inner) => value.with(at, inner)));
  if (typeof value !== 'object' || value === null) return oddValue;
  const keys = Object.keys(value);
  const record = value as Readonly<Record<string, unknown>>;
  const more = fc.tuple(oddKey, fc.jsonValue()).map(([key, extra]) => ({ ...record, [key]: extra }));
  if (keys.length === 0) return fc.oneof(oddValue, more);
  const key = fc.constantFrom(...keys);
  const fewer = key.map((gone) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== gone)),
  );
  const inner = key.chain((name) => spoiled(record[name]).map((odd) => ({ ...record, [name]: odd })));
  return fc.oneof({ arbitrary: inner, weight: 4 }, fewer, more, oddValue);
}

const oddKey = fc.oneof(fc.string(), fc.constantFrom('constructor', 'toString', '__proto__', 'taskid'));

const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    ...[null, true, -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER + 2, '', ' ', '../../etc/passwd', '\0', '\ud800'],
    ...[[], {}, [[[[]]]], 'x'.repeat(10_000), 'refs/heads/main', '-rf', 'ﬀ'.repeat(100)],
  ),
  fc.array(fc.constant('a'.repeat(40)), { minLength: 60, maxLength: 80 }),
);

function leafOf(schema: z.ZodType, type: string): fc.Arbitrary<unknown> {
  const { patterns } = schema._zod.bag as { readonly patterns?: ReadonlySet<RegExp> };
  if (type === 'boolean') return fc.boolean();
  if (type === 'number') return fc.oneof(fc.nat(100), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const [pattern] = patterns ?? [];
  const text = fc.string({ maxLength: 40, unit: 'grapheme' });
  return pattern === undefined ? text : fc.oneof(text, fc.stringMatching(new RegExp(pattern.source)));
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function emptyOf(type: string): null | undefined {
  return type === 'nullable' ? null : undefined;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
