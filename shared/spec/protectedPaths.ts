// Paths that a task can't change, as a project's configuration names them.
import ignore from 'ignore';
import { z } from 'zod';

/** Always, whether it is a folder or becomes something else: the project's own word on what its checks are. */
const alwaysProtected = '/.nightjar';

/** Globs as in `.gitignore`, relative to the repository's root. */
export const protectedPathsSchema = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(500)
      .regex(/^[^!#\n\r\0]/, 'a protected path is a glob as in .gitignore, without "!" before it')
      .refine((glob) => !/^\/*$/.test(glob), 'the whole repository can’t be protected'),
  )
  .max(200);

/** Says which paths (relative to the root, with `/`) are protected; upper and lower case are the same to it. */
export function protection(globs: readonly string[]): (path: string) => boolean {
  const rules = ignore({ ignorecase: true, allowRelativePaths: true }).add([alwaysProtected, ...globs]);
  return (path) => path !== '' && rules.ignores(path);
}
