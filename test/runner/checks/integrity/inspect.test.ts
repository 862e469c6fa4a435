// Every planted cheat is shown with its kind and line, and no honest change is called one.
import assert from 'node:assert/strict';
import { baseProject } from './baseProject.ts';
import { changeOf, inspect } from './changeOf.ts';
import { cheats } from './cheats.ts';
import { honestChanges } from './honestChanges.ts';

describe('inspecting a change', function () {
  this.timeout(60_000);

  for (const [title, list] of Object.entries(cheats))
    describe(`that ${title}`, () => {
      for (const { name, kind, line, edits } of list)
        it(`finds: ${name}`, async () => {
          const change = changeOf(edits);
          const findings = await inspect(change);
          const shown = findings.map((one) => `${one.kind} ${one.file}:${one.line ?? '-'} ${one.message}`);
          const found = findings.find((one) => one.kind === kind);
          assert.ok(found !== undefined, `not found: ${shown.join('\n')}`);
          const text = found.side === 'before' ? baseProject[found.file] : change.after.get(found.file);
          const lineText = found.line === null ? '' : (text?.split('\n')[found.line - 1] ?? '');
          assert.ok(lineText.includes(line), `${line} is not in line ${found.line ?? '-'}: ${lineText}`);
          assert.ok(
            findings.every((one) => one.kind === kind),
            shown.join('\n'),
          );
        });
    });

  for (const [title, list] of Object.entries(honestChanges))
    describe(`that ${title}`, () => {
      for (const { name, edits } of list)
        it(`finds nothing in: ${name}`, async () => {
          const findings = await inspect(changeOf(edits));
          assert.deepEqual(
            findings.map(({ kind, file, line, message }) => `${kind} ${file}:${line ?? '-'} ${message}`),
            [],
          );
        });
    });

  it('knows enough of both', () => {
    const count = (lists: Readonly<Record<string, readonly unknown[]>>): number =>
      Object.values(lists).flat().length;
    assert.ok(count(cheats) >= 60, 'too few cheats');
    assert.ok(count(honestChanges) >= 60, 'too few honest changes');
  });
});
