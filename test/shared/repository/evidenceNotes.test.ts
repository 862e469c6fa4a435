// Notes beside notes: of other tasks, of people, of hundreds, and of two who write at the same time.
import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { addToNote, notedCommits, notedLine, readNote } from '../../../shared/repository/evidenceNotes.ts';
import { knownKeys, rememberKey } from '../../../shared/repository/knownKeys.ts';
import { receiveEvidence } from '../../../shared/repository/receiveEvidence.ts';
import { receiveResult } from '../../../shared/repository/receiveResult.ts';
import type { Repository } from '../../../shared/repository/openRepository.ts';
import { newKey, signed, statementFor, type TestKey } from '../../support/signedEvidence.ts';
import { withResult } from './deliveredResult.ts';
import { calm, git, runGitAnyway, ScratchRepository, userState, withVariable } from './scratchRepository.ts';

const now = new Date(1_800_000_000_000);

function add(
  repository: Repository,
  commit: string,
  line: string,
  isReplaced: (line: string) => boolean = () => false,
): Promise<void> {
  return addToNote(repository, { commit, line, isReplaced, now }, calm);
}

describe('notes of evidence', () => {
  it('are added line by line, replaced where asked, and read by git itself', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a\n' });
    const repository = await scratch.open();
    const commit = await scratch.commit('x');
    await scratch.git('notes', 'add', '-m', 'the user’s own', commit);
    const before = await userState(repository);
    await add(repository, commit, '{"one":1}');
    await add(repository, commit, '{"two":2}');
    await add(repository, commit, '{"two":2}');
    assert.deepEqual(await readNote(repository, commit, calm), ['{"one":1}', '{"two":2}']);
    await add(repository, commit, '{"three":3}', (line) => line.includes('one'));
    assert.equal(await scratch.git('notes', '--ref=nightjar', 'show', commit), '{"two":2}\n{"three":3}\n');
    assert.equal((await scratch.git('rev-list', '--count', 'refs/notes/nightjar')).trim(), '3');
    assert.deepEqual(await userState(repository), before);
    assert.equal(await scratch.git('notes', 'show', commit), 'the user’s own\n');
  });

  it('need no name of the user’s, and run no hook', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a\n' });
    const commit = await scratch.commit('x');
    await scratch.git('config', '--unset', 'user.name');
    await scratch.git('config', '--unset', 'user.email');
    await scratch.git('config', 'user.useConfigOnly', 'true');
    await scratch.write('.git/hooks/reference-transaction', '#!/bin/sh\nexit 1\n');
    await chmod(join(scratch.root, '.git/hooks/reference-transaction'), 0o755);
    const repository = await scratch.open();
    await add(repository, commit, '{}');
    assert.deepEqual(await readNote(repository, commit, calm), ['{}']);
    // git's own way fails there.
    const own = await runGitAnyway(scratch.root, 'notes', '--ref=other', 'add', '-m', 'x', commit);
    assert.notEqual(own.exitCode, 0);
  });

  it('find their place among those that git has cut into folders', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a\n' });
    const repository = await scratch.open();
    const tree = (await scratch.git('rev-parse', 'HEAD^{tree}')).trim();
    const blob = (await scratch.git('rev-parse', 'HEAD:a.txt')).trim();
    const commit = await scratch.commit('x');
    // git cuts the names itself from some hundred notes on; here they are cut from the start.
    const ids = [blob, tree];
    const index = join(scratch.folder, 'index');
    for (const id of ids) {
      const entry = `100644,${blob},${id.slice(0, 2)}/${id.slice(2)}`;
      await gitWith(scratch.root, index, 'update-index', '--add', '--cacheinfo', entry);
    }
    const cut = (await gitWith(scratch.root, index, 'write-tree')).trim();
    const notes = (await scratch.git('commit-tree', '-m', 'notes', cut)).trim();
    await scratch.git('update-ref', 'refs/notes/nightjar', notes);

    await add(repository, commit, '{"one":1}');
    await add(repository, commit, '{"two":2}');
    const paths = await scratch.git('ls-tree', '-r', '--name-only', 'refs/notes/nightjar');
    assert.ok(paths.includes(`${commit.slice(0, 2)}/${commit.slice(2)}\n`), paths);
    assert.deepEqual(await notedCommits(repository, calm), new Set([...ids, commit]));
    assert.equal(await scratch.git('notes', '--ref=nightjar', 'show', commit), '{"one":1}\n{"two":2}\n');
  });

  it('are all there where several were written at the same time', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a\n' });
    const repository = await scratch.open();
    const commit = await scratch.commit('x');
    const lines = ['1', '2', '3', '4', '5'].map((number) => `{"task":${number}}`);
    await Promise.all(lines.map((line) => add(repository, commit, line)));
    assert.deepEqual((await readNote(repository, commit, calm)).toSorted(), lines);
  });

  it('are known again by the blob of one envelope', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': '{"one":1}\n' });
    const repository = await scratch.open();
    const commit = await scratch.commit('x');
    const blob = (await scratch.git('rev-parse', 'HEAD:a.txt')).trim();
    assert.equal(await notedLine(repository, { commit, blob }, calm), null);
    await add(repository, commit, '{"one":1}');
    await add(repository, commit, '{"two":2}');
    assert.notEqual(await notedLine(repository, { commit, blob }, calm), null);
  });
});

async function gitWith(root: string, index: string, ...args: string[]): Promise<string> {
  return withVariable('GIT_INDEX_FILE', index, async () => git(root, ...args));
}

describe('evidence that comes with a result', () => {
  const runner = newKey();
  const source = { keyid: runner.keyid, address: 'wss://runner.example.com' };

  /** A result with evidence in its bundle, as a runner ships it. */
  async function received(make: (at: { commit: string; snapshot: string; base: string }) => string) {
    const at = await withResult();
    const { scratch, repository, snapshot, workspace, bundleFile, commit } = at;
    const line = make({ commit, snapshot: snapshot.commit, base: snapshot.base });
    await scratch.write('line', line);
    const blob = (await git(workspace, 'hash-object', '-w', join(scratch.root, 'line'))).trim();
    const ref = 'refs/nightjar/evidence/t1';
    await git(workspace, 'update-ref', ref, blob);
    const refs = ['refs/nightjar/tasks/t1', ref, `^${snapshot.commit}`];
    await git(workspace, 'bundle', 'create', '--quiet', bundleFile, ...refs);
    await scratch.git('fetch', '--quiet', bundleFile, ref, 'refs/nightjar/tasks/t1');
    await receiveEvidence(repository, { taskId: 't1', bundleFile, commit }, source, calm);
    return { ...at, line };
  }
  const lineOf = (key: TestKey) => (at: { commit: string; snapshot: string; base: string }) =>
    `${signed(statementFor(at), key)}\n`;

  it('is noted, with the key of the runner that it came from', async () => {
    await using at = await received(lineOf(runner));
    assert.deepEqual(await readNote(at.repository, at.commit, calm), [at.line.trim()]);
    assert.deepEqual(await knownKeys(at.repository, calm), [source]);
  });

  it('is noted only where that very runner has signed it, of this very commit and task', async () => {
    const stranger = newKey();
    for (const make of [
      lineOf(stranger),
      () => 'not an envelope\n',
      (at: { commit: string; snapshot: string; base: string }) =>
        signed(statementFor({ ...at, commit: at.snapshot }), runner),
      (at: { commit: string; snapshot: string; base: string }) =>
        signed(statementFor(at, { task: { id: 't2', title: 'x', specSha256: '0'.repeat(64) } }), runner),
    ]) {
      await using at = await received(make);
      assert.deepEqual(await notedCommits(at.repository, calm), new Set());
      assert.deepEqual(await knownKeys(at.repository, calm), []);
    }
  });

  it('is no matter to an earlier client, which takes the result alone', async () => {
    await using at = await received(lineOf(runner));
    const result = await receiveResult(at.repository, { taskId: 't1', bundleFile: at.bundleFile }, calm);
    assert.deepEqual(result, { ref: 'refs/nightjar/tasks/t1', commit: at.commit });
    const refs = await at.scratch.git('for-each-ref', '--format=%(refname)', 'refs/nightjar/evidence');
    assert.equal(refs, '');
  });

  it('is missed by nobody where an earlier runner sent none', async () => {
    await using at = await withResult();
    await receiveEvidence(
      at.repository,
      { taskId: 't1', bundleFile: at.bundleFile, commit: at.commit },
      source,
      calm,
    );
    assert.deepEqual(await notedCommits(at.repository, calm), new Set());
  });

  it('makes a key known once, wherever its runner is reached later', async () => {
    await using scratch = await ScratchRepository.with({ 'a.txt': 'a\n' });
    const repository = await scratch.open();
    await rememberKey(repository, source, calm);
    await rememberKey(repository, { ...source, address: 'ws://127.0.0.1:1' }, calm);
    assert.deepEqual(await knownKeys(repository, calm), [source]);
  });
});
