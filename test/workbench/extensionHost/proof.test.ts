// What the runner found opens at its line on the side where it is, and problems come into the editor's own list and go again.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { EvidenceDocuments } from '../../../extension/review/evidenceDocuments.ts';
import { ProblemLists } from '../../../extension/review/problemLists.ts';
import { TaskReview } from '../../../extension/review/reviewChanges.ts';
import { TaskStore } from '../../../extension/model/taskStore.ts';
import { openRepository } from '../../../shared/repository/openRepository.ts';
import type { Fact, TaskEvent } from '../../../shared/task/events.ts';
import type { Task } from '../../../shared/task/task.ts';
import { createSampleProject, git } from '../../demo/sampleProject.ts';
import { checkResult, createdData, eventsFrom } from '../../support/taskFacts.ts';

const path = 'src/cart.js';

describe('what backs or doubts a result', () => {
  const signal = AbortSignal.timeout(60_000);
  const store = new TaskStore();
  const ref = 'refs/nightjar/tasks/fix-the-cart-1';
  let folder: string;
  let events: readonly TaskEvent[];
  let task: Task;
  let result: string;
  let review: TaskReview;

  before(async () => {
    const extension = vscode.extensions.getExtension(process.env['NIGHTJAR_TEST_EXTENSION'] ?? '');
    await extension?.activate();
    folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-proof-')));
    await createSampleProject(folder, signal);
    const snapshot = (await git(folder, ['rev-parse', 'HEAD'], signal)).trim();
    await git(folder, ['stash', '--quiet', '--include-untracked'], signal);
    const text = await readFile(join(folder, path), 'utf8');
    await writeFile(join(folder, path), `// one\n// two\n// three\n${text}`);
    await git(folder, ['commit', '--quiet', '--no-verify', '--all', '--message', 'Change'], signal);
    result = (await git(folder, ['rev-parse', 'HEAD'], signal)).trim();
    await git(folder, ['update-ref', ref, result], signal);
    await git(folder, ['reset', '--quiet', '--hard', snapshot], signal);
    await writeFile(join(folder, 'envelope.json'), envelopeOf(result));
    const evidence = (await git(folder, ['hash-object', '-w', 'envelope.json'], signal)).trim();
    // On the snapshot it is the evidence of another commit.
    for (const commit of [result, snapshot])
      await git(folder, ['notes', '--ref=nightjar', 'add', '-C', evidence, commit], signal);
    events = eventsFrom(factsOf({ snapshot, id: (await openRepository(folder, signal)).id, evidence }));
    for (const event of events) store.apply(event);
    task = store.get(events[0]!.taskId)!;
    review = new TaskReview(async () => ({ ref, commit: result }));
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  function factsOf(of: {
    readonly snapshot: string;
    readonly id: string;
    readonly evidence: string;
  }): Fact[] {
    const created = createdData({
      repository: { id: of.id, name: 'shop', folder, branch: 'main' },
      snapshot: { commit: of.snapshot, base: of.snapshot },
    });
    const failing = checkResult('test', 1, false);
    const [problem] = failing.data.problems;
    const problems = [path, 'src/gone.js', '../outside.js', null].map((file) => ({ ...problem!, file }));
    const files = [{ path, oldPath: null, status: 'modified' as const, added: 3, removed: 0 }];
    return [
      { type: 'taskCreated', data: created },
      { type: 'committed', data: { round: 1, commit: result, files } },
      { ...failing, data: { ...failing.data, commit: result, problems } },
      {
        type: 'delivered',
        data: {
          ...{ commit: result, ref, verdict: 'failed', reason: 'roundsUsedUp', summary: '' },
          evidence: of.evidence,
        },
      },
    ];
  }

  /** The line, from 1, on which the cursor stands in the version of a file, once that is on the screen. */
  async function lineIn(commit: string, file: string): Promise<number | undefined> {
    const editor = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.query.includes(commit) && document.uri.path.endsWith(file),
    );
    return editor === undefined ? undefined : editor.selection.active.line + 1;
  }

  it('opens on the right of the diff where it is in the new version', async () => {
    await review.openFinding(task, { path, line: 3, side: 'after' }, signal);
    assert.equal(await lineIn(result, path), 3);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.ok(tabs.some(({ input }) => input instanceof vscode.TabInputTextDiff));
  });

  it('opens on the left of it where it is in the old version', async () => {
    await review.openFinding(task, { path, line: 2, side: 'before' }, signal);
    assert.equal(await lineIn(task.snapshot.commit, path), 2);
  });

  it('opens alone where the task did not change the file', async () => {
    const other = 'src/money.js';
    await review.openFinding(task, { path: other, line: 2, side: 'after' }, signal);
    assert.equal(await lineIn(result, other), 2);
    assert.equal(vscode.window.activeTextEditor?.document.uri.path.endsWith(other), true);
  });

  it('is listed as a problem on the user’s own file, until it is hidden or the task is gone', async () => {
    using lists = asDisposable(new ProblemLists(store));
    const uri = vscode.Uri.joinPath(vscode.Uri.file(folder), path);
    const ofTask = (): readonly vscode.Diagnostic[] =>
      vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Nightjar: Fix the cart');
    await lists.value.show(task, events, signal);
    assert.deepEqual(
      ofTask().map(({ message, range }) => [message, range.start.line]),
      [['test is broken\n(in the task’s branch, found by test)', 2]],
    );
    const everywhere = vscode.languages.getDiagnostics().flatMap(([, found]) => found);
    assert.equal(everywhere.filter(({ source }) => source === 'Nightjar: Fix the cart').length, 1);
    lists.value.hide(task.id);
    assert.deepEqual(ofTask(), []);
    await lists.value.show(task, events, signal);
    assert.equal(ofTask().length, 1);
    store.snapshot([]);
    assert.deepEqual([ofTask(), lists.value.shown], [[], []]);
  });

  it('is read as evidence, decoded and not to be edited', async () => {
    const fetch = async (): Promise<never> => Promise.reject(new Error('nothing is to be fetched'));
    using evidence = asDisposable(new EvidenceDocuments(fetch));
    assert.deepEqual(await evidence.value.read(task, signal), { state: 'here', keyIds: [keyid] });
    const other = { ...task, commit: task.snapshot.commit };
    assert.deepEqual(await evidence.value.read(other, signal), { state: 'otherCommit' });
    await evidence.value.copyVerifyCommand(task, signal);
    assert.equal(await vscode.env.clipboard.readText(), `nightjar verify ${task.id}`);
  });
});

const keyid = 'ab'.repeat(32);

function envelopeOf(commit: string): string {
  const statement = { subject: [{ digest: { gitCommit: commit } }] };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  const signatures = [{ keyid, sig: 'c2ln', publicKey: 'a2V5' }];
  return `${JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload, signatures })}\n`;
}

function asDisposable<Value extends vscode.Disposable>(value: Value): Disposable & { readonly value: Value } {
  return { value, [Symbol.dispose]: () => void value.dispose() };
}
