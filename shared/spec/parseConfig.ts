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
  /** Globs as in `.gitignore` of what a task can't change. */
  readonly protectedPaths: readonly string[];
}

const trailer = z
  .string()
  .max(500)
  .regex(/^[A-Za-z0-9-]+: \S.*$/, 'a trailer is a line "Name: value"');
const configSchema = z.strictObject({
  ...sharedSettings,
  trailers: z.array(trailer).max(20).nullable().default(null),
  protectedPaths: protectedPathsSchema.default([]),
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
