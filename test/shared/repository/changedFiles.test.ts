// What a result changed, and the instruction files that lie around a folder.
import assert from 'node:assert/strict';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diffFiles, readBlob } from '../../../shared/repository/changedFiles.ts';
import { findInstructionFiles } from '../../../shared/repository/instructionFiles.ts';
import { calm, ScratchRepository } from './scratchRepository.ts';

describe('diffFiles', () => {
  it('lists every changed file with its lines', async () => {
    await using scratch = await ScratchRepository.with({
      'edit.txt': 'a\nb\n',
      'gone.txt': 'a\n',
      'old name.txt': 'long enough to be known again\n1\n2\n',
      'exec.sh': 'x\n',
      'same.txt': 'x',
    });
    const base = await scratch.commit('base');
    await scratch.write('edit.txt', 'a\nc\nd\n');
    await rm(join(scratch.root, 'gone.txt'));
    await scratch.git('mv', 'old name.txt', 'new\tname.txt');
    await scratch.write('new\tname.txt', 'long enough to be known again\n1\n2\n3\n');
    await chmod(join(scratch.root, 'exec.sh'), 0o755);
    await scratch.write('dir/binary.bin', Buffer.of(0, 1, 2));
    await writeFile(Buffer.concat([Buffer.from(`${scratch.root}/byte`), Buffer.of(0xff)]), 'odd\n');
    const commit = await scratch.commit('change');
    const repository = await scratch.open();
    assert.deepEqual(await diffFiles(repository, base, commit, calm), [
      { path: 'byte\udcff', status: 'added', added: 1, removed: 0 },
      { path: 'dir/binary.bin', status: 'added', added: null, removed: null },
      { path: 'edit.txt', status: 'modified', added: 2, removed: 1 },
      { path: 'exec.sh', status: 'modified', added: 0, removed: 0 },
      { path: 'gone.txt', status: 'deleted', added: 0, removed: 1 },
      { path: 'new\tname.txt', oldPath: 'old name.txt', status: 'renamed', added: 1, removed: 0 },
    ]);
    assert.deepEqual(await diffFiles(repository, commit, commit, calm), []);
    await assert.rejects(diffFiles(repository, '--output=x', commit, calm), /not an object id/);
  });
});

describe('readBlob', () => {
  it('gives bytes, or null where the commit has no such file', async () => {
    await using scratch = await ScratchRepository.with({ 'dir/file.txt': 'text', 'line\nbreak': 'x' });
    await writeFile(
      Buffer.concat([Buffer.from(`${scratch.root}/byte`), Buffer.of(0xff)]),
      Buffer.of(0xfe, 0),
    );
    const commit = await scratch.commit('odd');
    const repository = await scratch.open();
    const read = async (path: string) => readBlob(repository, commit, path, calm);
    assert.deepEqual(await read('dir/file.txt'), Buffer.from('text'));
    assert.deepEqual(await read('line\nbreak'), Buffer.from('x'));
    assert.deepEqual(await read('byte\udcff'), Buffer.of(0xfe, 0));
    for (const path of ['dir', 'dir/', 'dir/file.txt/x', 'missing', '', '../project'])
      assert.equal(await read(path), null, path);
  });
});

describe('findInstructionFiles', () => {
  it('goes up from a folder, nearest first, and falls back by folder', async () => {
    await using scratch = await ScratchRepository.with({
      'AGENTS.md': 'root',
      'CLAUDE.md': 'root',
      'packages/web/CLAUDE.md': 'web',
      'packages/web/src/AGENTS.md': 'src',
      'packages/web/src/deep/x.ts': '',
      'packages/api/AGENTS.md/x': 'a folder',
      'sibling/AGENTS.md': 'x',
    });
    const repository = await scratch.open();
    const expected = ['packages/web/src/AGENTS.md', 'packages/web/CLAUDE.md', 'AGENTS.md'];
    assert.deepEqual(await findInstructionFiles(repository, 'packages/web/src/deep', calm), expected);
    assert.deepEqual(
      await findInstructionFiles(repository, join(scratch.root, 'packages/web/src'), calm),
      expected,
    );
    assert.deepEqual(await findInstructionFiles(repository, 'packages/api', calm), ['AGENTS.md']);
    assert.deepEqual(await findInstructionFiles(repository, '.', calm), ['AGENTS.md']);
    assert.deepEqual(await findInstructionFiles(repository, scratch.folder, calm), ['AGENTS.md']);
    await rm(join(scratch.root, 'AGENTS.md'));
    assert.deepEqual(await findInstructionFiles(repository, '', calm), ['CLAUDE.md']);
  });
});
