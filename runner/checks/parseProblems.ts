// Finds problems in the output of whatever tool a check runs: every known format reads all of it.
import { fileURLToPath } from 'node:url';
import { isAbsolute, normalize, relative, sep } from 'node:path';
import type { Problem } from '../../shared/task/events.ts';
import { plainText } from '../host/plainText.ts';
import { colons, eslint, rustc, rustTests, typescript } from './formats/compilers.ts';
import type { Format } from './formats/format.ts';
import { goCompiler, goTests } from './formats/go.ts';
import { jest, mocha, vitest } from './formats/javascriptTests.ts';
import { nodeSpec, tap } from './formats/nodeTest.ts';
import { pytest, ruff } from './formats/python.ts';

/** A new format is one function and one name here. */
const formats: readonly Format[] = [
  tap,
  nodeSpec,
  mocha,
  jest,
  vitest,
  typescript,
  eslint,
  pytest,
  ruff,
  goCompiler,
  goTests,
  rustc,
  rustTests,
  colons,
];

const maxProblems = 200;
const maxMessageChars = 1_000;
/** A line of a minified bundle is no finding, and slow to look at. */
const maxLineChars = 4_000;

export interface FoundProblems {
  /** At most 200, errors before warnings, each once; files are relative to the root, with `/`. */
  readonly problems: readonly Problem[];
  readonly leftOut: number;
}

/** `root` is the absolute folder in which the tool ran. Files outside of it are not named. */
export function parseProblems(output: string, { root }: { readonly root: string }): FoundProblems {
  const lines = plainText(output)
    .split('\n')
    .filter((line) => line.length <= maxLineChars);
  const distinct = new Map<string, Problem>();
  for (const found of formats.flatMap((format) => format(lines))) {
    const file = found.file === null ? null : pathWithin(root, found.file);
    const place = file === null ? { file, line: null, column: null } : { file };
    const problem = { ...found, ...place, message: found.message.slice(0, maxMessageChars) };
    const key = JSON.stringify([problem.file, problem.line, problem.column, problem.message]);
    if (!distinct.has(key)) distinct.set(key, problem);
  }
  const all = [...distinct.values()];
  const sorted = [...all.filter(isError), ...all.filter((problem) => !isError(problem))];
  return { problems: sorted.slice(0, maxProblems), leftOut: Math.max(0, sorted.length - maxProblems) };
}

function isError(problem: Problem): boolean {
  return problem.severity === 'error';
}

function pathWithin(root: string, file: string): string | null {
  const path = file.startsWith('file:') ? pathOfUrl(file) : file;
  if (path === null) return null;
  const inner = isAbsolute(path) ? relative(root, path) : normalize(path);
  return inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)
    ? null
    : inner.replaceAll(sep, '/');
}

/** Outputs may hold anything, URLs of other hosts and broken escapes among it. */
function pathOfUrl(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}
