// Workspaces against real git: what is recorded, what survives a crash, and that agents don't get in each other's way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TaskPlace } from '../../../runner/tasks/ports.ts';
import { createStores } from '../../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../../runner/workspaces/workspaces.ts';
import { gitIn, repositoryId, signal, UserRepository } from './userRepository.ts';

/** Puts a `git` that writes down what it is asked for before the real one, until it is disposed. */
class GitCalls implements Disposable {
  readonly #path = process.env['PATH'];
  readonly #file: string;

  constructor(root: string) {
    this.#file = join(root, 'git-calls');
    const bin = join(root, 'bin');
    mkdirSync(bin);
    const real = execFileSync('which', ['git']).toString().trim();
    const command = 'for word; do case $word in -c | *=*) ;; *) break ;; esac; done';
    const script = `#!/bin/sh\n${command}\necho "$word" >> '${this.#file}'\nexec '${real}' "$@"\n`;
    writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
    process.env['PATH'] = `${bin}${delimiter}${this.#path ?? ''}`;
  }

  /** The commands since the last time. */
  take(): string[] {
    const calls = readFileSync(this.#file, 'utf8').trim().split('\n');
    writeFileSync(this.#file, '');
    return calls;
  }

  [Symbol.dispose](): void {
    process.env['PATH'] = this.#path;
  }
}

const author = { name: 'Nightjar', email: 'nightjar@localhost' };
const at = new Date('2026-01-02T03:04:05.678Z');

/** A user's repository whose HEAD is in the store, with the workspace of one task. */
async function shipped(user: UserRepository, boot: string | null = null) {
  await createStores(user).receiveBundle(user.bundle(), signal);
  const workspaces = createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot });
  const place: TaskPlace = { taskId: 't1', repositoryId, snapshot: user.head() };
  await workspaces.prepare(place, place.snapshot, signal);
  const folder = workspaces.folderOf('t1');
  const commit = (parent = place.snapshot) =>
    workspaces.commit(place, { parent, message: 'Work\n\nNightjar-Task: t1', at }, signal);
  const inStore = (...args: string[]) => gitIn(join(user.dataFolder, 'stores', `${repositoryId}.git`), args);
  return { workspaces, place, folder, commit, inStore };
}

describe('a workspace', () => {
  it('is a clean detached clone in which an agent can use git', async () => {
    using user = new UserRepository();
    const { folder, place } = await shipped(user);
    assert.equal(gitIn(folder, ['status', '--porcelain']), '');
    assert.equal(gitIn(folder, ['rev-parse', 'HEAD']), place.snapshot);
    writeFileSync(join(folder, 'b'), 'b');
    gitIn(folder, ['add', '.']);
    gitIn(folder, ['commit', '--quiet', '--message=mine']);
    assert.equal(gitIn(folder, ['config', 'user.email']), author.email);
  });

  it('takes an author with any name', async () => {
    using user = new UserRepository();
    await createStores(user).receiveBundle(user.bundle(), signal);
    const odd = { name: 'Night "\\n" ; # jar', email: 'n@x' };
    const workspaces = createWorkspaces({
      dataFolder: user.dataFolder,
      refs: user.refs,
      author: odd,
      boot: null,
    });
    await workspaces.prepare({ taskId: 't1', repositoryId, snapshot: user.head() }, user.head(), signal);
    assert.equal(gitIn(workspaces.folderOf('t1'), ['config', 'user.name']), odd.name);
    assert.equal(gitIn(workspaces.folderOf('t1'), ['config', 'user.email']), odd.email);
  });

  it('is kept when it is there, made anew when it was half made or lost', async () => {
    using user = new UserRepository();
    const { workspaces, place, folder, commit } = await shipped(user);
    writeFileSync(join(folder, 'new'), 'new');
    await workspaces.prepare(place, place.snapshot, signal);
    assert.equal(readFileSync(join(folder, 'new'), 'utf8'), 'new');
    const first = await commit();
    await workspaces.remove('t1');
    assert.equal(existsSync(folder), false);
    const unfinished = join(user.dataFolder, 'workspaces', 't1.new', 'files');
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'half'), '');
    await workspaces.prepare(place, first.commit, signal);
    assert.equal(existsSync(join(folder, 'half')), false);
    assert.equal(readFileSync(join(folder, 'new'), 'utf8'), 'new');
    assert.equal((await commit(first.commit)).commit, first.commit);
  });

  for (const [name, mark, now, isKept] of [
    ['is made anew after a start of the machine, which may have cut a file short', 'boot-1', 'boot-2', false],
    ['is kept, a torn file with it, while the machine runs', 'boot-1', 'boot-1', true],
    ['is kept where the machine doesn’t say', null, null, true],
    ['of an earlier version is kept, and marked for the next start', null, 'boot-2', true],
    ['whose mark is torn itself is made anew', '', 'boot-1', false],
  ] as const) {
    it(name, async () => {
      using user = new UserRepository({ 'a.txt': 'whole\n' });
      const made = await shipped(user, mark);
      const markFile = join(made.folder, '..', 'boot');
      assert.equal(existsSync(markFile), mark !== null);
      writeFileSync(join(made.folder, 'a.txt'), '');
      const later = createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot: now });
      assert.equal(await later.whyLost('t1'), isKept ? null : 'machineRestarted');
      assert.equal(existsSync(markFile), mark !== null || now !== null);
      await later.prepare(made.place, made.place.snapshot, signal);
      assert.equal(await later.whyLost('t1'), null);
      assert.equal(readFileSync(join(made.folder, 'a.txt'), 'utf8'), isKept ? '' : 'whole\n');
      if (now !== null) assert.equal(readFileSync(markFile, 'utf8'), now);
    });
  }

  it('leaves nothing behind when preparing fails', async () => {
    using user = new UserRepository();
    const { workspaces, place } = await shipped(user);
    const lost = { ...place, taskId: 't2', snapshot: 'f'.repeat(40) };
    await assert.rejects(workspaces.prepare(lost, lost.snapshot, signal), /git/);
    assert.equal(existsSync(join(user.dataFolder, 'workspaces', 't2')), false);
    assert.equal(existsSync(join(user.dataFolder, 'workspaces', 't2.new')), false);
  });

  it('keeps LFS pointers as they are and folders of submodules empty', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n';
    using user = new UserRepository({
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'a.bin': pointer,
    });
    user.git('update-index', '--add', '--cacheinfo', `160000,${user.head()},vendor/lib`);
    user.git('commit', '--quiet', '--message=submodule');
    const { folder, commit, place, workspaces } = await shipped(user);
    assert.equal(readFileSync(join(folder, 'a.bin'), 'utf8'), pointer);
    assert.ok(statSync(join(folder, 'vendor/lib')).isDirectory());
    const made = await commit();
    assert.deepEqual([made.commit, made.files, made.keptOut], [place.snapshot, [], []]);
    await using checkout = await workspaces.openCheckout(place, place.snapshot, signal);
    assert.ok(existsSync(join(checkout.folder, 'a.bin')));
  });

  it('is removed with what a tool made read-only', async () => {
    using user = new UserRepository();
    const { workspaces, folder } = await shipped(user);
    mkdirSync(join(folder, 'cache/module'), { recursive: true });
    writeFileSync(join(folder, 'cache/module/file'), '');
    chmodSync(join(folder, 'cache/module'), 0o555);
    await workspaces.remove('t1');
    assert.equal(existsSync(folder), false);
    await workspaces.remove('t1');
  });
});

describe('a commit of a workspace', () => {
  it('holds modes, links and odd names, and tells what changed since the snapshot', async () => {
    using user = new UserRepository({
      'readme.md': 'one\n',
      'src/a.js': 'a\n'.repeat(9),
      gone: 'x',
      'run.sh': 'y',
    });
    const { folder, commit, place, inStore } = await shipped(user);
    const odd = Buffer.concat([Buffer.from(`${folder}/odd\xff`, 'latin1')]);
    writeFileSync(join(folder, 'readme.md'), 'one\ntwo\n');
    renameSync(join(folder, 'src/a.js'), join(folder, 'src/b.js'));
    rmSync(join(folder, 'gone'));
    chmodSync(join(folder, 'run.sh'), 0o755);
    symlinkSync('/nowhere', join(folder, 'link'));
    writeFileSync(join(folder, 'a\n"b"\t c'), 'text');
    writeFileSync(join(folder, 'binary'), Buffer.from([0, 1, 2]));
    writeFileSync(odd, 'odd\n');
    const result = await commit();
    const byPath = Object.fromEntries(result.files.map(({ path, ...rest }) => [path, Object.values(rest)]));
    assert.deepEqual(byPath, {
      'a\n"b"\t c': [null, 'added', 1, 0],
      binary: [null, 'added', null, null],
      gone: [null, 'deleted', 0, 1],
      link: [null, 'added', 1, 0],
      'odd\uFFFD': [null, 'added', 1, 0],
      'readme.md': [null, 'modified', 1, 0],
      'run.sh': [null, 'modified', 0, 0],
      'src/b.js': ['src/a.js', 'renamed', 0, 0],
    });
    assert.equal(inStore('rev-parse', 'refs/nightjar/tasks/t1'), result.commit);
    assert.equal(
      inStore('log', '-1', '--format=%an <%ae> %cn %at %P', result.commit),
      `Nightjar <${author.email}> Nightjar 1767323045 ${place.snapshot}`,
    );
    assert.equal(
      inStore('log', '-1', '--format=%(trailers:key=Nightjar-Task,valueonly)', result.commit),
      't1',
    );
  });

  it('is checked out elsewhere byte for byte, without what was ignored, and the checkout goes away', async () => {
    using user = new UserRepository({ '.gitignore': 'ignored\n' });
    const { folder, commit, place, workspaces } = await shipped(user);
    symlinkSync('.gitignore', join(folder, 'link'));
    writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(folder, 'ignored'), '');
    const { commit: id } = await commit();
    let root: string;
    {
      await using checkout = await workspaces.openCheckout(place, id, signal);
      root = checkout.folder;
      assert.equal(readlinkSync(join(root, 'link')), '.gitignore');
      assert.equal(lstatSync(join(root, 'run.sh')).mode & 0o777, 0o755);
      assert.equal(existsSync(join(root, 'ignored')), false);
      assert.equal(gitIn(root, ['status', '--porcelain']), '');
    }
    assert.equal(existsSync(root), false);
  });

  it('is its parent when nothing changed, and the same again when it is repeated', async () => {
    using user = new UserRepository();
    const { folder, commit, place } = await shipped(user);
    assert.equal((await commit()).commit, place.snapshot);
    writeFileSync(join(folder, 'new'), 'new');
    const first = await commit();
    // What a killed git leaves behind.
    writeFileSync(join(user.dataFolder, 'workspaces/t1/index.lock'), '');
    assert.deepEqual(await commit(), first);
    assert.equal((await commit(first.commit)).commit, first.commit);
  });

  it('sees an edit of the same size in the same second', async () => {
    using user = new UserRepository();
    const { folder, commit } = await shipped(user);
    writeFileSync(join(folder, 'readme.md'), 'two\n');
    const first = await commit();
    writeFileSync(join(folder, 'readme.md'), 'six\n');
    assert.notEqual((await commit(first.commit)).commit, first.commit);
  });

  it('counts files alone: the own commits of the agent and a deleted or broken .git do not matter', async () => {
    using user = new UserRepository();
    const { folder, commit, inStore } = await shipped(user);
    writeFileSync(join(folder, 'mine'), 'mine');
    gitIn(folder, ['add', '.']);
    gitIn(folder, ['commit', '--quiet', '--message=mine']);
    const first = await commit();
    assert.deepEqual(
      first.files.map((file) => file.path),
      ['mine'],
    );
    rmSync(join(folder, '.git'), { recursive: true });
    writeFileSync(join(folder, '.git'), 'gitdir: /nowhere\n');
    writeFileSync(join(folder, 'more'), 'more');
    const second = await commit(first.commit);
    assert.equal(inStore('show', `${second.commit}:more`), 'more');
  });

  it('keeps tracked files that are ignored, even when its index was lost', async () => {
    using user = new UserRepository({ '.gitignore': '*.log\n' });
    writeFileSync(join(user.folder, 'kept.log'), 'kept');
    user.git('add', '--force', 'kept.log');
    user.commit({});
    const { commit, place } = await shipped(user);
    rmSync(join(user.dataFolder, 'workspaces/t1/index'));
    assert.equal((await commit()).commit, place.snapshot);
  });

  it('holds the files of repositories that a tool made inside, with or without commits', async () => {
    using user = new UserRepository();
    const { folder, commit, inStore } = await shipped(user);
    for (const name of ['empty', 'full', 'full/deep']) {
      mkdirSync(join(folder, name));
      gitIn(join(folder, name), ['init', '--quiet']);
      writeFileSync(join(folder, name, 'file'), name);
      writeFileSync(join(folder, name, '.gitignore'), 'ignored\n');
      writeFileSync(join(folder, name, 'ignored'), '');
    }
    gitIn(join(folder, 'full'), ['add', 'file']);
    gitIn(join(folder, 'full'), ['commit', '--quiet', '--message=own']);
    const first = await commit();
    const paths = ['empty', 'full', 'full/deep'].flatMap((name) => [`${name}/.gitignore`, `${name}/file`]);
    assert.deepEqual(first.files.map((file) => file.path).sort(), paths.sort());
    writeFileSync(join(folder, 'full/later'), 'later');
    const second = await commit(first.commit);
    assert.equal(inStore('show', `${second.commit}:full/later`), 'later');
  });
});

describe('a checkpoint', () => {
  const turn = (number: number, parent: string) => ({ turn: number, parent, at });

  it('is one look of git where nothing changed, and a commit behind a ref of its own where something did', async () => {
    using user = new UserRepository();
    const { workspaces, folder, place, inStore } = await shipped(user);
    const { commit: kept, tree } = await workspaces.checkpoint(place, turn(1, place.snapshot), signal);
    assert.deepEqual([kept, tree], [place.snapshot, inStore('rev-parse', `${kept}^{tree}`)]);
    using calls = new GitCalls(user.root);
    assert.deepEqual(await workspaces.checkpoint(place, turn(2, kept), signal), { commit: kept, tree });
    assert.deepEqual(calls.take(), ['ls-files']);
    writeFileSync(join(folder, 'new'), 'new');
    const { commit } = await workspaces.checkpoint(place, turn(3, kept), signal);
    assert.deepEqual(calls.take(), ['ls-files', 'add', 'write-tree', 'commit-tree', 'update-ref']);
    assert.equal(inStore('rev-parse', 'refs/nightjar/turns/t1/3'), commit);
    assert.equal(inStore('show', `${commit}:new`), 'new');
    rmSync(join(folder, 'new'));
    const { commit: last } = await workspaces.checkpoint(place, turn(4, commit), signal);
    assert.equal(inStore('rev-parse', `${last}^{tree}`), inStore('rev-parse', `${place.snapshot}^{tree}`));
  });

  it('trusts what it remembers of an index only as long as nobody else has written it', async () => {
    using user = new UserRepository();
    const { workspaces, folder, place, inStore } = await shipped(user);
    writeFileSync(join(folder, 'new'), 'new');
    const { commit } = await workspaces.checkpoint(place, turn(1, place.snapshot), signal);
    const other = {
      GIT_DIR: join(folder, '.git'),
      GIT_INDEX_FILE: join(user.dataFolder, 'workspaces/t1/index'),
    };
    rmSync(join(folder, 'readme.md'));
    gitIn(folder, ['update-index', '--remove', 'readme.md'], other);
    const { commit: last } = await workspaces.checkpoint(place, turn(2, commit), signal);
    assert.equal(inStore('diff', '--name-status', commit, last), 'D\treadme.md');
  });

  it('is on a ref even where it is another task’s commit and nothing changed', async () => {
    using user = new UserRepository();
    const { workspaces, folder, place, inStore } = await shipped(user);
    writeFileSync(join(folder, 'new'), 'new');
    const made = await workspaces.checkpoint(place, turn(1, place.snapshot), signal);
    const { commit } = made;
    const fork = { ...place, taskId: 't2' };
    await workspaces.prepare(fork, commit, signal);
    assert.deepEqual(await workspaces.checkpoint(fork, turn(1, commit), signal), made);
    assert.equal(inStore('rev-parse', 'refs/nightjar/turns/t2/1'), commit);
  });
});

it('eight tasks receive, prepare and commit at once', async () => {
  using user = new UserRepository();
  const stores = createStores(user);
  const workspaces = createWorkspaces({ dataFolder: user.dataFolder, refs: user.refs, author, boot: null });
  const shipments = Array.from({ length: 8 }, (_, number) => {
    user.commit({ number: String(number) });
    return user.bundle();
  });
  const commits = await Promise.all(
    shipments.map(async (shipment, number) => {
      await stores.receiveBundle(shipment, signal);
      const place = { taskId: `t${number}`, repositoryId, snapshot: shipment.snapshot };
      await workspaces.prepare(place, place.snapshot, signal);
      writeFileSync(join(workspaces.folderOf(place.taskId), 'mine'), String(number));
      const { commit } = await workspaces.commit(place, { parent: place.snapshot, message: 'x', at }, signal);
      return gitIn(join(user.dataFolder, 'stores', `${repositoryId}.git`), [
        'show',
        `${commit}:mine`,
        `${commit}:number`,
      ]);
    }),
  );
  assert.deepEqual(
    commits,
    [...commits.keys()].map((number) => `${number}${number}`),
  );
});
