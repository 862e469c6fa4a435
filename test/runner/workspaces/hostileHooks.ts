// The hooks that git knows, as triggers of a hostile repository.
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { configured, type Call, type Ground, type Trigger } from './hostileGround.ts';

const commit = (message = 'x'): Call => ['commit', '--quiet', '--allow-empty', `--message=${message}`];
const merge: readonly Call[] = [
  ['checkout', '--quiet', '-b', 'one'],
  commit('one'),
  ['checkout', '--quiet', '-b', 'two', 'HEAD~'],
  commit('two'),
  ['merge', '--quiet', '--no-ff', '--no-edit', 'one'],
];
const applyPatch: readonly Call[] = [
  ['add', '--all'],
  commit(),
  ['format-patch', '--quiet', '-1', '-o', '../patches'],
  ['reset', '--quiet', '--hard', 'HEAD~'],
  ['am', '../patches/0001-x.patch'],
];

/** Commands in the repository itself that run the hook. */
const local: Readonly<Record<string, readonly Call[]>> = {
  'applypatch-msg': applyPatch,
  'pre-applypatch': applyPatch,
  'post-applypatch': applyPatch,
  'pre-commit': [commit()],
  'prepare-commit-msg': [commit()],
  'commit-msg': [commit()],
  'post-commit': [commit()],
  'pre-merge-commit': merge,
  'post-merge': merge,
  'pre-rebase': [commit('one'), commit('two'), ['rebase', '--quiet', '--force-rebase', 'HEAD~']],
  'post-checkout': [['checkout', '--quiet', 'HEAD']],
  'post-rewrite': [['commit', '--quiet', '--amend', '--allow-empty', '--message=x']],
  'post-index-change': [['add', '--all']],
  'reference-transaction': [['update-ref', 'refs/heads/x', 'HEAD']],
  'pre-push': [
    ['init', '--quiet', '--bare', '../pushed.git'],
    ['push', '--quiet', '../pushed.git', 'HEAD:refs/heads/x'],
  ],
};

/** Where a push from elsewhere must go for the hook to run. */
const received: Readonly<Record<string, string>> = {
  'pre-receive': 'refs/heads/x',
  update: 'refs/heads/x',
  'proc-receive': 'refs/for/x',
  'post-receive': 'refs/heads/x',
  'post-update': 'refs/heads/x',
  'push-to-checkout': 'refs/heads/checked-out',
};

function pushInto(ground: Ground, ref: string): void {
  ground.git(['checkout', '--quiet', '-b', 'checked-out']);
  const clone = join(ground.outside, 'clone');
  ground.git(['clone', '--quiet', ground.folder, clone]);
  ground.git(commit(), clone);
  ground.git(['push', '--quiet', 'origin', `HEAD:${ref}`], clone);
}

export const hookTriggers: readonly Trigger[] = [
  ...Object.entries(local).map(([hook, calls]): Trigger => {
    return {
      name: `hook ${hook}`,
      plant: (ground) => {
        ground.write('planted.txt', 'planted\n');
        ground.hook(hook);
      },
      fire: (ground) => {
        for (const call of calls) ground.git(call);
      },
    };
  }),
  ...Object.entries(received).map(([hook, ref]): Trigger => {
    return {
      name: `hook ${hook}`,
      plant: (ground) => {
        ground.hook(hook);
        ground.configure({
          'receive.denyCurrentBranch': 'updateInstead',
          'receive.procReceiveRefs': 'refs/for',
        });
      },
      fire: (ground) => pushInto(ground, ref),
    };
  }),
  {
    name: 'hook pre-auto-gc',
    plant: (ground) => {
      ground.hook('pre-auto-gc');
      ground.configure({ 'gc.auto': '1', 'gc.autoDetach': 'false' });
      // git guesses how many loose objects there are from this one folder.
      const sample = join(ground.folder, '.git/objects/17');
      mkdirSync(sample, { recursive: true });
      for (const digit of ['a', 'b', 'c']) writeFileSync(join(sample, digit.repeat(38)), '');
    },
    fire: (ground) => ground.git(['gc', '--auto', '--quiet']),
  },
  {
    name: 'core.hooksPath',
    plant: (ground) => {
      ground.hook('post-index-change', ground.outside);
      ground.configure({ 'core.hooksPath': join(ground.outside, 'hooks') });
    },
    fire: (ground) => {
      ground.write('planted.txt', '');
      ground.git(['add', '--all']);
    },
  },
  configured('core.fsmonitor', (script) => ({ 'core.fsmonitor': script }), [['status']]),
];
