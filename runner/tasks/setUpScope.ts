// Decides what the result of a set-up depends on: its lock files, every file of the commit, or nothing that could be told.

export interface CommittedFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** Of its content, as git names it. */
  readonly id: string;
}

/**
 * `locks`: a plain install, which looks at these files only; `tree`: it may look at any file; `none`: nothing says
 * that it installs packages, and its result is nobody else's.
 */
export type SetUpScope =
  | { readonly kind: 'locks'; readonly files: readonly CommittedFile[] }
  | { readonly kind: 'tree' }
  | { readonly kind: 'none' };

const lockFiles: ReadonlySet<string> = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'],
  ...['poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock', 'Cargo.lock', 'go.sum', 'Gemfile.lock'],
  ...['composer.lock', 'mix.lock', 'pubspec.lock', 'packages.lock.json', 'gradle.lockfile', 'deno.lock'],
]);

const manifests: ReadonlySet<string> = new Set([
  ...['package.json', 'pyproject.toml', 'Pipfile', 'setup.py', 'setup.cfg', 'Cargo.toml', 'go.mod'],
  ...['Gemfile', 'composer.json', 'mix.exs', 'pubspec.yaml', 'pom.xml', 'build.gradle', 'build.gradle.kts'],
]);

/** What else tells a package manager what to install, and how. */
const settings: ReadonlySet<string> = new Set([
  ...[
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.pnpmfile.cjs',
    '.pnpmfile.mjs',
    'pnpmfile.js',
    'pnpm-workspace.yaml',
  ],
  ...['bunfig.toml', 'lerna.json', 'go.work', 'go.work.sum', 'rust-toolchain', 'rust-toolchain.toml'],
  ...[
    '.nvmrc',
    '.node-version',
    '.tool-versions',
    '.python-version',
    '.ruby-version',
    'mise.toml',
    '.mise.toml',
  ],
]);

/** Folders of which every file counts: patches of packages, Yarn's own program and its plugins, cargo's settings. */
const settingFolders = /(?:^|\/)(?:patches|\.yarn|\.cargo)\//;

const requirements = /^(?:requirements|constraints).*\.(?:txt|in)$/;

/** Package managers at work on nothing but what those files say; a value of an option names no file. */
const plainInstall =
  /^(?:npm (?:ci|i|install)|(?:pnpm|bun) (?:i|install)|yarn(?: install)?|go mod download|cargo fetch|corepack enable|cd [\w-][\w./-]*)(?: --?[\w-]+(?:=\w+)?)*$/;

/** Build steps that npm runs at an install without being told to. */
const builtAtInstall = 'binding.gyp';

/** Whether a file of that path pins what a project depends on. */
export function isLockFile(path: string): boolean {
  return lockFiles.has(nameOf(path));
}

/** `files`: all of the commit. */
export function scopeOf(command: string, files: readonly CommittedFile[]): SetUpScope {
  const deciding = files.filter(({ path }) => decides(path));
  const names = new Set(deciding.map(({ path }) => nameOf(path)));
  const isLocked = [...names].some((name) => lockFiles.has(name));
  const isKnown = isLocked || [...names].some((name) => manifests.has(name) || requirements.test(name));
  if (!isKnown) return { kind: 'none' };
  const isPlain = command.split('&&').every((part) => plainInstall.test(part.trim()));
  const isBuilt = files.some(({ path }) => nameOf(path) === builtAtInstall);
  return isLocked && isPlain && !isBuilt ? { kind: 'locks', files: deciding } : { kind: 'tree' };
}

function decides(path: string): boolean {
  const name = nameOf(path);
  const isNamed = lockFiles.has(name) || manifests.has(name) || settings.has(name);
  return isNamed || requirements.test(name) || settingFolders.test(path);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Scripts that an install runs by itself. */
const installScripts = [
  ...['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'],
  ...['dependencies', 'pnpm:devPreinstall'],
];

/** Those of them that look at no source: git hooks, and patches, which count already. */
const harmlessScript =
  /^(?:husky(?: install)?|patch-package|lefthook install|simple-git-hooks)(?: \|\| true)?$/;

/** Dependencies on files of the repository itself, of which an install may take a copy. */
const ownFiles = /^(?:file|link|portal|exec|patch):|^\.{0,2}\//;

/** Whether installing what this `package.json` says may look at any file of the repository. */
export function readsSources(manifest: string): boolean {
  try {
    const { scripts = {}, ...rest } = JSON.parse(manifest) as Record<string, Record<string, unknown>>;
    const hasScript = installScripts.some(
      (name) => Object.hasOwn(scripts, name) && !harmlessScript.test(String(scripts[name]).trim()),
    );
    return hasScript || hasOwnFiles(rest);
  } catch {
    return true;
  }
}

function hasOwnFiles(manifest: Readonly<Record<string, unknown>>): boolean {
  const kinds = [
    'dependencies',
    'devDependencies',
    'optionalDependencies',
    'peerDependencies',
    'resolutions',
  ];
  return kinds
    .map((kind) => manifest[kind])
    .flatMap((wanted) => Object.values((wanted ?? {}) as Record<string, unknown>))
    .some((version) => typeof version !== 'string' || ownFiles.test(version));
}
