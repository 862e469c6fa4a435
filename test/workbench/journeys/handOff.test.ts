// A person hands off work that is not committed, watches the task, reviews what came back and checks its branch out.
import assert from 'node:assert/strict';
import { demoScript } from '../../demo/demoScript.ts';
import { createSampleProject, git } from '../../demo/sampleProject.ts';
import { scriptedModelName, startScriptedModel, type ScriptedModel } from '../../support/scriptedModel.ts';
import { describeJourney } from '../journey.ts';
import type { Workbench } from '../workbench.ts';

const handOff = 'Nightjar: Hand Off to Background…';
const branch = 'nightjar/make-the-cart-s-tests-pass';
const changedFiles = ['cart.js', 'money.js'];
/** Milliseconds that the scripted model seems to think: long enough to see the task run. */
const pauseMs = 400;
/** Milliseconds that a task with its checks may take on a busy machine. */
const taskTimeoutMs = 60_000;
const signal = AbortSignal.timeout(600_000);

let model: ScriptedModel;
let project: string;

async function prepare(folder: string): Promise<Record<string, string>> {
  project = folder;
  await createSampleProject(folder, signal);
  model = await startScriptedModel({ script: demoScript(pauseMs) });
  return { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'scripted', NIGHTJAR_MODEL: scriptedModelName };
}

/** All that a check-out could change: the branch, the index, and every uncommitted change. */
async function stateOf(folder: string): Promise<string> {
  const commands = [
    ['branch', '--list'],
    ['status', '--porcelain', '--branch'],
    ['diff', 'HEAD'],
  ];
  return (await Promise.all(commands.map((args) => git(folder, args, signal)))).join('\n');
}

async function openFile(workbench: Workbench, name: string): Promise<void> {
  await workbench.page.keyboard.press('Control+p');
  await workbench.input.fill(name);
  await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
  await workbench.page.keyboard.press('Enter');
  await workbench.page.locator('.tab.active', { hasText: name }).waitFor();
  await workbench.page.locator('.editor-instance .view-lines').first().click();
  // The place of the cursor shows once the editor is ready, and extensions are told of it with the same change.
  await workbench.statusBarItem(/^Ln \d+/).waitFor();
}

/** Runs a command of the palette for the one task there is to pick. */
async function runOnTask(workbench: Workbench, command: string): Promise<void> {
  await workbench.runCommand(command);
  const row = workbench.page.locator('.quick-input-list .monaco-list-row.focused');
  await row.filter({ hasText: /cart.s tests pass/ }).waitFor();
  await workbench.page.keyboard.press('Enter');
}

async function closeToasts(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Notifications: Clear All Notifications');
}

describeJourney('a hand-off', { prepare }, (workbench) => {
  after(async () => {
    await model[Symbol.asyncDispose]();
  });

  it('shows all that ships before anything starts', async () => {
    await workbench().openView('Nightjar');
    await openFile(workbench(), 'rescue.task.md');
    await workbench().runCommand(handOff);
    const rows = workbench().page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: '3 changed files' }).waitFor({ timeout: 20_000 });
    await rows.filter({ hasText: 'npm run lint' }).waitFor();
    assert.equal(model.requests.length, 0);
    await workbench().screenshot('hand-off-preview');
  });

  it('starts the task, which runs in the view and ends ready to review', async () => {
    const before = await stateOf(project);
    await workbench().page.keyboard.press('Enter');
    await workbench()
      .treeRow(/^Running/)
      .waitFor({ timeout: 20_000 });
    await workbench()
      .treeRow(/cart.s tests pass/)
      .click();
    await workbench().screenshot('task-running');
    await workbench()
      .treeRow(/^Ready to Review/)
      .waitFor({ timeout: taskTimeoutMs });
    assert.equal(await stateOf(project), before);
  });

  it('shows the verified result in the panel', async () => {
    await closeToasts(workbench());
    await workbench().webview.getByText('Verified', { exact: true }).first().waitFor();
    await workbench().webview.getByRole('heading').first().scrollIntoViewIfNeeded();
    await workbench().screenshot('task-dark');
  });

  it('opens every changed file in one editor', async () => {
    await runOnTask(workbench(), 'Nightjar: Review Changes');
    const entries = workbench().page.locator('.multiDiffEntry');
    for (const name of changedFiles) await entries.filter({ hasText: name }).first().waitFor();
    await workbench().screenshot('review-changes');
  });

  it('leaves uncommitted work alone and offers a worktree instead', async () => {
    const before = await stateOf(project);
    await runOnTask(workbench(), 'Nightjar: Check Out Branch');
    const refusal = workbench().toast('Nothing was changed');
    await refusal.getByRole('button', { name: 'Check Out in New Worktree' }).waitFor();
    await workbench().screenshot('check-out-refused');
    assert.equal(await stateOf(project), before);
    await closeToasts(workbench());
  });

  it('checks the branch out once nothing is in the way', async () => {
    await git(project, ['stash', '--include-untracked'], signal);
    await runOnTask(workbench(), 'Nightjar: Check Out Branch');
    await workbench().toast(`Checked out ${branch}`).waitFor();
    assert.equal((await git(project, ['branch', '--show-current'], signal)).trim(), branch);
    assert.match(await git(project, ['show', 'HEAD:src/cart.js'], signal), /taxRates\[country\] \/ 100/);
    await workbench().screenshot('checked-out');
    await closeToasts(workbench());
  });

  it('stops a running task', async () => {
    await openFile(workbench(), 'rescue.task.md');
    await workbench().runCommand(handOff);
    await workbench()
      .page.locator('.quick-input-list .monaco-list-row', { hasText: 'npm run lint' })
      .waitFor();
    await workbench().page.keyboard.press('Enter');
    await workbench()
      .treeRow(/^Running/)
      .waitFor();
    await runOnTask(workbench(), 'Nightjar: Stop');
    await workbench().treeRow(/^Done/).waitFor();
    await workbench().screenshot('task-stopped');
  });
});
