// Reads from a store what a change did to texts: the files on both sides, and where words stand in a commit.
import { runGit } from '../host/git.ts';
import type { ChangedText } from '../tasks/ports.ts';

const mostFiles = 5_000;
const mostBytes = 1024 * 1024;
const mostBytesInAll = 64 * 1024 * 1024;
const mostFound = 20;

interface Side {
  readonly mode: string;
  readonly blob: string;
}

interface ChangedBlobs {
  readonly path: string;
  readonly oldPath: string | null;
  readonly before: Side;
  readonly after: Side;
}

/** In the order of their paths. A file that moved without a change comes along: by its name it may be no test any more. */
export async function changedTexts(
  store: string,
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<ChangedText[]> {
  const flags = ['-r', '-z', '-M', '--raw', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all'];
  const { stdout } = await runGit(['diff-tree', ...flags, '--end-of-options', from, to], {
    gitDir: store,
    signal,
  });
  const changed = parseRaw(stdout.toString('utf8')).slice(0, mostFiles);
  const blobs = changed.flatMap(({ before, after }) =>
    [before, after].filter(isFile).map(({ blob }) => blob),
  );
  const texts = await textsOf(store, blobs, signal);
  return changed.map(({ path, oldPath, before, after }) => {
    const [was, now] = [before, after].map((side) => (isFile(side) ? texts.get(side.blob) : null));
    const unread = was === undefined ? (now === undefined ? 'both' : 'before') : 'after';
    const isWhole = was !== undefined && now !== undefined;
    return { path, oldPath, before: was ?? null, after: now ?? null, ...(isWhole ? {} : { unread }) };
  });
}

/** Neither a link, nor a submodule, nor what isn't there. */
function isFile({ mode }: Side): boolean {
  return mode.startsWith('100');
}

function parseRaw(output: string): ChangedBlobs[] {
  const fields = output.split('\0').values();
  const next = (): string => fields.next().value ?? '';
  const changed: ChangedBlobs[] = [];
  for (let field = next(); field.startsWith(':'); field = next()) {
    const [oldMode = '', mode = '', oldBlob = '', blob = '', status = ''] = field.slice(1).split(' ');
    const oldPath = status.startsWith('R') ? next() : null;
    const sides = { before: { mode: oldMode, blob: oldBlob }, after: { mode, blob } };
    changed.push({ path: next(), oldPath, ...sides });
  }
  return changed;
}

/** By blob, without binary and large ones. */
async function textsOf(
  store: string,
  blobs: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (blobs.length === 0) return new Map();
  const ask = { gitDir: store, signal, collectBytes: 2 * mostBytesInAll };
  const sizes = await runGit(['cat-file', '--batch-check'], { ...ask, input: linesOf(blobs) });
  let bytes = 0;
  const wanted: string[] = [];
  for (const line of new Set(sizes.stdout.toString('utf8').split('\n'))) {
    const [blob = '', type, size] = line.split(' ');
    if (type !== 'blob' || Number(size) > mostBytes || bytes + Number(size) > mostBytesInAll) continue;
    bytes += Number(size);
    wanted.push(blob);
  }
  if (wanted.length === 0) return new Map();
  const { stdout } = await runGit(['cat-file', '--batch'], { ...ask, input: linesOf(wanted) });
  return parseBatch(stdout);
}

function linesOf(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join('');
}

/** A line with id, type and size before each, a line's end behind it. */
function parseBatch(output: Buffer): Map<string, string> {
  const texts = new Map<string, string>();
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf('\n', at);
    if (end < 0) break;
    const [blob = '', , size = '0'] = output.toString('utf8', at, end).split(' ');
    const start = end + 1;
    at = start + Number(size);
    const content = output.subarray(start, at);
    if (!content.subarray(0, 8_000).includes(0)) texts.set(blob, content.toString('utf8'));
    at += 1;
  }
  return texts;
}

/** At most 20 files of `commit` that may hold tests, by their paths, and whose text holds all of the words, whole words or not. */
export async function findTexts(
  store: string,
  commit: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly text: string }[]> {
  const wanted = words.filter((word) => word !== '' && !/[\n\0]/.test(word));
  if (wanted.length === 0) return [];
  const patterns = wanted.flatMap((word) => ['-e', word]);
  const flags = ['-F', '-l', '-z', '-I', '--all-match', '--no-textconv', '--max-depth=-1'];
  const { stdout } = await runGit(['grep', ...flags, ...patterns, commit], {
    gitDir: store,
    signal,
    acceptedExitCodes: [0, 1],
  });
  const likely = stdout
    .toString('utf8')
    .split('\0')
    .map((name) => name.slice(commit.length + 1))
    .filter((path) => /test|spec|\.rs$/i.test(path))
    .slice(0, mostFound);
  const found: { readonly path: string; readonly text: string }[] = [];
  for (const path of likely) {
    const { stdout: content } = await runGit(['cat-file', 'blob', `${commit}:${path}`], {
      gitDir: store,
      signal,
      collectBytes: mostBytes,
    });
    found.push({ path, text: content.toString('utf8') });
  }
  return found;
}
