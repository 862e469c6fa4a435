// The addresses of files in commits: `nightjar-git:/absolute/path?{"repository":…,"commit":…}`.
export const resultScheme = 'nightjar-git';

// Checked by hand: this is loaded when the extension is, and a schema library would take longer than all else.
const commitId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Where a file's content lies; `path` is relative to `repository`, the root's absolute path. */
export interface ResultFile {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
}

/**
 * The parts of the address. Its path is the file's own, so that labels, icons and the language are the file's.
 * `rootPath` is the path of the root's `file:` URI.
 */
export function resultUriParts(
  file: ResultFile,
  rootPath: string,
): { readonly scheme: string; readonly path: string; readonly query: string } {
  const { repository, commit, path } = file;
  return {
    scheme: resultScheme,
    path: `${withoutEndingSlash(rootPath)}/${path}`,
    query: JSON.stringify({ repository, commit }),
  };
}

/**
 * What an address stands for; null where it is none of ours. `rootPathOf` gives the path of a folder's `file:` URI.
 */
export function resultFileOf(
  uri: { readonly path: string; readonly query: string },
  rootPathOf: (folder: string) => string,
): ResultFile | null {
  const query = parsed(uri.query);
  if (!isQuery(query)) return null;
  const { repository, commit } = query;
  const prefix = `${withoutEndingSlash(rootPathOf(repository))}/`;
  const path = uri.path.slice(prefix.length);
  return uri.path.startsWith(prefix) && path !== '' ? { repository, commit, path } : null;
}

function isQuery(value: unknown): value is { readonly repository: string; readonly commit: string } {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  if (!('repository' in value) || !('commit' in value)) return false;
  const { repository, commit } = value;
  return (
    typeof repository === 'string' && repository !== '' && typeof commit === 'string' && commitId.test(commit)
  );
}

function withoutEndingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    // Anybody can make such an address; one that can't be read names no file.
    return undefined;
  }
}
