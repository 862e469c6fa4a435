// The notes that bear evidence in the user's repository: read, and added to one at a time, with those of other tasks kept.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOf, mostEnvelopeBytes } from '../evidence/envelope.ts';
import type { Repository } from './openRepository.ts';
import { splitAtNul } from './gitPaths.ts';
import { readGit, readGitLine, requireObjectId, runGit } from './userGit.ts';

/** As `git notes --ref=nightjar` and `git log --notes=nightjar` know it. */
const notesRef = 'refs/notes/nightjar';

/** Tries to move the ref where others move it at the same time. */
const mostTries = 10;

interface Note {
  /** In the tree of the notes: the commit's id, cut into folders where there are many. */
  readonly path: string;
  readonly blob: string;
}

/** The envelopes that are noted on a commit, one a line; none where there is no note. */
export async function readNote(
  repository: Repository,
  commit: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes = await notesIn(repository, await notesCommit(repository, signal), signal);
  const note = notes.get(requireObjectId(commit));
  if (note === undefined) return [];
  return linesOf((await readBlob(repository, note.blob, signal)) ?? '');
}

/** All commits that have a note. */
export async function notedCommits(
  repository: Repository,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const notes = await notesIn(repository, await notesCommit(repository, signal), signal);
  return new Set(notes.keys());
}

/** The line of the commit's note that is that blob once its end is there; null where it isn't noted. */
export async function notedLine(
  repository: Repository,
  { commit, blob }: { readonly commit: string; readonly blob: string },
  signal: AbortSignal,
): Promise<string | null> {
  const lines = await readNote(repository, commit, signal);
  return lines.find((line) => blobIdOf(`${line}\n`, blob.length) === blob) ?? null;
}

/**
 * Notes an envelope on the commit, in place of those for which `isReplaced` says so; every other note, and every other
 * line of this one, stays. No notes but Nightjar's are touched, and nobody's name or hook takes part.
 */
export async function addToNote(
  repository: Repository,
  note: {
    readonly commit: string;
    readonly line: string;
    readonly isReplaced: (line: string) => boolean;
    readonly now: Date;
  },
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const before = await notesCommit(repository, signal);
    const notes = await notesIn(repository, before, signal);
    const known = notes.get(requireObjectId(note.commit));
    const lines = known === undefined ? [] : linesOf((await readBlob(repository, known.blob, signal)) ?? '');
    if (lines.includes(note.line)) return;
    const kept = lines.filter((line) => !note.isReplaced(line));
    const text = [...kept, note.line].map((line) => `${line}\n`).join('');
    const path = known?.path ?? pathFor(note.commit, notes);
    const after = await commitNote(repository, { before, path, text, now: note.now }, signal);
    const zeros = '0'.repeat(after.length);
    const moved = await runGit(repository.root, ['update-ref', notesRef, after, before ?? zeros], { signal });
    if (moved.exitCode === 0) return;
    // Another window or command has noted something meanwhile: that must not be lost.
    if (tries === mostTries) throw new Error(`${notesRef} could not be moved: ${moved.stderr}`);
  }
}

/** The text of a blob; null for what is no blob, or larger than any evidence. */
export async function readBlob(
  repository: Repository,
  blob: string,
  signal: AbortSignal,
): Promise<string | null> {
  const input = `${requireObjectId(blob)}\n`;
  const told = await readGitLine(repository.root, ['cat-file', '--batch-check'], { signal, input });
  const [, size] = / blob (\d+)$/.exec(told) ?? [];
  if (size === undefined || Number(size) > 4 * mostEnvelopeBytes) return null;
  return (await readGit(repository.root, ['cat-file', 'blob', blob], { signal })).toString('utf8');
}

async function notesCommit(repository: Repository, signal: AbortSignal): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', `${notesRef}^{commit}`];
  const { exitCode, stdout } = await runGit(repository.root, args, { signal });
  return exitCode === 0 ? stdout.toString().trim() : null;
}

async function notesIn(
  repository: Repository,
  notes: string | null,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Note>> {
  if (notes === null) return new Map();
  const args = ['ls-tree', '-r', '-z', '--full-tree', notes];
  const entries = splitAtNul(await readGit(repository.root, args, { signal }));
  return new Map(
    entries.flatMap((entry) => {
      const [, blob, path] = /^100\d{3} blob ([0-9a-f]+)\t([0-9a-f/]+)$/.exec(entry) ?? [];
      return blob === undefined || path === undefined
        ? []
        : [[path.replaceAll('/', ''), { path, blob }] as const];
    }),
  );
}

/** Cut as the others are: git cuts all names into folders once there are many. Source: git-notes, "fanout". */
function pathFor(commit: string, notes: ReadonlyMap<string, Note>): string {
  const [other] = notes.values();
  const folders = other?.path.split('/').slice(0, -1) ?? [];
  let rest = commit;
  const parts = folders.map(({ length }) => {
    const part = rest.slice(0, length);
    rest = rest.slice(length);
    return part;
  });
  return [...parts, rest].join('/');
}

/** A commit on `before` in which the note at `path` says `text`. */
async function commitNote(
  repository: Repository,
  {
    before,
    path,
    text,
    now,
  }: { readonly before: string | null; readonly path: string; readonly text: string; readonly now: Date },
  signal: AbortSignal,
): Promise<string> {
  const git = async (args: readonly string[], env = {}, input?: string): Promise<string> =>
    readGitLine(repository.root, args, { signal, env, ...(input === undefined ? {} : { input }) });
  const blob = await git(['hash-object', '-w', '--stdin'], {}, text);
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-notes-'));
  try {
    const index = { GIT_INDEX_FILE: join(folder, 'index') };
    await git(before === null ? ['read-tree', '--empty'] : ['read-tree', before], index);
    await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], index);
    const tree = await git(['write-tree'], index);
    const date = `@${Math.floor(now.getTime() / 1_000)} +0000`;
    const parents = before === null ? [] : ['-p', before];
    return await git(['commit-tree', ...parents, '-m', 'Evidence', tree], {
      GIT_AUTHOR_NAME: 'Nightjar',
      GIT_AUTHOR_EMAIL: 'nightjar@localhost',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Nightjar',
      GIT_COMMITTER_EMAIL: 'nightjar@localhost',
      GIT_COMMITTER_DATE: date,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As git names a blob of that content, in a repository whose ids have so many digits. */
function blobIdOf(text: string, digits: number): string {
  const content = Buffer.from(text);
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}
