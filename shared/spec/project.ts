// A project as those see it who look for its checks: its files, and what they found.
import type { Check } from './spec.ts';

/** Where a project's files are; paths are relative to its root, with `/`. */
export interface Project {
  /** The text of a file, null where there is none. */
  readFile(path: string): Promise<string | null>;
  exists(path: string): Promise<boolean>;
  /** The names of what lies in the root itself. */
  entries(): Promise<readonly string[]>;
}

export interface DetectedChecks {
  readonly checks: readonly Check[];
  /** What has to run once before the checks can; null where nothing is known. */
  readonly setUp: string | null;
  /** The file that the guess rests on; empty where nothing was found. */
  readonly source: string;
}
