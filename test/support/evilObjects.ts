// Commits that no git would make: each holds something that must not get into anybody's repository.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** Writes an object unseen by git's checks, and returns its id. */
type WriteObject = (type: 'blob' | 'tree' | 'commit', content: Buffer | string) => string;

interface Evil {
  readonly name: string;
  /** Writes the objects and returns the id of the tree. */
  readonly tree: (write: WriteObject) => string;
  /** Words of the refusal. */
  readonly says: RegExp;
}

/** Mode, name and id of each entry as they stand in a tree. */
function treeOf(...entries: readonly (readonly [string, string, string])[]): Buffer {
  return Buffer.concat(
    entries.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  );
}

const named =
  (name: string) =>
  (write: WriteObject): string =>
    write('tree', treeOf(['100644', name, write('blob', 'evil\n')]));

const folderNamed =
  (name: string) =>
  (write: WriteObject): string =>
    write('tree', treeOf(['40000', name, named('config')(write)]));

const modules =
  (lines: string) =>
  (write: WriteObject): string =>
    write('tree', treeOf(['100644', '.gitmodules', write('blob', `[submodule "x"]\n${lines}\n`)]));

export const evilTrees: readonly Evil[] = [
  { name: 'a file .git', tree: named('.git'), says: /stands for \.git/ },
  { name: 'a folder .git', tree: folderNamed('.git'), says: /stands for \.git/ },
  { name: 'a folder .GIT', tree: folderNamed('.GIT'), says: /stands for \.git/ },
  { name: 'a folder git~1, its short name on Windows', tree: folderNamed('git~1'), says: /stands for \.git/ },
  { name: 'a folder .git with a trailing dot', tree: folderNamed('.git.'), says: /stands for \.git/ },
  {
    name: 'a folder .git as a stream',
    tree: folderNamed('.git::$INDEX_ALLOCATION'),
    says: /stands for \.git/,
  },
  {
    name: 'a folder .git with an invisible letter',
    tree: folderNamed('.g\u200cit'),
    says: /stands for \.git/,
  },
  { name: 'a folder behind a backslash', tree: folderNamed('x\\.git'), says: /stands for \.git/ },
  { name: 'a folder ..', tree: folderNamed('..'), says: /leads out of the repository/ },
  { name: 'a folder .', tree: folderNamed('.'), says: /named “\.”/ },
  { name: 'an absolute name', tree: named('/etc/evil'), says: /slash in it/ },
  { name: 'a name with a slash', tree: named('.git/config'), says: /slash in it/ },
  {
    name: 'a submodule with an address that is an option',
    tree: modules('\tpath = x\n\turl = -u./evil'),
    says: /address that git would take/,
  },
  {
    name: 'a submodule with a path that is an option',
    tree: modules('\tpath = -x\n\turl = ./x'),
    says: /path that git would take/,
  },
  {
    name: 'a submodule with a name that leads out',
    tree: (write) => {
      const text = '[submodule "../../x"]\n\tpath = x\n\turl = ./x\n';
      return write('tree', treeOf(['100644', '.gitmodules', write('blob', text)]));
    },
    says: /leads out of its folder/,
  },
  {
    name: 'a submodule with a command',
    tree: modules('\tpath = x\n\turl = ./x\n\tupdate = !evil'),
    says: /has a command run/,
  },
  {
    name: 'a .gitmodules that is a link',
    tree: (write) => write('tree', treeOf(['120000', '.gitmodules', write('blob', 'elsewhere')])),
    says: /that is a link/,
  },
  {
    name: 'the same name twice',
    tree: (write) => {
      const blob = write('blob', 'evil\n');
      return write('tree', treeOf(['100644', 'x', blob], ['100644', 'x', blob]));
    },
    says: /same name twice/,
  },
  {
    name: 'names out of order',
    tree: (write) => {
      const blob = write('blob', 'evil\n');
      return write('tree', treeOf(['100644', 'y', blob], ['100644', 'x', blob]));
    },
    says: /out of order/,
  },
];

/** An old form of writing folders that history is full of: harmless, but new commits have no reason for it. */
export const zeroPadded: Evil = {
  name: 'a zero-padded mode',
  tree: (write) => write('tree', treeOf(['040000', 'folder', named('file')(write)])),
  says: /form that git does not write/,
};

/** Writes a commit of the evil tree into the repository of `gitDir`, past all of git's checks. */
export function commitEvil(gitDir: string, { tree }: Evil, parents: readonly string[] = []): string {
  const write: WriteObject = (type, content) => {
    const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), Buffer.from(content)]);
    const id = createHash('sha1').update(bytes).digest('hex');
    const file = join(gitDir, 'objects', id.slice(0, 2), id.slice(2));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, deflateSync(bytes));
    return id;
  };
  const author = 'A <a@x> 1800000000 +0000';
  const lines = [`tree ${tree(write)}`, ...parents.map((id) => `parent ${id}`), `author ${author}`];
  return write('commit', [...lines, `committer ${author}`, '', 'evil\n'].join('\n'));
}
