// What a change did to the tests and to what checks it: findings to be shown first, and the runs that put tests to the test.
import { z } from 'zod';

export const integrityKindSchema = z.enum([
  'testDeleted',
  'testSkipped',
  'testFocused',
  'testEmptied',
  'assertionRemoved',
  'assertionLoosened',
  'snapshotRewritten',
  'thresholdLowered',
  'checkWeakened',
  'configurationWeakened',
  'ruleSuppressed',
  'expectedValueHardCoded',
  'protectedPathChanged',
  /** Whether anything was weakened there is not known. */
  'changeNotRead',
  /** A test of the base fails against the new code. */
  'oldTestFails',
  /** A new test passes without the new code: it proves nothing of it. */
  'newTestProvesNothing',
]);

/** `side`: whether `line` (from 1) counts in the file before the change or after it. */
export const integrityFindingSchema = z.strictObject({
  kind: integrityKindSchema,
  file: z.string().max(4_096),
  line: z.int().positive().nullable(),
  side: z.enum(['before', 'after']),
  /** What happened, in a sentence that names the test, the rule or the setting. */
  message: z.string().max(1_000),
  /** The line itself, shortened; empty where there is none. */
  excerpt: z.string().max(500),
  foundBy: z.enum(['syntax', 'text', 'run']),
});

/** `baseTests`: the base's tests on the new code. `newTests`: new and changed tests on the base's code, where they must fail. */
export const crossRunKindSchema = z.enum(['baseTests', 'newTests']);

export type IntegrityKind = z.infer<typeof integrityKindSchema>;
export type IntegrityFinding = z.infer<typeof integrityFindingSchema>;
export type CrossRunKind = z.infer<typeof crossRunKindSchema>;
