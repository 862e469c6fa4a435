// The extension starts in the real extension host, and every command of the manifest has somebody who answers to it.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
}

describe('activation', () => {
  let extension: vscode.Extension<unknown>;
  let manifest: Manifest;

  before(async () => {
    const underTest = vscode.extensions.all.find(({ id }) => id === process.env['NIGHTJAR_TEST_EXTENSION']);
    assert.ok(underTest, `the extension ${process.env['NIGHTJAR_TEST_EXTENSION']} is not there`);
    extension = underTest;
    manifest = extension.packageJSON as Manifest;
    await extension.activate();
  });

  it('comes to its end', () => {
    assert.equal(extension.isActive, true);
  });

  it('registers every command of the manifest', async () => {
    const contributed = (manifest.contributes?.commands ?? []).map(({ command }) => command);
    assert.notEqual(contributed.length, 0, 'the manifest has no commands');
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });
});
