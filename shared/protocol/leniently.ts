// Reads what a newer runner sends: keys that this client does not know yet are left out instead of refused.
import type { z } from 'zod';

/** As `schema.safeParse`, but for unknown keys. Whatever else does not fit fails as it always does. */
export function parseLeniently<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  const result = schema.safeParse(value);
  if (result.success || !result.error.issues.every(isUnknownKeys)) return result;
  const known = structuredClone(value);
  for (const issue of result.error.issues) if (isUnknownKeys(issue)) removeKeys(known, issue);
  return schema.safeParse(known);
}

function isUnknownKeys(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === 'unrecognized_keys';
}

function removeKeys(root: unknown, { path, keys }: z.core.$ZodIssueUnrecognizedKeys): void {
  const holder = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], root);
  for (const key of keys) Reflect.deleteProperty(holder as object, key);
}
