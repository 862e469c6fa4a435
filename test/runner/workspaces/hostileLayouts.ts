// Git folders that are not what they seem, and repositories inside repositories, as triggers of a hostile repository.
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Ground, Trigger } from './hostileGround.ts';

/** Where the user's snapshot has a submodule: all that git checks out of one is its folder. */
export const submoduleFolder = 'vendor/lib';

const gitOf = (ground: Ground): string => join(ground.folder, '.git');
const monitor = (ground: Ground): string => `[core]\n\tfsmonitor = ${ground.script}\n`;
const status = (ground: Ground): void => void ground.git(['status']);

/** A repository with one commit and a changed file. */
function makeNested(ground: Ground, path: string): string {
  const nested = join(ground.folder, path);
  mkdirSync(nested, { recursive: true });
  ground.git(['init', '--quiet'], nested);
  ground.write(`${path}/file`, 'x');
  ground.git(['add', '--all'], nested);
  ground.git(['commit', '--quiet', '--message=own'], nested);
  ground.write(`${path}/file`, 'y');
  return nested;
}

/** Moves the git folder away, for something else to take its place, and gives it a monitor. */
function moveGitFolder(ground: Ground): string {
  const moved = join(ground.folder, 'moved');
  renameSync(gitOf(ground), moved);
  appendFileSync(join(moved, 'config'), monitor(ground));
  return moved;
}

const redirections: readonly Trigger[] = [
  {
    name: 'include.path',
    plant: (ground) => {
      ground.write('included', monitor(ground));
      ground.configure({ 'include.path': join(ground.folder, 'included') });
    },
    fire: status,
  },
  {
    name: 'includeIf',
    plant: (ground) => {
      ground.write('included', monitor(ground));
      ground.configure({ 'includeIf.gitdir:**.path': join(ground.folder, 'included') });
    },
    fire: status,
  },
  {
    name: 'config.worktree',
    plant: (ground) => {
      ground.configure({ 'extensions.worktreeConfig': 'true' });
      ground.write('.git/config.worktree', monitor(ground));
    },
    fire: status,
  },
  {
    name: 'symlinked config',
    plant: (ground) => {
      cpSync(join(gitOf(ground), 'config'), join(ground.folder, 'linked'));
      appendFileSync(join(ground.folder, 'linked'), monitor(ground));
      rmSync(join(gitOf(ground), 'config'));
      symlinkSync('../linked', join(gitOf(ground), 'config'));
    },
    fire: status,
  },
  {
    name: '.git file that names another git folder',
    plant: (ground) => writeFileSync(gitOf(ground), `gitdir: ${moveGitFolder(ground)}\n`),
    fire: status,
  },
  {
    name: 'symlinked .git',
    plant: (ground) => symlinkSync(moveGitFolder(ground), gitOf(ground)),
    fire: status,
  },
  {
    name: 'commondir',
    plant: (ground) => {
      const common = join(ground.outside, 'common');
      cpSync(gitOf(ground), common, { recursive: true });
      appendFileSync(join(common, 'config'), monitor(ground));
      ground.write('.git/commondir', `${common}\n`);
    },
    fire: status,
  },
  {
    name: 'core.worktree that has files written elsewhere',
    plant: (ground) => {
      ground.write('marker', '');
      ground.configure({ 'core.worktree': ground.outside });
    },
    fire: (ground) => {
      ground.git(['add', '--all', '--force']);
      const blob = ground.git({ args: ['hash-object', '-w', '--stdin'], input: '' }).trim();
      ground.git(['update-index', '--add', '--cacheinfo', `100644,${blob},marker`]);
      ground.git(['checkout-index', '--force', '--all']);
    },
  },
  {
    name: 'symlinked index that has a file written elsewhere',
    plant: (ground) => {
      rmSync(join(gitOf(ground), 'index'));
      symlinkSync(ground.marker, join(gitOf(ground), 'index'));
    },
    fire: (ground) => ground.git(['add', '--all']),
  },
  {
    name: 'symlinked log of a ref that has a file written elsewhere',
    plant: (ground) => {
      mkdirSync(join(gitOf(ground), 'refs/heads'), { recursive: true });
      rmSync(join(gitOf(ground), 'logs'), { recursive: true, force: true });
      mkdirSync(join(gitOf(ground), 'logs'));
      symlinkSync(ground.marker, join(gitOf(ground), 'logs/HEAD'));
    },
    fire: (ground) => ground.git(['commit', '--quiet', '--allow-empty', '--message=x']),
  },
  {
    name: 'rebase that was left in the middle',
    plant: (ground) => {
      const state = { 'git-rebase-todo': `exec ${ground.script}\n`, 'head-name': 'detached HEAD\n' };
      const head = ground.git(['rev-parse', 'HEAD']);
      const further = { onto: head, 'orig-head': head, done: '', interactive: '', msgnum: '0\n', end: '1\n' };
      for (const [name, content] of Object.entries({ ...state, ...further }))
        ground.write(`.git/rebase-merge/${name}`, content);
    },
    fire: (ground) => ground.git(['rebase', '--continue']),
  },
];

const nested: readonly Trigger[] = [
  {
    name: 'fsmonitor of a repository inside',
    plant: (ground) => ground.configure({ 'core.fsmonitor': ground.script }, makeNested(ground, 'nested')),
    fire: (ground) => {
      ground.git(['add', '--all']);
      status(ground);
    },
  },
  {
    name: 'hook of a repository inside',
    plant: (ground) => ground.hook('post-index-change', join(makeNested(ground, 'nested'), '.git')),
    fire: (ground) => {
      ground.git(['add', '--all']);
      // The same content at another time: what looks at it writes its index anew.
      ground.write('nested/file', 'x');
      utimesSync(join(ground.folder, 'nested/file'), 1, 1);
      status(ground);
    },
  },
  {
    name: 'filter of a repository inside',
    plant: (ground) => {
      const inside = makeNested(ground, 'nested');
      ground.configure({ 'filter.evil.clean': ground.script }, inside);
      ground.write('nested/.gitattributes', '* filter=evil\n');
    },
    fire: (ground) => {
      ground.git(['add', '--all']);
      status(ground);
    },
  },
  {
    name: 'fsmonitor of a repository in the place of a submodule',
    plant: (ground) => {
      ground.configure({ 'core.fsmonitor': ground.script }, makeNested(ground, submoduleFolder));
    },
    fire: status,
  },
  {
    name: 'fsmonitor of a submodule that wants to be looked into',
    plant: (ground) => {
      ground.configure({ 'core.fsmonitor': ground.script }, makeNested(ground, submoduleFolder));
      const section = `[submodule "lib"]\n\tpath = ${submoduleFolder}\n\turl = ./lib\n\tignore = none\n`;
      ground.write('.gitmodules', section);
      appendFileSync(join(gitOf(ground), 'config'), section);
    },
    fire: status,
  },
  {
    name: 'update command of a submodule',
    plant: (ground) => {
      makeNested(ground, submoduleFolder);
      ground.write('.gitmodules', `[submodule "lib"]\n\tpath = ${submoduleFolder}\n\turl = ./lib\n`);
      ground.configure({ 'submodule.lib.url': './lib', 'submodule.lib.update': `!${ground.script}` });
    },
    fire: (ground) => ground.git(['submodule', 'update', '--no-fetch', '--force']),
  },
  {
    name: 'bare repository among the files',
    plant: (ground) => {
      const bare = join(ground.folder, 'bare');
      mkdirSync(bare);
      ground.git(['init', '--quiet', '--bare', bare]);
      appendFileSync(join(bare, 'config'), `${monitor(ground)}\tbare = false\n\tworktree = ..\n`);
    },
    fire: (ground) => ground.git(['status'], join(ground.folder, 'bare')),
  },
];

export const layoutTriggers: readonly Trigger[] = [...redirections, ...nested];
