// Changes of one file each, in every language: those that weaken a test are told, those that only look so are not.
import assert from 'node:assert/strict';
import { inspect } from './changeOf.ts';
import { languageChanges } from './languageChanges.ts';
import { textChanges } from './textChanges.ts';

describe('a change of one file', function () {
  this.timeout(60_000);

  for (const { path, before, rows } of [...languageChanges, ...textChanges])
    describe(path, () => {
      for (const { name, edit, kind } of rows)
        it(`${kind === undefined ? 'may bring' : 'is told to bring'} ${name}`, async () => {
          const [from, to] = edit;
          assert.equal(before.split(from).length, 2, `not exactly one: ${from}`);
          const changed = { path, oldPath: null, before, after: before.replace(from, () => to) };
          const findings = await inspect({ files: [changed], after: new Map() });
          const kinds = new Set(findings.map((one) => one.kind));
          assert.deepEqual(
            [...kinds],
            kind === undefined ? [] : [kind],
            findings.map(({ message }) => message).join('\n'),
          );
        });
    });
});
