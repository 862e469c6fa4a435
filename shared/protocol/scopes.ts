// What a token lets its holder do: look on, hand work off, or run the runner.
import { z } from 'zod';

/** Each includes those before it. */
export const scopeSchema = z.enum(['view', 'work', 'admin']);
export type Scope = z.infer<typeof scopeSchema>;

export const tokenNameSchema = z.string().regex(/^[a-z0-9-]{1,32}$/);

export const tokenSchema = z.strictObject({
  name: tokenNameSchema,
  scope: scopeSchema,
  createdAt: z.iso.datetime(),
});
export type NamedToken = z.infer<typeof tokenSchema>;

/** Whether a token of scope `has` is enough for what needs `needed`. */
export function includesScope(has: Scope, needed: Scope): boolean {
  return scopeSchema.options.indexOf(has) >= scopeSchema.options.indexOf(needed);
}
