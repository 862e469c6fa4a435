// The settings of git that name a program, as triggers of a hostile repository.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { configured, type Call, type Trigger } from './hostileGround.ts';

const evilFor = (attribute: string): Readonly<Record<string, string>> => ({
  '.gitattributes': `*.md ${attribute}=evil\n`,
  'readme.md': 'changed\n',
});
const commit: Call = ['commit', '--quiet', '--allow-empty', '--message=x'];
const restore: readonly Call[] = [['checkout', '--quiet', '--force', 'HEAD', '--', 'readme.md']];
const bothChange: readonly Call[] = [
  ['add', '--all'],
  ['commit', '--quiet', '--message=one'],
  ['branch', 'one'],
  ['checkout', '--quiet', '-b', 'two', 'HEAD~'],
  { args: ['apply', '--index'], input: '--- a/readme.md\n+++ b/readme.md\n@@ -1 +1 @@\n-one\n+two\n' },
  ['commit', '--quiet', '--message=two'],
  ['merge', '--no-edit', 'one'],
];

/** What runs where files are read, written and compared. */
const ofFiles: readonly Trigger[] = [
  configured(
    'filter.clean',
    (script) => ({ 'filter.evil.clean': script }),
    [['add', '--all']],
    evilFor('filter'),
  ),
  configured('filter.smudge', (script) => ({ 'filter.evil.smudge': script }), restore, evilFor('filter')),
  configured(
    'filter.process',
    (script) => ({ 'filter.evil.process': script }),
    [['add', '--all']],
    evilFor('filter'),
  ),
  configured('diff.external', (script) => ({ 'diff.external': script }), [['diff']], {
    'readme.md': 'changed\n',
  }),
  configured(
    'diff driver command',
    (script) => ({ 'diff.evil.command': script }),
    [['diff']],
    evilFor('diff'),
  ),
  configured(
    'diff driver textconv',
    (script) => ({ 'diff.evil.textconv': script }),
    [['diff']],
    evilFor('diff'),
  ),
  configured('merge driver', (script) => ({ 'merge.evil.driver': script }), bothChange, {
    '.git/info/attributes': '*.md merge=evil\n',
    'readme.md': 'changed\n',
  }),
  configured(
    'core.attributesFile',
    (script, { folder }) => ({
      'core.attributesFile': join(folder, 'attributes'),
      'filter.evil.clean': script,
    }),
    [['add', '--all']],
    { attributes: '* filter=evil\n', 'readme.md': 'changed\n' },
  ),
  configured('.git/info/attributes', (script) => ({ 'filter.evil.clean': script }), [['add', '--all']], {
    '.git/info/attributes': '* filter=evil\n',
    'readme.md': 'changed\n',
  }),
  {
    ...configured('interactive.diffFilter', (script) => ({ 'interactive.diffFilter': script }), [], {
      'readme.md': 'changed\n',
    }),
    fire: (ground) => ground.gitOnTerminal('git add --patch'),
  },
  configured(
    'difftool',
    (script) => ({ 'diff.tool': 'evil', 'difftool.evil.cmd': script }),
    [['difftool', '--no-prompt']],
    { 'readme.md': 'changed\n' },
  ),
  configured(
    'mergetool',
    (script) => ({ 'merge.tool': 'evil', 'mergetool.evil.cmd': script }),
    [...bothChange, ['mergetool', '--no-prompt']],
    { 'readme.md': 'changed\n' },
  ),
  configured('tar command', (script) => ({ 'tar.evil.command': script }), [
    ['archive', '--format=evil', 'HEAD'],
  ]),
];

/** What runs when something is signed or written. */
const ofCommits: readonly Trigger[] = [
  configured('gpg.program', (script) => ({ 'gpg.program': script, 'commit.gpgSign': 'true' }), [commit]),
  configured('tag.gpgSign', (script) => ({ 'gpg.program': script, 'tag.gpgSign': 'true' }), [
    ['tag', '-m', 'x', 'x'],
  ]),
  configured(
    'gpg.ssh.program',
    (script) => ({
      'gpg.format': 'ssh',
      'gpg.ssh.program': script,
      'commit.gpgSign': 'true',
      'user.signingKey': 'x',
    }),
    [commit],
  ),
  configured(
    'gpg.ssh.defaultKeyCommand',
    (script) => ({ 'gpg.format': 'ssh', 'gpg.ssh.defaultKeyCommand': script, 'commit.gpgSign': 'true' }),
    [commit],
  ),
  configured(
    'gpg.x509.program',
    (script) => ({ 'gpg.format': 'x509', 'gpg.x509.program': script, 'commit.gpgSign': 'true' }),
    [commit],
  ),
  configured('core.editor', (script) => ({ 'core.editor': script }), [['commit', '--allow-empty']]),
  configured('sequence.editor', (script) => ({ 'sequence.editor': script }), [
    commit,
    ['rebase', '--interactive', '--force-rebase', 'HEAD~'],
  ]),
  configured(
    'trailer.command',
    (script) => ({ 'trailer.evil.key': 'Evil', 'trailer.evil.command': script }),
    [{ args: ['interpret-trailers'], input: 'x\n' }],
  ),
  configured('trailer.cmd', (script) => ({ 'trailer.evil.key': 'Evil', 'trailer.evil.cmd': script }), [
    { args: ['interpret-trailers', '--trailer', 'evil=x'], input: 'x\n' },
  ]),
];

/** What runs where git speaks to another repository or asks for a password. */
const ofRemotes: readonly Trigger[] = [
  configured(
    'ext:: remote',
    (script) => ({ 'remote.origin.url': `ext::${script}`, 'protocol.ext.allow': 'always' }),
    [['fetch', 'origin']],
  ),
  configured(
    'remote.vcs',
    (script) => ({ 'remote.origin.url': script, 'remote.origin.vcs': 'ext', 'protocol.ext.allow': 'always' }),
    [['fetch', 'origin']],
  ),
  configured(
    'url.insteadOf',
    (script) => ({ [`url.ext::${script} .insteadOf`]: 'https:', 'protocol.ext.allow': 'always' }),
    [['fetch', 'https://example.invalid/x']],
  ),
  configured(
    'url.pushInsteadOf',
    (script) => ({ [`url.ext::${script} .pushInsteadOf`]: 'https:', 'protocol.ext.allow': 'always' }),
    [['push', 'https://example.invalid/x', 'HEAD:refs/heads/x']],
  ),
  configured(
    'branch.remote',
    (script) => ({ 'branch.one.remote': `ext::${script}`, 'protocol.ext.allow': 'always' }),
    [['checkout', '--quiet', '-b', 'one'], ['fetch']],
  ),
  configured('core.sshCommand', (script) => ({ 'core.sshCommand': script }), [
    ['fetch', 'ssh://example.invalid/x'],
  ]),
  configured('core.gitProxy', (script) => ({ 'core.gitProxy': script }), [
    ['fetch', 'git://example.invalid/x'],
  ]),
  configured(
    'remote.uploadpack',
    (script) => ({ 'remote.origin.url': '.', 'remote.origin.uploadpack': script }),
    [['fetch', 'origin']],
  ),
  configured(
    'remote.receivepack',
    (script) => ({ 'remote.origin.url': '.', 'remote.origin.receivepack': script }),
    [['push', 'origin', 'HEAD:refs/heads/x']],
  ),
  {
    name: 'core.alternateRefsCommand',
    plant: (ground) => {
      const other = join(ground.outside, 'other.git');
      ground.git(['init', '--quiet', '--bare', other]);
      appendFileSync(join(ground.folder, '.git/objects/info/alternates'), `${other}/objects\n`);
      ground.configure({ 'core.alternateRefsCommand': ground.script });
    },
    fire: (ground) => void ground.git(['fetch', '.', 'HEAD']),
  },
  configured('credential.helper', (script) => ({ 'credential.helper': script }), [
    { args: ['credential', 'fill'], input: 'protocol=https\nhost=example.invalid\n\n' },
  ]),
  configured('core.askPass', (script) => ({ 'core.askPass': script }), [
    { args: ['credential', 'fill'], input: 'protocol=https\nhost=example.invalid\n\n' },
  ]),
  configured('imap.tunnel', (script) => ({ 'imap.tunnel': script, 'imap.folder': 'x' }), [
    {
      args: ['imap-send'],
      input: 'From x\nFrom: a@x\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: x\n\nx\n',
    },
  ]),
];

/** What runs when a person looks at something. */
const ofPeople: readonly Trigger[] = [
  configured('core.pager', (script) => ({ 'core.pager': script }), [['grep', '-O', 'one']]),
  {
    ...configured('pager.log', (script) => ({ 'pager.log': script }), []),
    fire: (ground) => ground.gitOnTerminal('git log'),
  },
  configured('alias', (script) => ({ 'alias.st': `!${script}` }), [['st']]),
  configured('man viewer', (script) => ({ 'man.viewer': 'evil', 'man.evil.cmd': script }), [
    ['help', '--man', 'log'],
  ]),
  configured('browser', (script) => ({ 'web.browser': 'evil', 'browser.evil.cmd': script }), [
    ['web--browse', 'https://example.invalid/'],
  ]),
];

export const settingTriggers: readonly Trigger[] = [...ofFiles, ...ofCommits, ...ofRemotes, ...ofPeople];
