// Which names of a returned branch are refused where, from tables.
import assert from 'node:assert/strict';
import {
  anySystem,
  leadsOut,
  listPaths,
  pathHazards,
  type FileSystemTraits,
} from '../../../shared/repository/pathHazards.ts';
import { runsWhenOpened } from '../../../shared/repository/runsWhenOpened.ts';

const linux: FileSystemTraits = { hasWindowsNames: false, foldsCase: false, foldsUnicode: false };
const mac: FileSystemTraits = { hasWindowsNames: false, foldsCase: true, foldsUnicode: true };
const windows: FileSystemTraits = { hasWindowsNames: true, foldsCase: true, foldsUnicode: false };
const systems = { linux, mac, windows };
type System = keyof typeof systems;
const all: readonly System[] = ['linux', 'mac', 'windows'];

interface Row {
  readonly added: string | readonly string[];
  readonly present?: readonly string[];
  readonly refused: readonly System[];
  readonly says?: RegExp;
}

const rows: readonly Row[] = [
  { added: 'src/ok.ts', present: ['src/other.ts'], refused: [] },
  { added: ['.gitignore', '.gitattributes', '.github/x.yml', 'git', 'a.git/x', '...'], refused: ['windows'] },
  { added: ['.gitignore', '.gitattributes', '.github/x.yml', 'git', 'a.git/x', 'git~2'], refused: [] },
  ...['.git/config', 'a/.git/x', '.GIT', 'git~1/x', '.git./x', '.git /x', '.g\u200cit/x', '.git::$DATA'].map(
    (added): Row => ({ added, refused: all, says: /into \.git$/ }),
  ),
  { added: '.git\\config', refused: all, says: /into \.git$/ },
  ...['../x', 'a/../../x', '/etc/x', 'a//b', './x'].map((added): Row => ({
    added,
    refused: all,
    says: /another place/,
  })),
  { added: 'x'.repeat(255), refused: [] },
  { added: `src/${'x'.repeat(256)}`, refused: all, says: /over 255 bytes/ },
  { added: 'é'.repeat(128), refused: all, says: /over 255 bytes/ },
  ...['aux.ts', 'CON', 'src/nul', 'prn.tar.gz', 'com1', 'lpt9.txt', 'com¹', 'aux .ts', 'conin$'].map(
    (added): Row => ({ added, refused: ['windows'], says: /device on Windows/ }),
  ),
  { added: ['auxiliary.ts', 'console.ts', 'com10.txt', 'nullable', 'x.aux', 'lpt'], refused: [] },
  ...['a.', 'a ', 'dir./x', 'dir /x'].map((added): Row => ({
    added,
    refused: ['windows'],
    says: /dot or a space/,
  })),
  { added: 'readme.md:hidden', refused: ['windows'], says: /hidden stream/ },
  { added: 'a\\b', refused: ['windows'], says: /backslash/ },
  ...['a?', 'a*', 'a"b', 'a<b', 'a|b', 'a\tb'].map((added): Row => ({
    added,
    refused: ['windows'],
    says: /character that Windows/,
  })),
  { added: 'readme', present: ['README'], refused: ['mac', 'windows'], says: /the same as README$/ },
  { added: ['README', 'readme'], refused: ['mac', 'windows'], says: /the same as README$/ },
  { added: 'docs/a', present: ['Docs/b'], refused: ['mac', 'windows'], says: /the same as Docs$/ },
  { added: 'a/x', present: ['A'], refused: ['mac', 'windows'], says: /the same as A$/ },
  { added: 'A', present: ['a/x'], refused: ['mac', 'windows'], says: /the same as a$/ },
  { added: 'caf\u00e9', present: ['cafe\u0301'], refused: ['mac'], says: /the same as/ },
  { added: 'CAFE\u0301', present: ['caf\u00e9'], refused: ['mac'], says: /the same as/ },
  { added: 'odd\udcff', refused: ['mac'], says: /UTF-8/ },
  // What the user has had all along is no news.
  { added: 'Docs/new', present: ['Docs/a', 'docs/b', 'aux.ts'], refused: [] },
];

describe('names of a returned branch', () => {
  for (const { added, present = [], refused, says } of rows) {
    const paths = typeof added === 'string' ? [added] : added;
    it(`${JSON.stringify(listPaths(paths)).slice(0, 60)} beside ${JSON.stringify(present)}: refused on ${refused.join(', ') || 'none'}`, () => {
      for (const [system, traits] of Object.entries(systems)) {
        const hazards = pathHazards(paths, present, traits);
        assert.equal(hazards.length > 0, refused.includes(system as System), system);
        for (const { problem } of hazards) if (says !== undefined) assert.match(problem, says);
      }
      assert.equal(pathHazards(paths, present, anySystem).length > 0, refused.length > 0);
    });
  }

  it('are listed up to ten', () => {
    assert.equal(listPaths(['a', 'b']), 'a, b');
    assert.match(listPaths(Array.from({ length: 12 }, (_, number) => `${number}`)), /, 9 and 2 more$/);
  });
});

describe('links of a returned branch', () => {
  const inside: readonly (readonly [string, string])[] = [
    ['link', 'file'],
    ['link', './a/b'],
    ['a/link', '../file'],
    ['a/b/link', '../../c'],
    ['a/link', '..'],
  ];
  const outside: readonly (readonly [string, string])[] = [
    ['link', '/etc/passwd'],
    ['link', '..'],
    ['a/link', '../../x'],
    ['a/link', '../b/../../../x'],
    ['a/b/link', 'd/../..'],
    ['link', '.git/hooks'],
    ['a/link', '../.GIT/config'],
    ['link', 'C:\\Windows'],
    ['link', '..\\x'],
    ['link', '\\\\server\\share'],
  ];
  for (const [path, target] of inside)
    it(`stay inside: ${path} → ${target}`, () => assert.equal(leadsOut(path, target), false));
  for (const [path, target] of outside)
    it(`lead out: ${path} → ${target}`, () => assert.equal(leadsOut(path, target), true));
});

describe('files that have something run', () => {
  const running = [
    '.vscode/tasks.json',
    'packages/a/.vscode/settings.json',
    '.VSCode/Tasks.json',
    'project.code-workspace',
    '.devcontainer/devcontainer.json',
    '.devcontainer.json',
    '.idea/workspace.xml',
    '.envrc',
    'mise.toml',
    '.mise/config.toml',
    '.husky/post-checkout',
    '.githooks/pre-commit',
    'lefthook.yml',
    '.pre-commit-config.yaml',
    '.nvim.lua',
    '.dir-locals.el',
    '.claude/settings.json',
    '.mcp.json',
  ];
  const calm = [
    'src/tasks.json',
    '.vscode/extensions.json',
    'vscode/tasks.json',
    '.idea/modules.xml',
    'envrc',
    'README.md',
    '.gitattributes',
    'src/husky/x.ts',
    'AGENTS.md',
    'premise.toml.md',
  ];
  for (const path of running) it(`${path} does`, () => assert.equal(runsWhenOpened(path), true));
  for (const path of calm) it(`${path} does not`, () => assert.equal(runsWhenOpened(path), false));
  it('are those of the folder, too, where the user’s git looks for hooks', () => {
    assert.equal(runsWhenOpened('tools/hooks/post-checkout'), false);
    assert.equal(runsWhenOpened('tools/hooks/post-checkout', 'tools/hooks'), true);
    assert.equal(runsWhenOpened('tools/hooks2/x', 'tools/hooks'), false);
  });
});
