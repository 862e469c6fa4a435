// Files of commits open as documents in the real extension host, and the editor for several changes takes them.
import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { resultUriParts } from '../../../extension/review/resultUri.ts';
import { createSampleProject, git } from '../../demo/sampleProject.ts';

const path = 'src/cart.js';

describe('files of commits', () => {
  const signal = AbortSignal.timeout(60_000);
  let repository: string;
  let head: string;

  before(async () => {
    const extension = vscode.extensions.getExtension(process.env['NIGHTJAR_TEST_EXTENSION'] ?? '');
    await extension?.activate();
    repository = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-review-')));
    await createSampleProject(repository, signal);
    head = (await git(repository, ['rev-parse', 'HEAD'], signal)).trim();
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(repository, { recursive: true, force: true });
  });

  const uriOf = (file: string): vscode.Uri =>
    vscode.Uri.from(
      resultUriParts({ repository, commit: head, path: file }, vscode.Uri.file(repository).path),
    );

  it('have the content of the commit, not of the working tree', async () => {
    const document = await vscode.workspace.openTextDocument(uriOf(path));
    assert.equal(document.getText(), await git(repository, ['show', `HEAD:${path}`], signal));
    assert.doesNotMatch(document.getText(), /taxRates/);
  });

  it('are missing where the commit has no such file', async () => {
    await assert.rejects(async () => vscode.workspace.fs.readFile(uriOf('src/taxRates.js')), {
      code: 'FileNotFound',
    });
  });

  it('can be compared with others in one editor', async () => {
    const file = vscode.Uri.joinPath(vscode.Uri.file(repository), path);
    await vscode.commands.executeCommand('vscode.changes', 'Sample review', [[file, uriOf(path), file]]);
    const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    assert.ok(
      labels.some((label) => label.startsWith('Sample review')),
      `no tab for the review among: ${labels.join(', ')}`,
    );
  });
});
