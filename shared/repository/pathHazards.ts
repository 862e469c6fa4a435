// Decides which names of a returned branch can't stand on a file system as they are: pure, from the paths alone.

/** What a file system makes of names. */
export interface FileSystemTraits {
  /** Windows' reserved names and characters. */
  readonly hasWindowsNames: boolean;
  /** README and readme are one file. */
  readonly foldsCase: boolean;
  /** A letter with its accent is one file with the letter and the accent behind it, and a name is UTF-8. */
  readonly foldsUnicode: boolean;
}

/** All that any system does to names. */
export const anySystem: FileSystemTraits = { hasWindowsNames: true, foldsCase: true, foldsUnicode: true };

export interface PathHazard {
  readonly path: string;
  /** Completes a sentence that begins with the path. */
  readonly problem: string;
}

const shownPaths = 10;

/** Bytes of one name that any usual file system takes. */
const nameBytes = 255;

const windowsDevice = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i;

/** Characters that macOS leaves out when it compares names. */
const invisible = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * What is wrong with the paths that a branch adds to a tree with the paths `present`; one problem a path, in their
 * order. Paths that are there already are the user's own affair.
 */
export function pathHazards(
  added: readonly string[],
  present: readonly string[],
  traits: FileSystemTraits,
): PathHazard[] {
  const taken = new Spellings(present, traits);
  const hazards: PathHazard[] = [];
  for (const path of added) {
    const twin = taken.add(path);
    const problem = nameProblem(path, traits) ?? (twin === null ? null : `would be the same as ${twin}`);
    if (problem !== null) hazards.push({ path, problem });
  }
  return hazards;
}

/** The first few, for a sentence. */
export function listPaths(paths: readonly string[]): string {
  const shown = paths.slice(0, shownPaths).join(', ');
  return paths.length > shownPaths ? `${shown} and ${paths.length - shownPaths} more` : shown;
}

/** Whether a link can lead out of the repository or into its git folder. */
export function leadsOut(path: string, target: string): boolean {
  const names = target.replaceAll('\\', '/').split('/');
  if (names[0] === '' || /^[a-z]:$/i.test(names[0] ?? '')) return true;
  let depth = path.split('/').length - 1;
  let hasEntered = false;
  for (const name of names) {
    // What ".." means behind a folder depends on whether that is a link itself.
    if (name === '..' && hasEntered) return true;
    if (name === '..') depth -= 1;
    else if (name !== '' && name !== '.') hasEntered = true;
    if (depth < 0 || isGitFolder(name)) return true;
  }
  return false;
}

function nameProblem(path: string, traits: FileSystemTraits): string | null {
  for (const name of path.split('/')) {
    const problem = alwaysWrong(name) ?? (traits.hasWindowsNames ? wrongOnWindows(name) : null);
    if (problem !== null) return problem;
  }
  return traits.foldsUnicode && !path.isWellFormed() ? 'is not a name in UTF-8' : null;
}

function alwaysWrong(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return 'leads to another place than its name says';
  if (isGitFolder(name)) return 'would be written into .git';
  return new TextEncoder().encode(name).length > nameBytes ? `has a name of over ${nameBytes} bytes` : null;
}

function wrongOnWindows(name: string): string | null {
  if (windowsDevice.test(name)) return 'has a name that stands for a device on Windows';
  if (/[. ]$/.test(name)) return 'ends with a dot or a space, which Windows leaves out';
  if (name.includes(':')) return 'has a colon, which on Windows begins a hidden stream';
  if (name.includes('\\')) return 'has a backslash, which on Windows leads into a folder';
  return /[<>"|?*\u0000-\u001f]/.test(name) ? 'has a character that Windows does not take' : null;
}

/** `.git` in any spelling that some file system takes for it. */
function isGitFolder(name: string): boolean {
  const onWindows = name.replace(/[:\\].*$/s, '').replace(/[. ]+$/, '');
  return ['.git', 'git~1'].some(
    (word) => onWindows.toLowerCase() === word || name.replace(invisible, '').toLowerCase() === word,
  );
}

/** Which spelling of each file and folder is taken. */
class Spellings {
  readonly #byKey = new Map<string, string>();
  readonly #known = new Set<string>();
  readonly #traits: FileSystemTraits;

  constructor(paths: readonly string[], traits: FileSystemTraits) {
    this.#traits = traits;
    if (traits.foldsCase || traits.foldsUnicode) for (const path of paths) this.add(path);
  }

  /** The other spelling under which the path, or a folder of it, is there already. */
  add(path: string): string | null {
    let twin: string | null = null;
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const prefix = path.slice(0, end);
      if (this.#known.has(prefix)) break;
      this.#known.add(prefix);
      const key = this.#keyOf(prefix);
      const other = this.#byKey.get(key);
      if (other === undefined) this.#byKey.set(key, prefix);
      else twin = other;
    }
    return twin;
  }

  #keyOf(path: string): string {
    const composed = this.#traits.foldsUnicode ? path.normalize('NFC') : path;
    return this.#traits.foldsCase ? composed.toUpperCase().toLowerCase() : composed;
  }
}
