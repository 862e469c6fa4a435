// Reads a project's own configuration, `.nightjar/config.yaml`.
import { z } from 'zod';
import { KnownError } from '../errors/errors.ts';
import type { Network } from './network.ts';
import { parseYaml, YamlMistake } from './parseYaml.ts';
import { protectedPathsSchema } from './protectedPaths.ts';
import { distinctChecks, sharedSettings } from './settings.ts';
import type { Budget, Check } from './spec.ts';

/** Where the file lies in a repository. */
export const configPath = '.nightjar/config.yaml';

export interface Config {
  readonly setUp: string | null;
  readonly checks: readonly Check[];
  /** `Name: value` lines for every commit; null where the file says nothing of them. */
  readonly trailers: readonly string[] | null;
  readonly budget: Partial<Budget>;
  readonly model: string | null;
  /** The most that a task's commands may reach; null leaves it to the user, who may always choose less. */
  readonly network: Network | null;
  /** Paths, written like a `.gitignore`, that no task may change. */
  readonly protectedPaths: readonly string[];
  /** Written like a `.gitignore`: ignored files that are shipped all the same, beside those of `.worktreeinclude`. */
  readonly includeIgnored: readonly string[];
}

const trailer = z
  .string()
  .max(500)
  .regex(/^[A-Za-z0-9-]+: \S.*$/, 'a trailer is a line "Name: value"');

/** One line of a `.gitignore`. */
const pathPattern = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^#!\n][^\n]*$/, 'a pattern is a line as in a .gitignore, without # or ! before it');

export const configSchema = z.strictObject({
  ...sharedSettings,
  trailers: z
    .array(trailer)
    .max(20)
    .nullable()
    .default(null)
    .describe('Trailers of the commits that are made for an agent, a line “Name: value” each.'),
  protectedPaths: protectedPathsSchema
    .default([])
    .describe('Paths that no task may change, written as in a .gitignore.'),
  includeIgnored: z
    .array(pathPattern)
    .max(100)
    .default([])
    .describe(
      'Files that git ignores and that are handed off all the same, written as in a .gitignore; a file .worktreeinclude may name more. What holds a secret stays behind unless you insist.',
    ),
});

/** Parses the file's text; `path` is named in KnownError `configUnreadable`. */
export function parseConfig(text: string, path: string): Config {
  try {
    const config = parseYaml(text, configSchema);
    return { ...config, checks: distinctChecks(config.checks) };
  } catch (error) {
    if (!(error instanceof YamlMistake)) throw error;
    throw new KnownError('configUnreadable', { path, detail: error.message }, error);
  }
}
