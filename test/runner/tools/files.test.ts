// The tools that show and write files: ranges, bounds, ignored files, hits; each in a real folder.
import assert from 'node:assert/strict';
import { chmod, mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../../../runner/tasks/ports.ts';
import { openToolRig } from './toolRig.ts';

describe('the read tool', () => {
  const numbers = Array.from({ length: 10 }, (_, n) => `line ${n + 1}`).join('\n');
  const rows: readonly { name: string; input: object; told: RegExp; ok: boolean }[] = [
    { name: 'the whole file', input: {}, told: /^1\tline 1\n[^]*\n10\tline 10$/, ok: true },
    {
      name: 'a range',
      input: { startLine: 3, endLine: 4 },
      told: /^3\tline 3\n4\tline 4\n\n\[Lines 3 to 4 of 10 of a\.txt\. Read on with startLine 5\.\]$/,
      ok: true,
    },
    {
      name: 'a range beyond the end',
      input: { startLine: 9, endLine: 99 },
      told: /^9\t.*\n10\t.*\n\n\[Lines 9 to 10 of 10 of a\.txt\.\]$/,
      ok: true,
    },
    { name: 'nothing behind the end', input: { startLine: 11 }, told: /has only 10 lines/, ok: false },
    {
      name: 'nothing of a range that runs backwards',
      input: { startLine: 4, endLine: 3 },
      told: /before startLine/,
      ok: false,
    },
  ];
  for (const { name, input, told, ok } of rows) {
    it(`shows ${name}`, async () => {
      await using rig = await openToolRig();
      await rig.put('a.txt', `${numbers}\n`);
      const outcome = await rig.call('read', { path: 'a.txt', ...input });
      assert.match(outcome.text, told);
      assert.equal(outcome.ok, ok);
    });
  }

  it('bounds what it shows and says how to read on, until all was read', async () => {
    await using rig = await openToolRig();
    const lines = Array.from({ length: 5_000 }, (_, n) => `${n}: äöü ${'x'.repeat(n % 50)}`);
    await rig.put('long.txt', lines.join('\n'));
    const seen: string[] = [];
    for (let startLine: number | undefined = 1; startLine !== undefined;) {
      const { text } = await rig.call('read', { path: 'long.txt', startLine });
      assert.ok(Buffer.byteLength(text) <= 16_384);
      seen.push(...text.split('\n').flatMap((row) => /^\d+\t(.*)$/.exec(row)?.[1] ?? []));
      const next = /Read on with startLine (\d+)/.exec(text)?.[1];
      startLine = next === undefined ? undefined : Number(next);
    }
    assert.deepEqual(seen, lines);
  });

  it('cuts one endless line', async () => {
    await using rig = await openToolRig();
    await rig.put('min.js', 'y'.repeat(1_000_000));
    const { text } = await rig.call('read', { path: 'min.js' });
    assert.match(text, /… \[998000 more characters\]$/);
  });

  it('tells folders, empty, binary and missing files and pipes apart', async () => {
    await using rig = await openToolRig();
    await rig.put('empty.txt', '');
    await rig.put('src/a.bin', Uint8Array.of(0));
    await rig.call('run', { command: 'mkfifo pipe' });
    assert.match((await rig.call('read', { path: 'empty.txt' })).text, /is empty/);
    assert.match((await rig.call('read', { path: 'src' })).text, /is a folder/);
    assert.match((await rig.call('read', { path: 'src/a.bin' })).text, /binary/);
    assert.match((await rig.call('read', { path: 'src/b' })).text, /no file src\/b/);
    assert.match((await rig.call('read', { path: 'pipe' })).text, /not a regular file/);
  });
});

describe('the write tool', () => {
  it('makes a file with its folders, and replaces one without changing its mode', async () => {
    await using rig = await openToolRig();
    assert.match(
      (await rig.call('write', { path: 'a/b/c.sh', content: 'long content' })).text,
      /Made a\/b\/c\.sh/,
    );
    await chmod(join(rig.workspace, 'a/b/c.sh'), 0o755);
    assert.match((await rig.call('write', { path: 'a/b/c.sh', content: 'short' })).text, /Replaced/);
    assert.equal(await rig.get('a/b/c.sh'), 'short');
    assert.equal((await stat(join(rig.workspace, 'a/b/c.sh'))).mode & 0o777, 0o755);
  });

  it('never writes what belongs to git, in no spelling', async () => {
    await using rig = await openToolRig();
    await rig.git('init', '-q');
    await mkdir(join(rig.workspace, 'sub'));
    await symlink('../.git', join(rig.workspace, 'sub/link'));
    const paths = [
      '.git/hooks/pre-commit',
      '.git',
      'sub/.git/config',
      '.GIT/config',
      '.git./config',
      'git~1/config',
      'sub/link/config',
      './sub/../.git/config',
      '.git\\config',
    ];
    for (const path of paths) {
      const { ok, text } = await rig.call('write', { path, content: 'evil' });
      assert.equal(ok, false, path);
      assert.match(text, /belongs to git/, path);
    }
    // What only looks alike is an ordinary file.
    assert.equal((await rig.call('write', { path: '.gitignore', content: 'x' })).ok, true);
    assert.equal((await rig.call('write', { path: '.github/a.yml', content: 'x' })).ok, true);
  });
});

describe('the list tool', () => {
  it('shows folders first, without ignored and deleted files, as deep as asked', async () => {
    await using rig = await openToolRig();
    await rig.git('init', '-q');
    for (const path of [
      'z.txt',
      'a.txt',
      'src/deep/er/x.ts',
      'src/new.ts',
      'gone.txt',
      'node_modules/p/i.js',
      'odd ü\n.txt',
    ]) {
      await rig.put(path, '');
    }
    await rig.put('.gitignore', 'node_modules\n');
    await rig.git('add', 'gone.txt', 'a.txt');
    await rig.call('run', { command: 'rm gone.txt' });
    const { text } = await rig.call('list', {});
    assert.equal(
      text,
      ['src/', '  deep/ (1 file)', '  new.ts', '.gitignore', 'a.txt', 'odd ü\n.txt', 'z.txt'].join('\n'),
    );
    assert.equal((await rig.call('list', { path: 'src/deep', depth: 5 })).text, 'er/\n  x.ts');
    assert.equal((await rig.call('list', { path: 'node_modules' })).text, 'p/');
    assert.match((await rig.call('list', { path: 'a.txt' })).text, /is a file/);
    assert.match((await rig.call('list', { path: 'no' })).text, /no folder no/);
  });

  it('is bounded, and works without a repository', async () => {
    await using rig = await openToolRig();
    await rig.call('run', { command: 'mkdir d; cd d; for i in $(seq 700); do : > "file number $i"; done' });
    const { ok, text } = await rig.call('list', { path: 'd' });
    assert.equal(ok, true);
    assert.match(text, /\[200 more entries left out/);
    assert.ok(Buffer.byteLength(text) <= 16_384);
  });
});

describe('the search tool', () => {
  const withoutRipgrep = (sandbox: Sandbox): Sandbox => ({
    ...sandbox,
    ask: async (question) =>
      sandbox.ask(question.command.includes('rg') ? { ...question, command: ['no-such-rg'] } : question),
  });
  const programs: readonly [string, ((sandbox: Sandbox) => Sandbox) | undefined][] = [
    ['ripgrep, or what there is', undefined],
    ['git', withoutRipgrep],
  ];
  for (const [program, wrap] of programs) {
    describe(`with ${program}`, () => {
      const open = async () => openToolRig(wrap === undefined ? {} : { wrap });

      it('finds lines by expression, path, glob and case', async () => {
        await using rig = await open();
        await rig.git('init', '-q');
        await rig.put('.gitignore', 'dist\n');
        await rig.put('src/a.ts', 'const one = 1;\r\nconst Two = 22;\n');
        await rig.put('src/deep/b.ts', 'one: two: 3\n');
        await rig.put('c.md', 'one\n');
        await rig.put('dist/d.ts', 'one\n');
        await rig.put('-n', 'one\n');
        await rig.put('bin', Uint8Array.of(0, 111, 110, 101));
        const search = async (input: object) => (await rig.call('search', input)).text.split('\n').sort();
        assert.deepEqual(await search({ pattern: 'one' }), [
          '-n:1: one',
          'c.md:1: one',
          'src/a.ts:1: const one = 1;',
          'src/deep/b.ts:1: one: two: 3',
        ]);
        assert.deepEqual(await search({ pattern: '\\b\\d{2}\\b' }), ['src/a.ts:2: const Two = 22;']);
        assert.deepEqual(await search({ pattern: 'two' }), ['src/deep/b.ts:1: one: two: 3']);
        assert.deepEqual(await search({ pattern: 'two', caseSensitive: false }), [
          'src/a.ts:2: const Two = 22;',
          'src/deep/b.ts:1: one: two: 3',
        ]);
        assert.deepEqual(await search({ pattern: 'one', glob: '*.ts' }), [
          'src/a.ts:1: const one = 1;',
          'src/deep/b.ts:1: one: two: 3',
        ]);
        assert.deepEqual(await search({ pattern: 'one', glob: 'src/*.ts' }), ['src/a.ts:1: const one = 1;']);
        assert.deepEqual(await search({ pattern: 'one', path: 'src/deep' }), [
          'src/deep/b.ts:1: one: two: 3',
        ]);
        assert.deepEqual(await search({ pattern: 'one', path: 'src/a.ts' }), ['src/a.ts:1: const one = 1;']);
        assert.deepEqual(await search({ pattern: '-n', path: 'c.md' }), ['No line matches.']);
      });

      it('bounds hits and long lines', async () => {
        await using rig = await open();
        await rig.git('init', '-q');
        await rig.put('many.txt', 'hit\n'.repeat(5_000));
        await rig.put('wide.txt', `wide ${'w'.repeat(100_000)}`);
        const many = await rig.call('search', { pattern: 'hit' });
        assert.equal(many.text.match(/^many\.txt/gm)?.length, 100);
        const wide = await rig.call('search', { pattern: 'wide' });
        assert.ok(wide.text.length < 500);
      });

      it('explains a broken expression', async () => {
        await using rig = await open();
        await rig.git('init', '-q');
        const { ok, text } = await rig.call('search', { pattern: 'a(b' });
        assert.equal(ok, false);
        assert.match(text, /The search failed: .*(unclosed|missing|parenthes)/s);
      });
    });
  }
});
