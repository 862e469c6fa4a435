// The edit tool: exact, all or nothing, and helpful where a passage is not found or not the only one.
import assert from 'node:assert/strict';
import { openToolRig } from './toolRig.ts';

interface Row {
  readonly name: string;
  readonly before: string;
  readonly edits: readonly { oldText: string; newText: string; replaceAll?: boolean }[];
  /** Without it the file must be as it was. */
  readonly after?: string;
  readonly told: readonly RegExp[];
}

const rows: readonly Row[] = [
  {
    name: 'replaces one passage',
    before: 'a\nb\nc\n',
    edits: [{ oldText: 'b', newText: 'B' }],
    after: 'a\nB\nc\n',
    told: [/Edited f\.ts: line 2\./],
  },
  {
    name: 'makes several edits one after the other',
    before: 'a\nb\nc\n',
    edits: [
      { oldText: 'a\nb', newText: 'x\ny' },
      { oldText: 'y\nc', newText: 'z' },
    ],
    after: 'x\nz\n',
    told: [/lines 1-2, lines 2-3/],
  },
  {
    name: 'takes the new text as it is, dollars included',
    before: 'price',
    edits: [{ oldText: 'price', newText: "$& $1 $' $$" }],
    after: "$& $1 $' $$",
    told: [],
  },
  {
    name: 'makes no edit if the last one fails',
    before: 'a\nb\n',
    edits: [
      { oldText: 'a', newText: 'x' },
      { oldText: 'nowhere to be found', newText: '' },
    ],
    told: [/Edit 2 of 2 was not made/, /as it was/, /nor anything like it/],
  },
  {
    name: 'names the lines of an ambiguous passage',
    before: 'x\ny\nx\nx\n',
    edits: [{ oldText: 'x', newText: 'z' }],
    told: [/3 times in f\.ts, at lines 1, 3, 4/, /replaceAll/],
  },
  {
    name: 'replaces all on request',
    before: 'x\r\ny\r\nx\r\n',
    edits: [{ oldText: 'x', newText: 'long\nlonger', replaceAll: true }],
    after: 'long\r\nlonger\r\ny\r\nlong\r\nlonger\r\n',
    told: [/line 1, line 3/],
  },
  {
    name: 'shows white space that differs',
    before: 'if (a) {\n\treturn b;\n}\n',
    edits: [{ oldText: 'if (a) {\n    return b;\n}', newText: '' }],
    told: [/Only white space differs from lines 1 to 3/, /2\t→return·b;/],
  },
  {
    name: 'shows the closest passage',
    before: 'one\ntwo\nfunction add(first, second) {\n  return first + second;\n}\n',
    edits: [{ oldText: 'function add(first, other) {\n  return first - other;\n}', newText: '' }],
    told: [/closest passage is lines 3 to 5/, /4\t {2}return first \+ second;/],
  },
  {
    name: 'finds a passage across CRLF and keeps every line end',
    before: 'a\r\nb\r\nc\nd\r\n',
    edits: [{ oldText: 'b\nc', newText: 'B\nBB\nC' }],
    after: 'a\r\nB\r\nBB\r\nC\nd\r\n',
    told: [],
  },
  {
    name: 'takes CRLF in the old text for a file without',
    before: 'a\nb\n',
    edits: [{ oldText: 'a\r\nb', newText: 'c\r\nd' }],
    after: 'c\nd\n',
    told: [],
  },
  {
    name: 'keeps the byte order mark',
    before: '\uFEFFa\n',
    edits: [{ oldText: 'a', newText: 'b' }],
    after: '\uFEFFb\n',
    told: [],
  },
  {
    name: 'refuses an edit that changes nothing',
    before: 'a',
    edits: [{ oldText: 'a', newText: 'a' }],
    told: [/are the same/],
  },
];

describe('the edit tool', () => {
  for (const { name, before, edits, after, told } of rows) {
    it(name, async () => {
      await using rig = await openToolRig();
      await rig.put('f.ts', before);
      const { ok, text } = await rig.call('edit', { path: 'f.ts', edits });
      assert.equal(ok, after !== undefined, text);
      assert.equal(await rig.get('f.ts'), after ?? before);
      for (const part of told) assert.match(text, part);
    });
  }

  it('refuses large, binary and missing files', async () => {
    await using rig = await openToolRig();
    await rig.put('large.txt', 'x'.repeat(5 * 1024 * 1024 + 1));
    await rig.put('binary.bin', Uint8Array.of(1, 0, 2));
    await rig.put('latin1.txt', Uint8Array.of(0x67, 0x72, 0xfc, 0xdf));
    const edits = [{ oldText: 'x', newText: 'y' }];
    assert.match((await rig.call('edit', { path: 'large.txt', edits })).text, /too large.*5\.0 MiB/);
    assert.match((await rig.call('edit', { path: 'binary.bin', edits })).text, /binary file of 3 bytes/);
    assert.match((await rig.call('edit', { path: 'latin1.txt', edits })).text, /not UTF-8/);
    assert.match((await rig.call('edit', { path: 'no.txt', edits })).text, /There is no file no\.txt/);
  });

  it('stays quick and short on a large file', async () => {
    await using rig = await openToolRig();
    await rig.put(
      'large.ts',
      Array.from({ length: 100_000 }, (_, n) => `  const value${n} = ${n};`).join('\r\n'),
    );
    const startedAt = performance.now();
    const all = await rig.call('edit', {
      path: 'large.ts',
      edits: [{ oldText: 'const', newText: 'let', replaceAll: true }],
    });
    const missing = await rig.call('edit', {
      path: 'large.ts',
      edits: [{ oldText: 'let valeu7 = 7;', newText: '' }],
    });
    assert.equal(all.ok, true);
    assert.equal(missing.ok, false);
    assert.ok(Buffer.byteLength(all.text) <= 16_384 && Buffer.byteLength(missing.text) <= 16_384);
    assert.ok(performance.now() - startedAt < 4_000);
  });
});
