// The whole log of a check, page by page and by what it holds; nothing but the task's own logs.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openToolRig, type ToolRig } from './toolRig.ts';

/** A rig with a log of `test` in round 2, and an earlier one. */
async function rigWith(log: string): Promise<ToolRig> {
  const rig = await openToolRig();
  for (const [name, round, text] of [
    ['test', 0, 'baseline\n'],
    ['test', 2, log],
    ['lint', 2, 'lint output\n'],
  ] as const) {
    const file = join(rig.outside, `round-${round}-${name}.log`);
    await writeFile(file, text);
    rig.checkLogs.push({ name, round, file });
  }
  return rig;
}

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

/** The numbers of the lines that stand in an answer. */
const numbersIn = (text: string): number[] =>
  [...text.matchAll(/^(\d+)[:-]?\t/gm)].map((row) => Number(row[1]));

describe('readLog', () => {
  it('shows the newest run where no round is named, and another one where one is', async () => {
    await using rig = await rigWith('a\nb\n');
    assert.deepEqual(await rig.call('readLog', { check: 'test' }), {
      ok: true,
      text: '1\ta\n2\tb',
      isLogged: false,
    });
    assert.equal((await rig.call('readLog', { check: 'test', round: 0 })).text, '1\tbaseline');
  });

  it('goes through a whole log page by page, each within its bounds, and loses no line', async () => {
    await using rig = await rigWith(numbered(20_000));
    const seen: number[] = [];
    let from: number | null = 1;
    while (from !== null) {
      const { ok, text } = await rig.call('readLog', { check: 'test', from });
      assert.ok(ok && Buffer.byteLength(text) <= 16 * 1024, text.slice(-300));
      seen.push(...numbersIn(text));
      const next = /Read on with from (\d+)/.exec(text);
      from = next === null ? null : Number(next[1]);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 20_000 }, (_, index) => index + 1),
    );
  });

  it('counts from the end where the number is negative', async () => {
    await using rig = await rigWith(numbered(500));
    const { text } = await rig.call('readLog', { check: 'test', from: -2 });
    assert.match(
      text,
      /^499\tline 499\n500\tline 500\n\n\[The log of "test" in round 2: lines 499 to 500 of 500\.\]$/,
    );
  });

  it('keeps a line in reach however long it is, and takes colours out', async () => {
    const long = `${'x'.repeat(1_000_000)}NEEDLE${'y'.repeat(300)}`;
    await using rig = await rigWith(`\u001b[31mred\u001b[0m\n${long}\nlast\n`);
    const first = await rig.call('readLog', { check: 'test' });
    assert.match(first.text, /^1\tred\n2\tx/);
    assert.ok(Buffer.byteLength(first.text) <= 16 * 1024);
    const found = await rig.call('readLog', { check: 'test', search: 'needle' });
    assert.match(found.text, /^502:\tNEEDLEyyy/m);
    assert.ok(Buffer.byteLength(found.text) <= 16 * 1024);
  });

  it('finds a text with the lines around it, in whatever case, and goes on where there is no room', async () => {
    await using rig = await rigWith(`${numbered(50)}Error: total is off by 3\n${numbered(50)}`);
    const { text } = await rig.call('readLog', { check: 'test', search: 'ERROR: * off' });
    assert.deepEqual(numbersIn(text), [49, 50, 51, 52, 53, 54]);
    assert.match(text, /^51:\tError: total is off by 3$/m);
    assert.match(text, /1 of 101 lines found\.\]$/);
    const none = await rig.call('readLog', { check: 'test', search: 'nowhere' });
    assert.match(none.text, /holds no such text in its lines 1 to 101/);
    let [from, hits] = [1, 0];
    await using wide = await rigWith(numbered(9_000));
    for (;;) {
      const page = await wide.call('readLog', { check: 'test', search: 'line', from });
      assert.ok(Buffer.byteLength(page.text) <= 16 * 1024);
      hits += [...page.text.matchAll(/^\d+:\t/gm)].length;
      const next = /Search on with from (\d+)/.exec(page.text);
      if (next === null) break;
      from = Number(next[1]);
    }
    assert.equal(hits, 9_000);
  });

  it('takes no time for a text that would be slow as an expression', async () => {
    await using rig = await rigWith(`${'a'.repeat(100_000)}\n`);
    const { ok, text } = await rig.call('readLog', { check: 'test', search: `${'a*'.repeat(200)}b` });
    assert.ok(ok);
    assert.match(text, /holds no such text/);
  });

  it('says what there is where a check or a round is unknown', async () => {
    await using rig = await rigWith('a\n');
    const unknown = await rig.call('readLog', { check: 'tests' });
    assert.equal(unknown.ok, false);
    assert.equal(
      unknown.text,
      'No check "tests" has been run. There are "test" (rounds 0, 2), "lint" (round 2).',
    );
    const round = await rig.call('readLog', { check: 'test', round: 1 });
    assert.equal(round.text, '"test" was not run in round 1. There are "test" (rounds 0, 2).');
    const behind = await rig.call('readLog', { check: 'test', from: 9 });
    assert.match(behind.text, /has only 1 lines; from 9 lies behind its end/);
    rig.checkLogs.length = 0;
    assert.match((await rig.call('readLog', { check: 'test' })).text, /no check of this task yet/);
  });

  it('reads no file but those that the runner names: a check’s name is no path', async () => {
    await using rig = await rigWith('a\n');
    await writeFile(join(rig.outside, 'secret.log'), 'hidden');
    for (const check of ['../outside/secret.log', join(rig.outside, 'secret.log'), 'secret']) {
      const { ok, text } = await rig.call('readLog', { check });
      assert.equal(ok, false);
      assert.doesNotMatch(text, /hidden/);
    }
    // The same file is read once the runner names it as a check's log.
    rig.checkLogs.push({ name: 'secret', round: 3, file: join(rig.outside, 'secret.log') });
    assert.match((await rig.call('readLog', { check: 'secret' })).text, /hidden/);
  });

  it('says so where the log is gone', async () => {
    await using rig = await rigWith('a\n');
    rig.checkLogs.push({ name: 'old', round: 1, file: join(rig.outside, 'gone.log') });
    const { ok, text } = await rig.call('readLog', { check: 'old' });
    assert.deepEqual([ok, text], [false, 'The log of "old" in round 1 is not there any more.']);
  });
});
