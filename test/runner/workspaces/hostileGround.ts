// The ground on which a trigger of a hostile repository is planted: a workspace, a script that leaves a marker, plain git.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One way in which a repository can have git do something that nobody asked for. */
export interface Trigger {
  readonly name: string;
  /** What an agent could do to its workspace. */
  readonly plant: (ground: Ground) => void;
  /** How plain git, found by discovery, falls for it. */
  readonly fire: (ground: Ground) => void;
}

/** Arguments of a git command, or these with its standard input. */
export type Call = readonly string[] | { readonly args: readonly string[]; readonly input: string };

export class Ground {
  /** The agent's folder. */
  readonly folder: string;
  /** Beside it; out of the agent's reach, but for what it plants. */
  readonly outside: string;
  readonly marker: string;

  constructor(folder: string, outside: string) {
    this.folder = folder;
    this.outside = outside;
    this.marker = join(outside, 'marker');
    rmSync(outside, { recursive: true, force: true });
    mkdirSync(outside, { recursive: true });
  }

  get hasFired(): boolean {
    return existsSync(this.marker);
  }

  /** Absolute path of a program that leaves the marker. */
  get script(): string {
    const file = join(this.outside, 'script.sh');
    writeFileSync(file, `#!/bin/sh\n: >'${this.marker}'\n`, { mode: 0o755 });
    return file;
  }

  write(path: string, content: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** A hook in a git folder. */
  hook(name: string, gitDir = join(this.folder, '.git')): void {
    mkdirSync(join(gitDir, 'hooks'), { recursive: true });
    writeFileSync(join(gitDir, 'hooks', name), `#!/bin/sh\n: >'${this.marker}'\n`, { mode: 0o755 });
  }

  configure(settings: Readonly<Record<string, string>>, folder = this.folder): void {
    for (const [key, value] of Object.entries(settings)) this.git(['config', key, value], folder);
  }

  /** Plain git by discovery, as it would be used by hand. That it fails is no matter: the marker counts. */
  git(call: Call, folder = this.folder): string {
    const { args, input } = 'args' in call ? call : { args: call, input: '' };
    return this.run(['git', ...args], folder, input);
  }

  /** The same on a terminal. */
  gitOnTerminal(command: string): void {
    this.run(['script', '--quiet', '--command', command, '/dev/null'], this.folder, '');
  }

  run([file = '', ...args]: readonly string[], cwd: string, input: string): string {
    const author = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x' };
    const committer = { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@x' };
    const env = { PATH: process.env['PATH'], HOME: '/nowhere', LC_ALL: 'C', TERM: 'xterm' };
    const result = spawnSync(file, args, {
      ...{ cwd, input, timeout: 10_000 },
      env: { ...env, ...author, ...committer },
    });
    return result.stdout.toString() + result.stderr.toString();
  }
}

/** A trigger that is set in the repository's configuration and fires in the given commands. */
export function configured(
  name: string,
  settings: (script: string, ground: Ground) => Readonly<Record<string, string>>,
  calls: readonly Call[],
  files: Readonly<Record<string, string>> = {},
): Trigger {
  return {
    name,
    plant: (ground) => {
      ground.configure(settings(ground.script, ground));
      for (const [path, content] of Object.entries(files)) ground.write(path, content);
    },
    fire: (ground) => {
      for (const call of calls) ground.git(call);
    },
  };
}
