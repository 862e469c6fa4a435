// Acceptance criteria as people write them: what each is bound to, and what is told of one that can't be read.
import assert from 'node:assert/strict';
import { newSpecTemplate } from '../../../shared/spec/newSpecTemplate.ts';
import { criterionOf } from '../../../shared/spec/parseCriterion.ts';
import { parseSpec } from '../../../shared/spec/parseSpec.ts';
import { criterionSchema, type Criterion } from '../../../shared/spec/spec.ts';

const ends = (exitCode: number, prints: string | null = null) =>
  ({ kind: 'ends', exitCode, prints }) as const;
const unbound = (text: string): [string, Criterion] => [text, { text, check: null }];

const readings: readonly (readonly [string, Criterion])[] = [
  ['All tests pass: `npm test`', { text: 'All tests pass', check: 'npm test' }],
  ['All tests pass `npm test`', { text: 'All tests pass', check: 'npm test' }],
  ['`npm test`', { text: 'npm test', check: 'npm test' }],
  ["Ticks ``echo '`'``", { text: 'Ticks', check: "echo '`'" }],
  [
    'Fails politely: `node cli.js --nope` exits with 2',
    { text: 'Fails politely', check: 'node cli.js --nope', expect: ends(2) },
  ],
  ['`a` exits with code 3.', { text: 'a exits with code 3', check: 'a', expect: ends(3) }],
  ['`a` Ends with exit code 0', { text: 'a Ends with exit code 0', check: 'a', expect: ends(0) }],
  ['`a` fails with an exit code `4`', { text: 'a fails with an exit code 4', check: 'a', expect: ends(4) }],
  [
    'Helps – `a --nope` exits with 2 and prints `usage: *`',
    { text: 'Helps', check: 'a --nope', expect: ends(2, 'usage: *') },
  ],
  [
    '`node cli.js --version` prints `1.2.*`',
    { text: 'node cli.js --version prints 1.2.*', check: 'node cli.js --version', expect: ends(0, '1.2.*') },
  ],
  ['Running `a` outputs `b`.', { text: 'Running a outputs b', check: 'a', expect: ends(0, 'b') }],
  ['`dist/index.js` exists', fileExists('dist/index.js exists', 'dist/index.js')],
  ['The guide is there: `./docs/` exists.', fileExists('The guide is there', 'docs')],
  ['The file `Makefile` exists', fileExists('The file Makefile exists', 'Makefile')],
  ['No new problems', { text: 'No new problems', check: null, expect: { kind: 'noNewProblems' } }],
  [
    'Lint: no new problems.',
    { text: 'Lint: no new problems', check: null, expect: { kind: 'noNewProblems' } },
  ],
  [
    'Coverage is not lower: `npm run coverage`',
    { text: 'Coverage is not lower', check: 'npm run coverage', expect: { kind: 'coverageNotLower' } },
  ],
  [
    'The test coverage doesn’t drop `c`',
    { text: 'The test coverage doesn’t drop', check: 'c', expect: { kind: 'coverageNotLower' } },
  ],
  [
    'Looks right: `npm run shot` makes `shot.png`',
    { text: 'Looks right', check: 'npm run shot', expect: { kind: 'makes', path: 'shot.png' } },
  ],
  // What specs had before these forms, and prose that only looks like them.
  ['High coverage: `c`', { text: 'High coverage', check: 'c' }],
  unbound('The page stays as it is'),
  unbound('The function `parseSpec` exists'),
  unbound('`list()` exists'),
  unbound('`nightjar list` prints the tasks in order'),
  unbound('`a` exits with a clear message'),
  unbound('There are no new problems with users'),
  unbound('Uses `keep()`.'),
  unbound('A lonely ` stays'),
];

function fileExists(text: string, path: string): Criterion {
  return { text, check: null, expect: { kind: 'fileExists', path } };
}

describe('criterionOf', () => {
  for (const [item, criterion] of readings)
    it(`reads: ${item}`, () => {
      assert.deepEqual(criterionOf(item), criterion);
      assert.deepEqual(criterionSchema.parse(criterion), criterion);
    });

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['`a` exits with 256', /a number from 0 to 255, not "256"/],
    ['`a` exits with -1', /not "-1"/],
    ['`a` exits with `two`', /not "two"/],
    ['`a` prints `*`', /more than "\*"/],
    [`\`a\` prints \`${'x'.repeat(501)}\``, /500 characters/],
    ['`a` prints `b', /no closing backtick/],
    ['`a` exits with 1 and prints `b', /no closing backtick/],
    ['`../secret.txt` exists', /"\.\.\/secret\.txt" is no path within the repository/],
    ['`/etc/passwd` exists', /no path within/],
    ['`a` makes `C:\\shot.png`', /no path within/],
  ];
  for (const [item, message] of mistakes)
    it(`refuses: ${item.slice(0, 40)}`, () =>
      assert.throws(() => criterionOf(item), { name: 'CriterionMistake', message }));

  it('leaves what is longer than a criterion may be to the refusal of the spec', () => {
    const long = `\`a\` exits with 1 ${'coverage is not lower '.repeat(300)}`;
    assert.deepEqual(criterionOf(long), { text: long, check: null });
  });
});

describe('parseSpec with criteria', () => {
  it('makes a check of each criterion that a command proves, and names what is expected of it', () => {
    const items = [
      '`a`',
      '`a` exits with 2',
      '`a` exits with 2',
      '`x/y` exists',
      'No new problems',
      'Judge me',
    ];
    const { checks, spec } = parseSpec(
      `# T\n\n## Criteria\n${items.map((item) => `- ${item}`).join('\n')}`,
      'x',
    );
    assert.equal(spec.criteria.length, 6);
    assert.deepEqual(
      checks.map(({ name, command, expect }) => [name, command, expect]),
      [
        ['a', 'a', undefined],
        ['a exits with 2', 'a', ends(2)],
      ],
    );
  });

  it('names the line of a criterion that can’t be read', () => {
    const text =
      '---\nmodel: m\n---\n# T\n<!-- a\nb -->\n\n## Criteria\n- [ ] fine\n- [ ] `a` exits\n  with 999\n';
    assert.throws(() => parseSpec(text.replaceAll('\n', '\r\n'), 'login.task.md'), {
      code: 'specUnreadable',
      message: /login\.task\.md.*line 10: .*not "999"/,
    });
  });

  it('reads every example of the template for a new spec', () => {
    const { spec } = parseSpec(newSpecTemplate.replaceAll(/<!--|-->/g, ''), 'x');
    assert.deepEqual(
      spec.criteria.map(({ check, expect }) => expect?.kind ?? (check === null ? null : 'passes')),
      ['passes', 'ends', 'ends', 'fileExists', 'noNewProblems', 'coverageNotLower', 'makes', null],
    );
  });
});
