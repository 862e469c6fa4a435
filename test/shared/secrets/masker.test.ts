// No known secret gets through a masker, in whatever form and cut into whatever pieces it comes.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Masker } from '../../../shared/secrets/masker.ts';
import { joined, madeUp, madeUpPem, planted, tokens } from './plantedSecrets.ts';

/** Ways in which programs print a value. */
const encodings: Readonly<Record<string, (value: string) => string>> = {
  raw: (value) => value,
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64 behind one byte': (value) => Buffer.from(`:${value}`).toString('base64'),
  'base64 behind two bytes': (value) => Buffer.from(`u:${value}@h`).toString('base64'),
  base64url: (value) => Buffer.from(`{"k":"${value}"}`).toString('base64url'),
  hex: (value) => Buffer.from(value).toString('hex'),
  'upper-case hex': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  'an address': (value) => encodeURIComponent(value),
  'an address in lower case': (value) =>
    encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  'a form': (value) => new URLSearchParams({ q: value }).toString(),
  JSON: (value) => JSON.stringify({ value }),
};

const secretText = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 60 }),
  fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }),
  fc.uint8Array({ minLength: 8, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
);

/** What can be told from the text around it and from the mask itself. */
const secretValue = secretText.filter(
  (text) => text.trim().length >= 8 && text.isWellFormed() && !'[secret: NAME]'.includes(text),
);

const around = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    '\n',
    'KEY=',
    '{"token":"',
    'Authorization: Bearer ',
    '://user:',
    '\u001b[31m',
    '€',
  ),
);

/** Cuts a list at the given shares of its length. */
function pieces<List extends string | Buffer>(list: List, cuts: readonly number[]): List[] {
  const places = [...new Set(cuts.map((cut) => Math.floor(cut * list.length)))].sort((a, b) => a - b);
  return [0, ...places].map((start, index) => list.slice(start, places[index] ?? list.length) as List);
}

/** The secret in any form, found without the masker's own means. */
function shows(text: string, value: string): boolean {
  const bytes = Buffer.from(value);
  const form = new URLSearchParams({ q: value }).toString().slice(2);
  const inText = [value, encodeURIComponent(value), form, JSON.stringify(value).slice(1, -1)];
  // Codes of an address come in either case, and a lone % before letters looks like one of them.
  const lower = text.toLowerCase();
  if (inText.some((form) => text.includes(form) || lower.includes(form.toLowerCase()))) return true;
  if (lower.includes(bytes.toString('hex'))) return true;
  const words = text.match(/[\w+/-]{8,}/g) ?? [];
  return words.some((word) =>
    [0, 1, 2, 3].some((skip) => Buffer.from(word.slice(skip), 'base64').includes(bytes)),
  );
}

function throughText(masker: Masker, text: string, cuts: readonly number[]): string {
  const stream = masker.stream();
  return (
    pieces(text, cuts)
      .map((piece) => stream.write(piece))
      .join('') + stream.end()
  );
}

function throughBytes(masker: Masker, text: string, cuts: readonly number[]): string {
  const stream = masker.byteStream();
  const shown = pieces(Buffer.from(text), cuts).map((piece) => stream.write(piece.toString('latin1')));
  return Buffer.from(shown.join('') + stream.end(), 'latin1').toString();
}

const cutList = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe('Masker', () => {
  it('lets no known secret through: any value, any encoding, any pieces', () => {
    fc.assert(
      fc.property(
        fc.array(secretValue, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(around, fc.constantFrom(...Object.keys(encodings)), fc.nat(2)), {
          minLength: 1,
          maxLength: 4,
        }),
        cutList,
        (values, parts, cuts) => {
          const masker = new Masker(values.map((value) => ({ name: 'NAME', value })));
          const chosen = (number: number): string => values[number % values.length]!;
          const text = parts
            .map(([before, encoding, number]) => `${before}${encodings[encoding]!(chosen(number))}\n`)
            .join('');
          const used = parts.map(([, , number]) => chosen(number));
          // The control: without the masker each of them is there to be seen.
          for (const value of used) assert.ok(shows(text, value), 'not planted');
          for (const shown of [
            masker.mask(text),
            throughText(masker, text, cuts),
            throughBytes(masker, text, cuts),
          ])
            for (const value of used) assert.ok(!shows(shown, value), `${JSON.stringify(value)} in ${shown}`);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('shows the same in pieces as in one', () => {
    const masker = new Masker([{ name: 'NAME', value: `ab${madeUp('url', 30)}` }]);
    const part = fc.oneof(
      around,
      fc.constantFrom(...tokens.map(([, token]) => token), ...planted.map(({ text }) => text)),
      fc.constantFrom(
        `ab${madeUp('url', 30)}`,
        `ab${madeUp('url', 12)}`,
        'eyJ',
        'sk-',
        '-----BEGIN ',
        '://a:b',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), cutList, (parts, cuts) => {
        const text = parts.join('');
        assert.equal(throughText(masker, text, cuts), masker.mask(text));
        assert.equal(throughBytes(masker, text, cuts), masker.mask(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('changes nothing where there is no secret', () => {
    const masker = new Masker([{ name: 'NAME', value: madeUp('url', 30) }]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), cutList, (text, cuts) => {
        assert.equal(throughText(masker, text, cuts), text);
        assert.equal(throughBytes(masker, text, cuts), text);
      }),
    );
  });

  it('masks tokens of every kind that is known by its form', () => {
    const masker = new Masker();
    for (const [kind, token] of tokens)
      assert.equal(masker.mask(`a ${token}, b`), `a [secret: ${kind}], b`, kind);
    for (const { kind, text, secret } of planted) {
      if (secret === '' || !masker.mask(text).includes('[secret: ')) continue;
      assert.ok(!masker.mask(text).includes(secret), kind);
    }
  });

  it('masks a private key whole, as a listing with line numbers shows it too', () => {
    const pem = madeUpPem('RSA PRIVATE KEY', 20);
    const listing = pem
      .split('\n')
      .map((line, index) => `${String(index + 1).padStart(5)}\t${line}`)
      .join('\n');
    for (const text of [pem, listing, JSON.stringify(pem), pem.replaceAll('\n', '\r\n')]) {
      const shown = new Masker().mask(`before ${text} after`);
      for (const line of pem.split('\n').slice(1, 20)) assert.ok(!shown.includes(line), shown);
      assert.match(shown, /^before .*\[secret: private key\]/);
    }
  });

  it('masks a key of many lines line by line', () => {
    const value = madeUpPem('OPENSSH PRIVATE KEY', 20);
    const masker = new Masker([{ name: 'DEPLOY_KEY', value }]);
    const shown = masker.mask(value.split('\n').slice(3, 9).join(' | '));
    assert.equal(shown, Array.from({ length: 6 }, () => '[secret: DEPLOY_KEY]').join(' | '));
  });

  it('holds back only what may be the beginning of a secret', () => {
    const value = `k3y-${madeUp('word', 20)}`;
    const stream = new Masker([{ name: 'NAME', value }]).stream();
    assert.equal(stream.write('Continue? [y/n] '), 'Continue? [y/n] ');
    assert.equal(stream.write('50 % k3'), '50 % ');
    assert.equal(stream.rest(), 'k3');
    assert.equal(stream.write('s!'), 'k3s!');
    assert.equal(stream.write(value.slice(0, 10)), '');
    assert.equal(stream.write(value.slice(10)), '[secret: NAME]');
    assert.equal(stream.write(' gh'), ' ');
    assert.equal(stream.end(), 'gh');
  });

  it('gives up waiting for the end of what is too long to be a secret', () => {
    const stream = new Masker().stream();
    assert.equal(stream.write('eyJ'), '');
    const blob = `${madeUp('word', 20_000)}\n`;
    assert.ok(stream.write(blob) === `eyJ${blob}`);
  });

  it('drops the rest of a token that is longer than it waits for', () => {
    const stream = new Masker().stream();
    const token = joined(`gh|p_${madeUp('word', 3_000)}`);
    const shown = pieces(`${token} now!`, [0.2, 0.5, 0.7])
      .map((piece) => stream.write(piece))
      .join('');
    assert.equal(shown, '[secret: GitHub token] now!');
  });

  it('masks what it is told of later, in streams that are open too', () => {
    const value = madeUp('word', 20);
    const masker = new Masker();
    const stream = masker.stream();
    assert.equal(stream.write(`${value} `), `${value} `);
    masker.add([{ name: 'GRANTED', value }]);
    assert.equal(stream.write(`${value} `), '[secret: GRANTED] ');
  });

  it('leaves short values and examples alone', () => {
    const masker = new Masker([{ name: 'NAME', value: 'ab1' }]);
    const text = joined(
      `ab1 AKI|AIOSFODNN7EXAMPLE postgres://postgres:postgres@localhost gh|p_${'x'.repeat(36)}`,
    );
    assert.equal(masker.mask(text), text);
  });

  it('masks known values alone where a token may be an example', () => {
    const value = madeUp('word', 20);
    const [, token] = tokens[2]!;
    const masker = new Masker([{ name: 'NAME', value }]);
    assert.equal(masker.maskValues(`${value} ${token}`), `[secret: NAME] ${token}`);
  });
});
