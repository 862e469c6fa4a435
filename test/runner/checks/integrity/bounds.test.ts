// What an inspection does with files that no grammar reads, that nobody wrote, or of which there are too many.
import assert from 'node:assert/strict';
import { Inspector } from '../../../../runner/checks/integrity/inspector.ts';
import type { ChangedText } from '../../../../runner/tasks/ports.ts';

const calm = new AbortController().signal;
const noSearch = async () => [];

async function inspect(files: readonly Partial<ChangedText>[], signal = calm) {
  const changes = files.map((file) => ({
    path: 'a.test.js',
    oldPath: null,
    before: null,
    after: null,
    ...file,
  }));
  return new Inspector().inspect(changes, noSearch, signal);
}

const test = (title: string, call = 'it'): string =>
  `${call}('${title}', () => {\n  expect(run('${title}')).toBe(1);\n});\n`;
const skipped = { before: test('adds'), after: test('adds', 'it.skip') };

describe('the bounds of an inspection', function () {
  this.timeout(60_000);

  it('reads as text what its grammar does not understand', async () => {
    const broken = '%%% <<<<<<< ((( {{{ ]]] @@@ ### \n'.repeat(200);
    const { findings } = await inspect([{ before: broken + skipped.before, after: broken + skipped.after }]);
    assert.deepEqual(
      findings.map(({ kind, line, foundBy }) => [kind, line, foundBy]),
      [['testSkipped', 201, 'text']],
    );
  });

  it('reads a large file as text, on both sides', async () => {
    const padding = `// ${'a line of some length '.repeat(3)}\n`.repeat(10_000);
    const { findings } = await inspect([{ before: skipped.before, after: padding + skipped.after }]);
    assert.deepEqual(
      findings.map(({ kind, foundBy }) => [kind, foundBy]),
      [['testSkipped', 'text']],
    );
  });

  it('leaves alone what nobody wrote', async () => {
    const minified = `var a=1;${'b();'.repeat(3_000)}\n`;
    const files = [
      { path: 'dist/app.test.js', ...skipped },
      { path: 'test/app.min.js', ...skipped },
      { path: 'test/bundle.js', before: minified + skipped.before, after: minified + skipped.after },
      { path: 'build/test/app.js', ...skipped },
    ];
    assert.deepEqual((await inspect(files)).findings, []);
    // The same change in a file that a person wrote.
    assert.equal((await inspect([skipped])).findings.length, 1);
  });

  it('reads what is named like a test, whatever stands in it and where', async () => {
    const line = `const picture = '${'x'.repeat(6_000)}';\n`;
    const files = [
      { path: 'a.test.js', before: line + skipped.before, after: line + skipped.after },
      { path: 'b.test.js', before: skipped.before, after: line + skipped.after },
      {
        path: 'c.test.js',
        before: `// @generated\n${skipped.before}`,
        after: `// @generated\n${skipped.after}`,
      },
      { path: 'packages/build/src/d.test.js', ...skipped },
    ];
    for (const file of files) {
      const { findings } = await inspect([file]);
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ['testSkipped'],
        file.path,
      );
    }
    // No test is gone because a machine has written something beside it.
    const grown = { path: 'test/cart.js', before: skipped.before, after: line + skipped.before };
    assert.deepEqual((await inspect([grown])).findings, []);
  });

  it('says of a test whose text is not there that it could not be read', async () => {
    const lost = [
      { path: 'a.test.js', unread: 'both' },
      { path: 'b.test.js', after: skipped.after, unread: 'before' },
      { path: 'c_test.py', before: 'def test_a():\n    assert f() == 1\n', unread: 'after' },
      { path: 'package.json', before: '{}', unread: 'after' },
      { path: 'test/__image_snapshots__/page.png', unread: 'both' },
    ] as const;
    const { findings } = await inspect(lost);
    assert.deepEqual(
      findings.map(({ kind, file }) => [kind, file]),
      [
        ['changeNotRead', 'package.json'],
        ['snapshotRewritten', 'test/__image_snapshots__/page.png'],
        ['changeNotRead', 'a.test.js'],
        ['changeNotRead', 'b.test.js'],
        ['changeNotRead', 'c_test.py'],
      ],
    );
    const others = [
      { path: 'test/data/large.json', unread: 'both' },
      { path: 'test/logo.png', unread: 'after' },
      { path: 'test/__image_snapshots__/new.png', unread: 'after' },
      { path: 'src/generated.ts', unread: 'both' },
    ] as const;
    assert.deepEqual((await inspect(others)).findings, []);
  });

  it('says how many findings it left out', async () => {
    const many = (call: string): string =>
      Array.from({ length: 260 }, (_, index) => test(`number ${index}`, call)).join('\n');
    const { findings, findingsLeftOut } = await inspect([{ before: many('it'), after: many('it.skip') }]);
    assert.deepEqual([findings.length, findingsLeftOut], [200, 60]);
  });

  it('is cut off between two files', async () => {
    const controller = new AbortController();
    const files = Array.from({ length: 50 }, (_, index) => ({ path: `${index}.test.js`, ...skipped }));
    const inspected = inspect(files, controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(inspected, /enough/);
  });

  it('says which file it could not take, and goes on with the others', async () => {
    const nested = `{"scripts":{"test":"node --test"},"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const files = [{ path: 'package.json', before: '{}', after: nested }, skipped];
    const { findings } = await inspect(files);
    assert.deepEqual(
      findings.map(({ kind, file }) => [kind, file]),
      [
        ['testSkipped', 'a.test.js'],
        ['changeNotRead', 'package.json'],
      ],
    );
  });

  it('says so where it does not look at all files', async () => {
    const files = Array.from({ length: 2_003 }, (_, index) => ({ path: `${index}.txt`, after: '' }));
    const { findings, findingsLeftOut } = await inspect(files);
    assert.deepEqual([findings.map(({ kind }) => kind), findingsLeftOut], [['changeNotRead'], 0]);
    assert.match(findings[0]!.message, /one of 3 files beyond/);
    assert.deepEqual((await inspect(files.slice(3))).findings, []);
  });

  it('takes files without a text for nothing', async () => {
    assert.deepEqual((await inspect([{ path: 'picture.png' }])).findings, []);
  });
});
