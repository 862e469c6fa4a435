// A command's output with a secret in it: the log file, the tail and the live text show only the mask.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { OutputLog } from '../../../runner/sandbox/outputLog.ts';
import { Masker } from '../../../shared/secrets/masker.ts';
import { joined, madeUp } from '../../shared/secrets/plantedSecrets.ts';

const limitBytes = 1024 * 1024;

/** The control: a masker that masks nothing. */
const noMasker = { byteStream: () => ({ write: (text: string) => text, rest: () => '', end: () => '' }) };

describe('OutputLog', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-output-'));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Everything that the log shows anywhere. */
  async function sinksOf(pieces: readonly Buffer[], masker?: Masker | typeof noMasker, limit = limitBytes) {
    const file = join(folder, 'a.log');
    let watched = '';
    const watch = (text: string): void => {
      watched += text;
    };
    const log =
      masker === undefined ? new OutputLog(file, limit, watch) : new OutputLog(file, limit, watch, masker);
    const take = log.stream();
    for (const piece of pieces) take(piece);
    const tail = log.tail();
    await log.close();
    return { file: await readFile(file, 'utf8'), tail, watched, bytes: log.bytes };
  }

  it('shows no known secret in file, tail and live text, however the output is cut', async () => {
    const encodings: readonly BufferEncoding[] = ['utf8', 'base64', 'base64url', 'hex'];
    const value = fc
      .string({ unit: 'grapheme', minLength: 10, maxLength: 40 })
      .filter((text) => text.trim().length >= 10);
    await fc.assert(
      fc.asyncProperty(
        value,
        fc.constantFrom(...encodings),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.nat(9),
        fc.integer({ min: 1, max: 30 }),
        async (secret, encoding, before, offset, size) => {
          const shownAs = Buffer.from(secret).toString(encoding);
          const output = Buffer.from(`${before}\n${shownAs}\nend\n`);
          const pieces = [output.subarray(0, offset)];
          for (let at = offset; at < output.length; at += size) pieces.push(output.subarray(at, at + size));
          const masker = new Masker([{ name: 'KEY', value: secret }]);
          const sinks = await sinksOf(pieces, masker);
          for (const text of [sinks.file, sinks.tail, sinks.watched]) {
            assert.ok(!text.includes(shownAs), text);
            assert.ok(text.includes('[secret: KEY]'), text);
          }
          assert.equal(sinks.file, sinks.watched);
          assert.equal(sinks.bytes, output.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('shows it everywhere without the masker', async () => {
    const secret = madeUp('word', 30);
    const { file, watched } = await sinksOf(
      [Buffer.from(secret.slice(0, 9)), Buffer.from(secret.slice(9))],
      noMasker,
    );
    assert.deepEqual([file, watched], [secret, secret]);
  });

  it('masks tokens that are known by their form when it was given no masker', async () => {
    const token = joined(`gh|p_${madeUp('word', 36)}`);
    const { file, tail } = await sinksOf([
      Buffer.from(`token ${token.slice(0, 20)}`),
      Buffer.from(`${token.slice(20)}\n`),
    ]);
    assert.equal(file, 'token [secret: GitHub token]\n');
    assert.equal(tail, file);
  });

  it('tells of what is still held in the tail, and in the end everywhere', async () => {
    const secret = madeUp('word', 30);
    const masker = new Masker([{ name: 'KEY', value: secret }]);
    const { file, tail, watched } = await sinksOf([Buffer.from(`a ${secret.slice(0, 12)}`)], masker);
    assert.deepEqual(
      [file, tail, watched],
      Array.from({ length: 3 }, () => `a ${secret.slice(0, 12)}`),
    );
  });

  it('keeps to its limit and counts what it cut', async () => {
    const secret = madeUp('word', 30);
    const masker = new Masker([{ name: 'KEY', value: secret }]);
    const { file, bytes } = await sinksOf([Buffer.from(`${secret}\n${'x'.repeat(100)}\n`)], masker, 20);
    assert.equal(file, '[secret: KEY]\nxxxxxx\n[95 more bytes were printed and not kept]\n');
    assert.equal(bytes, 132);
  });
});
