// The manifest and the code say the same: commands, menus, settings, context keys, files.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { contextValueOf } from '../../extension/model/taskActions.ts';
import { allStatuses, taskIn } from './model/madeUpTasks.ts';

const root = join(import.meta.dirname, '..', '..');

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly when: string; readonly contents: string }[];
    readonly commands: readonly {
      readonly command: string;
      readonly category: string;
      readonly icon?: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly keybindings: readonly MenuEntry[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly svg: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

/** Context keys that the manifest may ask for: the editor's, Git's, and our own. */
const knownKeys = new Set([
  'view',
  'viewItem',
  'focusedView',
  'editorTextFocus',
  'resourceFilename',
  'isWorkspaceTrusted',
  'workspaceFolderCount',
  'git.state',
  'nightjar.repository',
  'nightjar.runner',
  'nightjar.sandbox',
  'nightjar.problemsShown',
]);

/** Commands of the editor itself that welcome texts and the walkthrough call. */
const editorCommands = new Set([
  'workbench.trust.manage',
  'workbench.action.files.openFolder',
  'workbench.action.openWalkthrough',
  'workbench.action.terminal.new',
  'git.init',
]);

/** The keys that a when clause asks for. */
function keysIn(when: string): string[] {
  return when
    .split(/&&|\|\|/)
    .map((term) => /^\s*!?\s*([\w.]+)/.exec(term)?.[1] ?? term)
    .filter((key) => key !== '');
}

describe('the manifest', () => {
  let manifest: Manifest;
  let registered: string[];

  before(async () => {
    manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
    // The table is plain data; only its functions need the editor.
    const hooks = registerHooks({
      resolve: (name, context, next) =>
        name === 'vscode' ? { url: 'data:text/javascript,', shortCircuit: true } : next(name, context),
    });
    try {
      const { commands } = await import('../../extension/commands/commands.ts');
      registered = commands.map(({ id }) => id);
    } finally {
      hooks.deregister();
    }
  });

  it('names every command of the table once, and no other', () => {
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    const forUsers = registered.filter((id) => !id.startsWith('_'));
    assert.deepEqual(contributed.toSorted(), forUsers.toSorted());
    assert.equal(new Set(registered).size, registered.length);
  });

  it('gives every command our category and an icon', () => {
    for (const { command, category, icon } of manifest.contributes.commands) {
      assert.equal(category, 'Nightjar', command);
      assert.match(icon ?? '', /^\$\([a-z-]+\)$/, command);
    }
  });

  it('has in menus, keys, welcome texts and walkthrough only commands that exist', () => {
    const { menus, keybindings, viewsWelcome, walkthroughs } = manifest.contributes;
    const texts = [
      ...viewsWelcome.map(({ contents }) => contents),
      ...walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
    ];
    const named = [
      ...[...Object.values(menus).flat(), ...keybindings].map(({ command }) => command),
      ...texts.flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)].map(([, id = '']) => id)),
      ...walkthroughs.flatMap(({ steps }) =>
        steps.flatMap(({ completionEvents }) =>
          completionEvents.flatMap((event) => /^onCommand:(.*)$/.exec(event)?.[1] ?? []),
        ),
      ),
    ];
    const unknown = named.filter((id) => !registered.includes(id) && !editorCommands.has(id));
    assert.ok(named.length > 30, 'the manifest was not really read');
    assert.deepEqual(unknown, []);
  });

  it('leaves a row of the task view room for its words: at most two inline actions in any state', () => {
    const inline = (manifest.contributes.menus['view/item/context'] ?? []).filter(({ group = '' }) =>
      group.startsWith('inline'),
    );
    const counts = allStatuses.map((status) => {
      const flags = contextValueOf(taskIn(status));
      return inline.filter(({ when = '' }) =>
        new RegExp(/viewItem =~ \/(.*)\//.exec(when)?.[1] ?? '').test(flags),
      ).length;
    });
    assert.ok(Math.max(...counts) <= 2 && Math.max(...counts) > 0, counts.join());
  });

  it('asks only for context keys that somebody sets', () => {
    const { menus, keybindings, viewsWelcome, commands } = manifest.contributes;
    const whens = [
      ...[...Object.values(menus).flat(), ...keybindings, ...viewsWelcome].map(({ when }) => when),
      ...commands.map(({ enablement }) => enablement),
    ].filter((when) => when !== undefined);
    assert.deepEqual(
      whens.flatMap(keysIn).filter((key) => !knownKeys.has(key)),
      [],
    );
  });

  it('finds an unknown context key', () => {
    assert.deepEqual(keysIn('!a && b.c == d || e =~ /x/'), ['a', 'b.c', 'e']);
  });

  it('has exactly the settings that the code reads', async () => {
    const text = await readFile(join(root, 'extension/host/settings.ts'), 'utf8');
    const fields = /interface Settings \{([\s\S]*?)\n\}/.exec(text)?.[1] ?? '';
    const read = [...fields.matchAll(/^ {2}'?([\w.]+)'?:/gm)].map(([, key = '']) => `nightjar.${key}`);
    const { properties } = manifest.contributes.configuration;
    assert.deepEqual(Object.keys(properties).toSorted(), read.toSorted());
  });

  it('keeps addresses out of what a workspace may set', () => {
    const { properties } = manifest.contributes.configuration;
    const addresses = Object.keys(properties).filter((key) => /address|endpoint/i.test(key));
    assert.ok(addresses.length > 0);
    for (const key of addresses) assert.equal(properties[key]?.scope, 'machine', key);
  });

  it('restricts only settings that exist', () => {
    const { properties } = manifest.contributes.configuration;
    for (const key of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
      assert.ok(key in properties, key);
    }
  });

  it('names pictures that are there', () => {
    const pictures = [
      manifest.icon,
      ...manifest.contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...manifest.contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
    ];
    assert.deepEqual(
      pictures.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  it('never wakes the extension for everything', () => {
    assert.ok(!manifest.activationEvents.includes('*'));
  });
});
