// The view's welcome texts: in every state of a window exactly one of them shows, and it is the right one.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryState } from '../../extension/host/folderRepositories.ts';
import type { RunnerState } from '../../extension/model/statusBarText.ts';

interface Welcome {
  readonly when: string;
  readonly contents: string;
}

/** Context keys and their values; a key that nobody has set is undefined. */
type Keys = Readonly<Record<string, string | number | boolean | undefined>>;

/** Whether a when clause of `key`, `!key`, `key == value` and `key != value`, joined by `&&`, holds. */
function holds(when: string, keys: Keys): boolean {
  return when.split(' && ').every((term) => {
    const [, not, key = '', operator, value] = /^(!?)([\w.]+)(?: (==|!=) (\w+))?$/.exec(term) ?? [];
    assert.notEqual(key, '', `this test can't read the clause ${term}`);
    if (operator === undefined) return Boolean(keys[key]) === (not === '');
    return (String(keys[key]) === value) === (operator === '==');
  });
}

function welcomesIn(welcomes: readonly Welcome[], keys: Keys): string[] {
  return welcomes.filter(({ when }) => holds(when, keys)).map(({ contents }) => contents);
}

const repositoryStates: readonly (RepositoryState | undefined)[] = [undefined, 'found', 'none', 'gitMissing'];
/** Set by the Git extension as soon as it has started; it doesn't where it is disabled or finds no git. */
const gitStates = [undefined, 'uninitialized', 'initialized'] as const;
/** While the window connects, the view's message shows instead of any welcome text. */
const settled: readonly RunnerState[] = ['ready', 'offline'];

function* allStates(): Generator<Keys> {
  for (const isWorkspaceTrusted of [false, true])
    for (const workspaceFolderCount of [0, 1, 2])
      for (const repository of repositoryStates)
        for (const gitState of gitStates)
          for (const runner of settled)
            for (const sandbox of [undefined, 'works', 'broken'])
              yield {
                isWorkspaceTrusted,
                workspaceFolderCount,
                'git.state': gitState,
                'nightjar.repository': repository,
                'nightjar.runner': runner,
                'nightjar.sandbox': sandbox,
              };
}

const base: Keys = {
  isWorkspaceTrusted: true,
  workspaceFolderCount: 1,
  'git.state': 'initialized',
  'nightjar.repository': 'found',
  'nightjar.runner': 'ready',
};

const table: readonly (readonly [string, Keys, RegExp])[] = [
  ['an untrusted folder', { isWorkspaceTrusted: false, 'git.state': undefined }, /need your trust/],
  ['no folder', { workspaceFolderCount: 0, 'nightjar.repository': 'none' }, /Open a folder/],
  [
    'a folder without git',
    { 'nightjar.repository': 'none' },
    /there is none here.*\(command:git\.init\?%5Btrue%5D\)/s,
  ],
  [
    'the same with the Git extension disabled',
    { 'nightjar.repository': 'none', 'git.state': undefined },
    /there is none here.*“git init” in a terminal/s,
  ],
  [
    'a machine without git',
    { 'nightjar.repository': 'gitMissing', 'git.state': undefined },
    /git was not found/,
  ],
  ['a runner that is not reachable', { 'nightjar.runner': 'offline' }, /runner is not reachable/],
  [
    'a runner whose sandbox does not work',
    { 'nightjar.sandbox': 'broken' },
    /sandbox of the runner does not/,
  ],
  ['no tasks', {}, /No background tasks yet/],
  ['a repository that the Git extension does not see', { 'git.state': undefined }, /No background tasks yet/],
];

describe('the welcome texts', () => {
  let welcomes: readonly Welcome[];

  before(async () => {
    const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
    const manifest = JSON.parse(text) as { contributes: { viewsWelcome: readonly Welcome[] } };
    welcomes = manifest.contributes.viewsWelcome;
  });

  it('are never two, and never none', () => {
    const states = [...allStates()];
    assert.ok(states.length > 100);
    for (const keys of states) {
      const shown = welcomesIn(welcomes, keys);
      assert.equal(shown.length, 1, `${JSON.stringify(keys)} shows:\n${shown.join('\n')}`);
    }
  });

  for (const [name, keys, words] of table) {
    it(`suit ${name}`, () => {
      assert.match(welcomesIn(welcomes, { ...base, ...keys })[0] ?? '', words);
    });
  }

  it('are each needed in one of these states', () => {
    const shown = new Set([...allStates()].flatMap((keys) => welcomesIn(welcomes, keys)));
    assert.equal(shown.size, welcomes.length);
  });

  it('would be found to overlap', () => {
    const overlapping = [
      { when: 'isWorkspaceTrusted && git.state == initialized', contents: 'no repository' },
      { when: 'isWorkspaceTrusted && nightjar.runner == ready', contents: 'no tasks' },
    ];
    assert.deepEqual(welcomesIn(overlapping, base), ['no repository', 'no tasks']);
    assert.deepEqual(welcomesIn(overlapping, { ...base, 'git.state': undefined }), ['no tasks']);
    assert.throws(() => welcomesIn([{ when: 'a =~ /b/', contents: '' }], base), /can't read/);
  });
});
