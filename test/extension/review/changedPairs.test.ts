// The two sides of changed files, and the addresses under which the editor reads them.
import assert from 'node:assert/strict';
import { changedPairs } from '../../../extension/review/changedPairs.ts';
import { resultFileOf, resultUriParts } from '../../../extension/review/resultUri.ts';
import type { ChangedFile } from '../../../shared/task/events.ts';

const commits = { snapshot: 'a'.repeat(40), result: 'b'.repeat(40) };

function changed(status: ChangedFile['status'], path: string, oldPath: string | null = null): ChangedFile {
  return { path, oldPath, status, added: 1, removed: 1 };
}

describe('changedPairs', () => {
  it('leaves out the side that is not there', () => {
    const pairs = changedPairs([changed('added', 'new.js'), changed('deleted', 'old.js')], commits);
    assert.deepEqual(pairs, [
      { label: 'new.js', original: null, modified: { path: 'new.js', commit: commits.result } },
      { label: 'old.js', original: { path: 'old.js', commit: commits.snapshot }, modified: null },
    ]);
  });

  it('gives two paths to a renamed file only', () => {
    const pairs = changedPairs(
      [changed('renamed', 'b.js', 'a.js'), changed('modified', 'c.js', 'stray.js')],
      commits,
    );
    assert.deepEqual(
      pairs.map(({ label, original, modified }) => [label, original?.path, modified?.path]),
      [
        ['b.js', 'a.js', 'b.js'],
        ['c.js', 'c.js', 'c.js'],
      ],
    );
  });

  it('keeps the order of the files', () => {
    const paths = ['z.js', 'a.js', 'm.js'];
    const pairs = changedPairs(
      paths.map((path) => changed('modified', path)),
      commits,
    );
    assert.deepEqual(
      pairs.map(({ label }) => label),
      paths,
    );
  });
});

describe('the address of a file in a commit', () => {
  const rootPathOf = (folder: string): string => (folder === 'C:\\shop' ? '/c:/shop' : folder);

  for (const [repository, rootPath] of [
    ['/home/me/shop', '/home/me/shop'],
    ['C:\\shop', '/c:/shop'],
    ['/', '/'],
  ] as const) {
    it(`is read back as it was made: ${repository}`, () => {
      const file = { repository, commit: commits.result, path: 'src/odd name?#%.js' };
      const parts = resultUriParts(file, rootPath);
      assert.equal(parts.path, `${rootPath === '/' ? '' : rootPath}/src/odd name?#%.js`);
      assert.deepEqual(resultFileOf(parts, rootPathOf), file);
    });
  }

  it('stands for nothing where it was not made here', () => {
    const query = JSON.stringify({ repository: '/home/me/shop', commit: commits.result });
    const nobodys = [
      { path: '/etc/passwd', query },
      { path: '/home/me/shop/', query },
      { path: '/home/me/shop/a.js', query: 'not json' },
      {
        path: '/home/me/shop/a.js',
        query: JSON.stringify({ repository: '/home/me/shop', commit: '--output=x' }),
      },
    ];
    for (const uri of nobodys) assert.equal(resultFileOf(uri, rootPathOf), null);
  });
});
