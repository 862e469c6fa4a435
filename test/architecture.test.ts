// Keeps the rules of direction and form of the source tree, and shows of each rule that it can fail.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as rules from './support/architectureRules.ts';
import { readSourceTree, sourceFileOf, type SourceFile } from './support/importGraph.ts';

const root = join(import.meta.dirname, '..');

interface Control {
  readonly name: string;
  readonly rule: rules.Rule;
  /** A made-up tree, path to text, that breaks the rule once per entry of `complaints`. */
  readonly broken: Readonly<Record<string, string>>;
  /** The files that must be complained about, in order. */
  readonly complaints: readonly RegExp[];
  /** A made-up tree next to it that the rule must accept. */
  readonly sound: Readonly<Record<string, string>>;
}

const controls: readonly Control[] = [
  {
    name: 'imports follow the arrows',
    rule: rules.followsArrows,
    broken: {
      'extension/views/tree.ts': "import { run } from '../../runner/tasks/life.ts';",
      'extension/review/diff.ts': "import type { Tree } from '../views/tree.ts';",
      'extension/webview/taskPanel.ts': "import { connect } from '../../shared/client/connection.ts';",
      'runner/server/server.ts': "import { Runner } from '../runner.ts';",
      'runner/tasks/life.ts': "export { add } from '../store/store.ts';",
      'shared/errors/errors.ts': "type Task = import('../task/task.ts').Task;",
      'shared/host/files.ts': "import {\n  snapshot,\n} from '../repository/snapshot.ts';",
      'shared/task/task.ts': "import { scripted } from '../../test/support/scriptedModel.ts';",
      'runner/runner.ts': "import '../extension/model/tasks.ts';",
    },
    complaints: [
      /views/,
      /review/,
      /webview/,
      /server/,
      /tasks/,
      /errors/,
      /files/,
      /task\.ts/,
      /runner\.ts/,
    ],
    sound: {
      'extension/main.ts': "import { start } from './extension.ts';",
      'extension/extension.ts': "import { Tree } from './views/tree.ts';",
      'extension/views/tree.ts': "import '../model/tasks.ts';\nimport '../host/log.ts';",
      'runner/server/server.ts': "import '../../shared/protocol/requests.ts';\nimport './sessions.ts';",
      'test/runner/store.test.ts': "import '../../runner/store/store.ts';",
    },
  },
  {
    name: 'pure folders know neither Node nor VS Code',
    rule: rules.keepsPureFoldersPure,
    broken: {
      'shared/spec/spec.ts': "import { join } from 'node:path';",
      'runner/tasks/life.ts': "import { join } from 'path';",
      'extension/model/tasks.ts': "import type { Uri } from 'vscode';",
      'extension/webview/taskPanel.ts': "const fs = await import('node:fs');",
    },
    complaints: [/spec/, /life/, /model/, /webview/],
    sound: { 'shared/spec/spec.ts': "import { z } from 'zod';", 'shared/host/files.ts': "import 'node:fs';" },
  },
  {
    name: "only the extension's adapters know VS Code",
    rule: rules.keepsVscodeInAdapters,
    broken: { 'shared/client/flow.ts': "import * as vscode from 'vscode';" },
    complaints: [/flow/],
    sound: { 'extension/views/tree.ts': "import * as vscode from 'vscode';" },
  },
  {
    name: 'processes are started in one place',
    rule: rules.startsProcessesInOnePlace,
    broken: {
      'runner/host/start.ts': "import { spawn } from 'node:child_process';",
      'extension/host/start.ts': "const { spawn } = require('child_process');",
    },
    complaints: [/runner/, /extension/],
    sound: { 'shared/host/processes.ts': "import { spawn } from 'node:child_process';" },
  },
  {
    name: 'no files import each other in a circle, types included',
    rule: rules.hasNoCircles,
    broken: {
      'shared/task/a.ts': "import { b } from './b.ts';",
      'shared/task/b.ts': "import type { C } from './c.ts';",
      'shared/task/c.ts': "import type { A } from './a.ts';",
    },
    complaints: [/a\.ts -> .*b\.ts -> .*c\.ts -> .*a\.ts/],
    sound: { 'a.ts': "import './b.ts';\nimport './c.ts';", 'b.ts': "import './c.ts';", 'c.ts': '' },
  },
  {
    name: 'every file begins with its purpose',
    rule: rules.opensWithPurpose,
    broken: { 'runner/a.ts': "import 'b';\n// Too late.", 'test/b.ts': '/* A block. */' },
    complaints: [/a\.ts/, /b\.ts/],
    sound: {
      'runner/a.ts': '// What it is for.',
      'runner/nightjar.mjs': '#!/usr/bin/env node\n// The command.',
    },
  },
  {
    name: 'no file of the product is longer than 400 lines',
    rule: rules.staysShort,
    broken: { 'runner/long.ts': '\n'.repeat(400) + 'end' },
    complaints: [/401 lines/],
    sound: { 'runner/long.ts': '\n'.repeat(399) + 'end\n', 'test/long.ts': '\n'.repeat(500) + 'end' },
  },
  {
    name: 'nothing is exported as default',
    rule: rules.exportsByName,
    broken: { 'a.ts': 'export default class {}', 'b.ts': 'class B {}\nexport { B as default };' },
    complaints: [/a\.ts/, /b\.ts/],
    sound: { 'a.ts': "import assert from 'node:assert';\nexport const a = 1;" },
  },
  {
    name: 'names tell what is inside',
    rule: rules.hasTellingNames,
    broken: { 'runner/utils/text.ts': '', 'extension/taskManager.ts': '', 'shared/host/git-helpers.ts': '' },
    complaints: [/utils/, /Manager/, /helpers/],
    sound: { 'shared/host/processes.ts': '', 'extension/views/scoreBoard.ts': '' },
  },
  {
    name: 'there are no barrels',
    rule: rules.hasNoBarrels,
    broken: { 'runner/index.ts': '', 'shared/task/all.ts': "export * from './task.ts';" },
    complaints: [/index/, /all/],
    sound: { 'runner/indexes.ts': "export { task } from './task.ts';" },
  },
  {
    name: 'types bear no I prefix',
    rule: rules.hasNoInterfacePrefix,
    broken: { 'a.ts': 'export interface ITask {}' },
    complaints: [/a\.ts/],
    sound: { 'a.ts': 'export interface Item {}\ntype IO = string;' },
  },
];

describe('architecture', () => {
  let tree: readonly SourceFile[];

  before(async () => {
    tree = await readSourceTree(root, ['extension', 'runner', 'shared', 'test']);
  });

  it('is asked of a tree that was really read', () => {
    const processes = tree.find(({ path }) => path === 'shared/host/processes.ts');
    assert.ok(
      processes?.imports.includes('node:child_process'),
      'the imports of a known file were not found',
    );
  });

  for (const { name, rule, broken, complaints, sound } of controls) {
    describe(name, () => {
      it('holds in the tree', () => {
        assert.deepEqual(rule(tree), []);
      });

      it('complains about a tree that breaks it', () => {
        const found = rule(madeUp(broken));
        assert.equal(found.length, complaints.length, found.join('\n'));
        for (const [place, complaint] of complaints.entries()) assert.match(found[place] ?? '', complaint);
      });

      it('accepts a sound tree', () => {
        assert.deepEqual(rule(madeUp(sound)), []);
      });
    });
  }
});

function madeUp(texts: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => sourceFileOf(path, text));
}
