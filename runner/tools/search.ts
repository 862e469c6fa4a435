// The tool that searches the files of the workspace with ripgrep, or with git where there is none.
import { posix } from 'node:path';
import { z } from 'zod';
import { cutLine, headOf, toolTextBytes } from './textBounds.ts';
import { succeeded, ToolRefusal, type Tool, type Toolbox } from './tool.ts';
import { ask, findInWorkspace } from './workspaceFiles.ts';

const maxHits = 100;
const maxLineLength = 300;
const maxOutputBytes = 4 * 1024 * 1024;
/** What a command that was not found ends with. */
const notFoundCode = 127;

const schema = z.strictObject({
  pattern: z.string().min(1).max(1_000).describe('A regular expression, matched line by line.'),
  path: z.string().optional().describe('A file or folder to search in; the whole workspace without it.'),
  glob: z.string().max(500).optional().describe('Only files whose path fits, as in "*.ts" or "src/**/*.ts".'),
  caseSensitive: z.boolean().optional().describe('True without it.'),
});

/** What is looked for, and where: names are relative to `folder`. */
interface Search {
  readonly pattern: string;
  /** Relative to the workspace. */
  readonly folder: string;
  /** A single file of the folder, or null for all that it holds. */
  readonly file: string | null;
  readonly glob: string | null;
  readonly isCaseSensitive: boolean;
}

interface Hit {
  readonly path: string;
  readonly line: string;
  readonly text: string;
}

export const searchTool: Tool<typeof schema> = {
  name: 'search',
  description: `Finds lines that match a regular expression, in files that git does not ignore; at most ${maxHits} hits.`,
  schema,
  async run({ pattern, path = '.', glob, caseSensitive = true }, toolbox) {
    const { kind, shown } = await findInWorkspace(toolbox, path || '.');
    if (kind === 'missing') throw new ToolRefusal(`There is no file or folder ${shown}.`);
    const folder = kind === 'folder' ? shown : posix.dirname(shown);
    const file = kind === 'folder' ? null : posix.basename(shown);
    const search = { pattern, folder, file, glob: glob ?? null, isCaseSensitive: caseSensitive };
    const output = await outputOf(search, toolbox);
    return succeeded(shownHits(hitsOf(output), folder === '.' ? '' : `${folder}/`));
  },
};

/** What the first of the programs that is there prints. Throws ToolRefusal for a pattern that it doesn't understand. */
async function outputOf(search: Search, toolbox: Toolbox): Promise<string> {
  for (const command of [ripgrep(search), gitGrep(search, '-P'), gitGrep(search, '-E')]) {
    // What the program says of a broken expression stands on its standard error.
    const both = ['sh', '-c', 'exec "$0" "$@" 2>&1', ...command];
    const options = { folder: search.folder, outputBytes: maxOutputBytes };
    const { exitCode, timedOut, stdout } = await ask(toolbox, both, options);
    const output = stdout.toString();
    if (isMissing(exitCode, output)) continue;
    if (timedOut) throw new ToolRefusal('The search took too long. Narrow it with path or glob.');
    if (exitCode <= 1) return output;
    throw new ToolRefusal(`The search failed: ${headOf(output.trim(), 1_000)}`);
  }
  throw new ToolRefusal('Neither ripgrep nor git is there to search with. Use run with grep.');
}

/** True where the program, or its support of Perl's expressions, is not installed. */
function isMissing(exitCode: number, output: string): boolean {
  return (
    exitCode === notFoundCode ||
    (exitCode === 128 && /perl-compatible|PCRE/i.test(output) && /compil/i.test(output))
  );
}

function ripgrep({ pattern, file, glob, isCaseSensitive }: Search): string[] {
  return [
    ...[
      'rg',
      '--no-config',
      '--no-messages',
      '--color=never',
      '--no-heading',
      '--with-filename',
      '--line-number',
      '--null',
    ],
    ...[
      '--hidden',
      '--glob=!.git',
      '--sort=path',
      `--max-count=${maxHits}`,
      '--max-columns=2000',
      '--max-columns-preview',
    ],
    ...(isCaseSensitive ? [] : ['--ignore-case']),
    ...(glob === null ? [] : [`--glob=${glob}`]),
    ...['--regexp', pattern, '--', file ?? '.'],
  ];
}

function gitGrep({ pattern, file, glob, isCaseSensitive }: Search, dialect: '-P' | '-E'): string[] {
  // Without the magic word a star crosses folders: "*.ts" then fits at any depth, as it does for ripgrep.
  const globbed = glob?.includes('/') === true ? `:(glob)${glob}` : glob;
  return [
    ...[
      'git',
      '--no-optional-locks',
      'grep',
      '-n',
      '-I',
      '--untracked',
      '--null',
      '--no-color',
      '--no-recurse-submodules',
    ],
    dialect,
    ...(isCaseSensitive ? [] : ['-i']),
    ...['-e', pattern, '--', file === null ? (globbed ?? '.') : `:(literal)${file}`],
  ];
}

/** Both print the path, NUL, the line's number, `:` or NUL, and the line. */
function hitsOf(output: string): Hit[] {
  return output.split('\n').flatMap((row) => {
    const parts = /^(?:\.\/)?([^\0]+)\0(\d+)[:\0](.*)$/s.exec(row);
    return parts === null ? [] : [{ path: parts[1] ?? '', line: parts[2] ?? '', text: parts[3] ?? '' }];
  });
}

function shownHits(hits: readonly Hit[], prefix: string): string {
  if (hits.length === 0) return 'No line matches.';
  const rows: string[] = [];
  let bytesLeft = toolTextBytes - 200;
  for (const { path, line, text } of hits.slice(0, maxHits)) {
    const row = `${prefix}${path}:${line}: ${cutLine(text.replace(/\r$/, ''), maxLineLength)}`;
    bytesLeft -= Buffer.byteLength(row) + 1;
    if (bytesLeft < 0) break;
    rows.push(row);
  }
  if (rows.length === hits.length) return rows.join('\n');
  return `${rows.join('\n')}\n\n[The first ${rows.length} hits; there are more. Narrow the search with path, glob or a longer pattern.]`;
}
