// Finds, reads and writes files of the workspace inside the sandbox: the runner itself never opens what an agent could swap.
import { KnownError } from '../../shared/errors/errors.ts';
import type { SandboxAnswer } from '../tasks/ports.ts';
import { sizeText } from './textBounds.ts';
import { ToolRefusal, type Toolbox } from './tool.ts';
import { leadsOut, refuseUnwritable, relativePath, withSlashes } from './workspacePaths.ts';

/** A place inside the workspace, links resolved as far as it exists. */
export interface WorkspacePath {
  /** Relative to the workspace, with `/`, as the model should write it; `.` for the workspace itself. */
  readonly shown: string;
  readonly kind: 'file' | 'folder' | 'other' | 'missing';
}

const timeoutMs = 60_000;
/** Header of an answer: what was found, in words that each end with NUL. */
const headerBytes = 16 * 1024;

/**
 * Sets `kind` and, relative to the workspace, `real` for the path in $1; where that is not there, for $2 if given.
 * Runs in the root of the workspace. POSIX, but for `realpath`, which every system brings.
 */
const locate = `
root=$(pwd -P); path=$1
if [ -n "$2" ] && ! [ -e "$1" ] && ! [ -L "$1" ]; then path=$2; fi
near=$path; rest=; kind=
while ! [ -e "$near" ]; do
  if [ -L "$near" ]; then kind=dangling; break; fi
  rest=/\${near##*/}$rest
  case $near in */*) near=\${near%/*} ;; *) near=. ;; esac
done
if [ -z "$kind" ]; then
  real=$(realpath -- "$near")$rest
  case $real in
    "$root") real=.; kind=folder ;;
    "$root"/*)
      if [ -n "$rest" ]; then kind=missing
      elif [ -d "$real" ]; then kind=folder
      elif [ -f "$real" ]; then kind=file
      else kind=other; fi
      real=\${real#"$root"/} ;;
    *) kind=outside ;;
  esac
fi
`;

/** Finds a path that a model wrote, there or not. Throws ToolRefusal where it leads out of the workspace. */
export async function findInWorkspace(toolbox: Toolbox, path: string): Promise<WorkspacePath> {
  const script = `${locate}printf '%s\\0%s\\0' "$kind" "$real"`;
  const { words } = await askAbout(toolbox, path, { script, wordCount: 2, outputBytes: headerBytes });
  return foundPlace(path, words);
}

/** The bytes of a file of at most `maxBytes`. Throws ToolRefusal for whatever is not such a file. */
export async function readWorkspaceFile(
  toolbox: Toolbox,
  path: string,
  maxBytes: number,
): Promise<WorkspacePath & { readonly bytes: Buffer }> {
  const script = `${locate}size=0
[ "$kind" = file ] && size=$(wc -c < "$real")
printf '%s\\0%s\\0%s\\0' "$kind" "$real" "$size"
[ "$kind" = file ] && [ "$size" -le ${maxBytes} ] && cat -- "$real"`;
  const question = { script, wordCount: 3, outputBytes: maxBytes + headerBytes };
  const { words, rest } = await askAbout(toolbox, path, question);
  const place = foundPlace(path, words);
  const size = Number(words[2]);
  if (place.kind === 'missing') throw new ToolRefusal(`There is no file ${place.shown}.`);
  if (place.kind === 'folder') throw new ToolRefusal(`${place.shown} is a folder.`);
  if (place.kind === 'other') throw new ToolRefusal(`${place.shown} is not a regular file.`);
  if (size > maxBytes) {
    throw new ToolRefusal(
      `${place.shown} is too large for this tool: ${sizeText(size)} of at most ${sizeText(maxBytes)}. Use run with a command that picks what you need.`,
    );
  }
  return { ...place, bytes: rest };
}

/**
 * Replaces the content of a file or makes it, its folders too; an existing one keeps its mode.
 * Throws ToolRefusal where that can't be; KnownError `diskFull`.
 */
export async function writeWorkspaceFile(
  toolbox: Toolbox,
  path: string,
  text: string,
): Promise<WorkspacePath> {
  const place = await findInWorkspace(toolbox, path);
  refuseUnwritable(path, place.shown);
  if (place.kind === 'folder') throw new ToolRefusal(`${place.shown} is a folder.`);
  if (place.kind === 'other') throw new ToolRefusal(`${place.shown} is not a regular file.`);
  // What was found, not what was asked for: between the two a link may have come to lie there.
  const script = `${locate}case $kind in missing|file) ;; *) exit 1 ;; esac
case $real in */*) mkdir -p -- "\${real%/*}" || exit 1 ;; esac
cat > "$real"`;
  const { exitCode, stdout } = await ask(
    toolbox,
    ['sh', '-c', `{ ${script}\n} 2>&1`, 'sh', `./${place.shown}`, ''],
    {
      input: text,
      outputBytes: headerBytes,
    },
  );
  if (exitCode === 0) return place;
  const said = stdout
    .toString()
    .trim()
    .replace(/^.*?: (?=[^:]+: [^:]+$)/, '');
  if (/No space left on device|Disk quota exceeded/.test(said))
    throw new KnownError('diskFull', { path: toolbox.place.workspace });
  throw new ToolRefusal(`${place.shown} could not be written: ${said}`);
}

/** Asks a program inside the sandbox; `folder` is relative to the workspace. */
export async function ask(
  { sandbox, place, signal }: Toolbox,
  command: readonly string[],
  options: { readonly folder?: string; readonly input?: string; readonly outputBytes: number },
): Promise<SandboxAnswer> {
  const { folder = '.', input, outputBytes } = options;
  return sandbox.ask({
    command: folder === '.' ? command : ['sh', '-c', 'cd -- "$0" && exec "$@"', folder, ...command],
    place,
    timeoutMs,
    outputBytes,
    signal,
    ...(input === undefined ? {} : { input }),
  });
}

async function askAbout(
  toolbox: Toolbox,
  path: string,
  {
    script,
    wordCount,
    outputBytes,
  }: { readonly script: string; readonly wordCount: number; readonly outputBytes: number },
): Promise<{ readonly words: readonly string[]; readonly rest: Buffer }> {
  const { workspace } = toolbox.place;
  const asWritten = relativePath(workspace, path);
  const slashed = withSlashes(path);
  const other = slashed === null ? '' : `./${relativePath(workspace, slashed)}`;
  const answer = await ask(toolbox, ['sh', '-c', script, 'sh', `./${asWritten}`, other], { outputBytes });
  if (answer.timedOut) throw new ToolRefusal(`${path} did not answer in time.`);
  return takeWords(answer.stdout, wordCount);
}

function takeWords(
  stdout: Buffer,
  count: number,
): { readonly words: readonly string[]; readonly rest: Buffer } {
  const words: string[] = [];
  let from = 0;
  while (words.length < count) {
    const end = stdout.indexOf(0, from);
    if (end < 0) throw new Error('The sandbox gave no answer about a file.');
    words.push(stdout.toString('utf8', from, end));
    from = end + 1;
  }
  return { words, rest: stdout.subarray(from) };
}

function foundPlace(path: string, [kind, real = '']: readonly string[]): WorkspacePath {
  if (kind === 'outside') throw leadsOut(path);
  if (kind === 'dangling') throw new ToolRefusal(`${path} goes through a symbolic link that leads nowhere.`);
  return { kind: kind as WorkspacePath['kind'], shown: real };
}
