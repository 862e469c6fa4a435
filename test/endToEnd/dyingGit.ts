// A `git` that ends the runner that called it: after the nth call, or in its middle, where a killed git leaves its unfinished file.
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** `torn`: git dies with the runner, so nothing is done and its unfinished file stays; calls without one are done. */
export type GitDeathSide = 'after' | 'torn';

export interface GitDeath {
  readonly side: GitDeathSide;
  /** Which call of git, counted from 1; Infinity for one that only counts. */
  readonly at: number;
  /** Only calls of this command count. */
  readonly command?: string;
}

/** Puts the program into `folder` and returns the PATH that begins with it. */
export async function putDyingGit(folder: string, death: GitDeath): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'git'), scriptOf(folder, death));
  await chmod(join(bin, 'git'), 0o755);
  return `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
}

/** The calls so far, one line of arguments each. */
export async function gitCallsIn(folder: string): Promise<readonly string[]> {
  const calls = await readFile(callsFile(folder), 'utf8').catch(() => '');
  return calls.split('\n').filter((call) => call !== '');
}

function callsFile(folder: string): string {
  return join(folder, 'git-calls');
}

function scriptOf(folder: string, { side, at, command = '' }: GitDeath): string {
  const fatal = at === Infinity ? 0 : at;
  const real = execFileSync('which', ['git']).toString().trim();
  return `#!/bin/sh
while [ "$1" = -c ]; do settings="$settings $1 $2"; shift 2; done
echo "$*" >> '${callsFile(folder)}'
case $1 in ${command}*) calls=$(grep -c '^${command}' '${callsFile(folder)}') ;; esac
[ "$calls" = ${fatal} ] || exec '${real}' $settings "$@"
if [ ${side} = torn ]; then
  case $1 in
    update-ref) lock="$GIT_DIR/$2.lock" ;;
    add | read-tree) lock="$GIT_INDEX_FILE.lock" ;;
    bundle) lock="$4.lock" ;;
    index-pack) lock="$GIT_OBJECT_DIRECTORY/pack/tmp_pack_x" ;;
  esac
fi
if [ -n "$lock" ] && [ "$2" != --no-deref ]; then
  mkdir -p "$(dirname "$lock")"
  : > "$lock"
else
  '${real}' $settings "$@"
fi
kill -9 $PPID
`;
}
