// The preview of a hand-off: its rows, and what of the draft is sent in the end.
import assert from 'node:assert/strict';
import { boundContext } from '../../../extension/model/contextBounds.ts';
import {
  chosenChecks,
  chosenContext,
  chosenNetwork,
  insistOn,
  previewRows,
  skippedPaths,
  type HandOffDraft,
} from '../../../extension/model/handOffDraft.ts';
import { defaultNetwork } from '../../../shared/spec/network.ts';
import { emptyContext, type EditorProblem } from '../../../shared/task/context.ts';
import { checkNamed } from '../../support/taskFacts.ts';

const draft: HandOffDraft = {
  spec: { title: 'Fix it', goal: 'It works.', context: '', criteria: [], constraints: '' },
  checks: [
    { ...checkNamed('test'), isEnabled: true },
    { ...checkNamed('lint'), isEnabled: false },
  ],
  checkSource: 'from package.json',
  setUp: null,
  model: null,
  context: { ...emptyContext, activeFile: 'a.ts', openFiles: ['a.ts', 'b.ts'] },
  leftOutContext: new Set(),
  files: [
    { path: 'a.ts', change: 'modified', sizeBytes: 1_024 },
    { path: 'new.ts', change: 'untracked', sizeBytes: 2_048 },
  ],
  skip: new Set(),
  leftBehind: [
    {
      path: '.env',
      reason: 'environment values in line 1',
      withheld: {
        path: '.env',
        change: 'untracked',
        sizeBytes: 10,
        secrets: [{ kind: 'environment values', line: 1 }],
      },
    },
  ],
  head: 'f'.repeat(40),
  branch: 'main',
  notes: [],
  runnerName: 'this machine',
  runnerModel: 'scripted',
  chosenNetwork: defaultNetwork,
  networkLimits: [],
  isUnsandboxed: false,
  secrets: [],
};

function rowOf(changes: Partial<HandOffDraft>, kind: string): string | undefined {
  const row = previewRows({ ...draft, ...changes }).find(({ choice }) => choice?.kind === kind);
  return row === undefined ? undefined : `${row.label} | ${row.description}`;
}

describe('the preview of a hand-off', () => {
  it('begins with the hand-off itself and where it goes', () => {
    const [first] = previewRows(draft);
    assert.deepEqual(first?.choice, { kind: 'handOff' });
    assert.equal(first.description, 'to this machine');
  });

  it('counts what ships and what stays behind, with the reasons', () => {
    assert.equal(rowOf({}, 'files'), '$(files) 2 changed files | 3.0 KB, 1 untracked');
    assert.equal(rowOf({}, 'leftBehind'), '$(warning) 1 path stays behind | environment values in line 1');
  });

  const all = { mode: 'all', hosts: [] } as const;
  const networks: readonly (readonly [string, Partial<HandOffDraft>, string])[] = [
    ['registries alone', {}, '$(globe) Network | package registries'],
    ['none', { chosenNetwork: { mode: 'off', hosts: [] } }, '$(globe) Network | none'],
    [
      'more than registries',
      { chosenNetwork: { mode: 'registries', hosts: ['a.example.com'] } },
      '$(warning) Network | package registries, a.example.com · your code can be sent there',
    ],
    ['everything', { chosenNetwork: all }, '$(warning) Network | everything · your code can be sent there'],
    [
      'everything that the project takes back',
      { chosenNetwork: all, networkLimits: [{ from: '.nightjar/config.yaml', network: defaultNetwork }] },
      '$(globe) Network | package registries · narrowed by .nightjar/config.yaml',
    ],
    [
      'what a project would open',
      { networkLimits: [{ from: '.nightjar/config.yaml', network: all }] },
      '$(globe) Network | package registries',
    ],
    [
      'a runner without a sandbox',
      { isUnsandboxed: true },
      '$(unlock) Network | everything: this runner has no sandbox',
    ],
  ];
  for (const [name, changes, words] of networks) {
    it(`tells what commands may reach: ${name}`, () => {
      assert.equal(rowOf(changes, 'network'), words);
    });
  }

  it('sends the network within the limits, and shows secrets only where some are granted', () => {
    const limit = { from: 'spec', network: { mode: 'off', hosts: [] } } as const;
    assert.deepEqual(chosenNetwork({ ...draft, chosenNetwork: all, networkLimits: [limit] }), limit.network);
    const secrets = (granted: readonly string[]) =>
      previewRows({ ...draft, secrets: granted }).find(({ label }) => label.includes('Secrets'));
    assert.equal(secrets([]), undefined);
    assert.equal(secrets(['NPM_TOKEN', 'B'])?.description, 'NPM_TOKEN, B');
  });

  it('counts a file that the user leaves out among those that stay', () => {
    const skip = new Set(['new.ts']);
    assert.equal(rowOf({ skip }, 'files'), '$(files) 1 changed file | 1.0 KB');
    assert.equal(
      rowOf({ skip }, 'leftBehind'),
      '$(warning) 2 paths stay behind | environment values in line 1, left out by you',
    );
  });

  it('ships what was withheld once the user insists, and warns of it', () => {
    const [entry] = draft.leftBehind;
    assert.ok(entry !== undefined && entry.withheld !== null);
    const insisted = insistOn(draft, entry.withheld);
    assert.deepEqual(skippedPaths(draft, ['.env', 'big.bin']), ['.env', 'big.bin']);
    assert.deepEqual(skippedPaths(insisted, ['.env', 'big.bin']), ['big.bin']);
    assert.equal(rowOf(insisted, 'files'), '$(files) 3 changed files | 3.0 KB, 2 untracked');
    assert.equal(rowOf(insisted, 'leftBehind'), undefined);
    const labels = (shown: HandOffDraft): string[] => previewRows(shown).map(({ label }) => label);
    const warning = '$(warning) .env goes along with a secret';
    assert.ok(labels(insisted).includes(warning) && !labels(draft).includes(warning));
    const leftOutAgain = { ...insisted, skip: new Set(['.env']) };
    assert.ok(!labels(leftOutAgain).includes(warning));
    assert.deepEqual(skippedPaths(leftOutAgain, ['.env']), ['.env']);
  });

  it('says so where nothing is uncommitted and nothing stays behind', () => {
    assert.match(rowOf({ files: [], leftBehind: [] }, 'none') ?? '', /git-commit/);
    assert.equal(rowOf({ files: [], leftBehind: [] }, 'leftBehind'), undefined);
  });

  it('warns where no check will prove the result', () => {
    assert.match(rowOf({ checks: [] }, 'addCheck') ?? '', /unverified/);
  });

  it('names the model, or that the runner has none', () => {
    assert.equal(rowOf({}, 'model'), '$(sparkle) Model | scripted (the runner’s choice)');
    assert.equal(rowOf({ runnerModel: null }, 'model'), '$(sparkle) Model | the runner has none yet');
    assert.equal(rowOf({ model: 'mine' }, 'model'), '$(sparkle) Model | mine');
  });
});

describe('what a draft sends', () => {
  it('are the checks that are switched on', () => {
    assert.deepEqual(chosenChecks(draft), [checkNamed('test')]);
    const expect = { kind: 'ends', exitCode: 2, prints: null } as const;
    const expecting = { ...checkNamed('no'), expect };
    const checks = [{ ...expecting, isEnabled: true }];
    assert.deepEqual(chosenChecks({ checks }), [expecting]);
    assert.equal(rowOf({ checks }, 'check')?.startsWith('$(check) npm run no: exits with 2 |'), true);
  });

  it('is the context without the parts that were left out', () => {
    const sent = chosenContext({ ...draft, leftOutContext: new Set(['openFiles', 'problems']) });
    assert.deepEqual(sent, { ...draft.context, openFiles: [] });
  });
});

describe('the bounds of the context', () => {
  const problem = (severity: EditorProblem['severity'], path: string): EditorProblem => ({
    path,
    line: 1,
    column: 1,
    severity,
    message: 'm'.repeat(3_000),
    source: 's'.repeat(300),
  });

  it('keep errors first, those of the active file before others, and count the rest', () => {
    const problems = [
      ...Array.from({ length: 250 }, () => problem('hint', 'c.ts')),
      problem('warning', 'a.ts'),
      problem('error', 'b.ts'),
      problem('error', 'a.ts'),
    ];
    const context = boundContext({
      activeFile: 'a.ts',
      selections: [],
      openFiles: [],
      problems,
      instructionFiles: [],
    });
    assert.deepEqual(
      context.problems.slice(0, 3).map(({ severity, path }) => [severity, path]),
      [
        ['error', 'a.ts'],
        ['error', 'b.ts'],
        ['warning', 'a.ts'],
      ],
    );
    assert.deepEqual([context.problems.length, context.problemsLeftOut], [200, 53]);
    assert.deepEqual(
      [context.problems[0]?.message.length, context.problems[0]?.source?.length],
      [2_000, 200],
    );
  });

  it('drop empty selections and doubles of open files', () => {
    const selection = { path: 'a.ts', startLine: 1, endLine: 1 };
    const context = boundContext({
      activeFile: null,
      selections: [
        { ...selection, text: ' ' },
        { ...selection, text: 'x'.repeat(30_000) },
      ],
      openFiles: ['a.ts', 'a.ts'],
      problems: [],
      instructionFiles: [],
    });
    assert.deepEqual(
      context.selections.map(({ text }) => text.length),
      [20_000],
    );
    assert.deepEqual(context.openFiles, ['a.ts']);
  });
});
