// A person hands off work that is not committed, watches the task, reviews what came back and checks its branch out.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { demoScript } from '../../demo/demoScript.ts';
import { createSampleProject, git } from '../../demo/sampleProject.ts';
import type { Conversation, ScriptedModel, Step } from '../../support/scriptedModel.ts';
import { describeJourney } from '../journey.ts';
import type { Workbench } from '../workbench.ts';
import { startModel } from './answerProject.ts';
import { acceptPreview, handOffCommand, openPanel, panelChip, runOnTask, taskRow } from './taskSteps.ts';

const title = "Make the cart's tests pass";
const branch = 'nightjar/make-the-cart-s-tests-pass';
const changedFiles = ['cart.js', 'money.js'];
const signal = AbortSignal.timeout(600_000);

let model: ScriptedModel;
/** Holds a running task at one of its turns: the first one at the beginning of its second round. */
let hold = { turn: 4, ...Promise.withResolvers<undefined>() };

async function prepare(folder: string, resources: AsyncDisposableStack) {
  const project = join(folder, 'teapot-shop');
  await createSampleProject(project, signal);
  const demo = demoScript(0);
  const script = (conversation: Conversation): Step => {
    const step = demo(conversation);
    const turns = conversation.messages.filter(({ role }) => role === 'assistant').length;
    return turns === hold.turn ? { ...step, after: hold.promise } : step;
  };
  const started = await startModel(script, resources);
  model = started.model;
  return { open: project, env: started.env };
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

async function previewOfSpec(workbench: Workbench): Promise<void> {
  await workbench.openFile('rescue.task.md');
  await workbench.runCommand(handOffCommand);
  await workbench.quickInput.rows('npm run lint').waitFor();
}

describeJourney('a hand-off', { prepare }, (journey) => {
  const project = (): string => join(journey().folder, 'teapot-shop');

  it('shows all that ships before anything starts', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await previewOfSpec(workbench);
    await workbench.quickInput.rows('3 changed files').waitFor();
    assert.equal(model.requests.length, 0);
    await workbench.screenshot('hand-off-preview');
  });

  it('starts the task, which runs in the view', async () => {
    const { workbench } = journey();
    const before = await stateOf(project());
    await acceptPreview(workbench);
    await openPanel(workbench, title);
    await workbench.webview.getByRole('heading', { name: 'Round 2' }).waitFor();
    await taskRow(workbench, title, 'Working').waitFor();
    await workbench.screenshot('task-running');
    assert.equal(await stateOf(project()), before);
  });

  it('shows the verified result in the panel', async () => {
    const { workbench } = journey();
    const before = await stateOf(project());
    hold.resolve(undefined);
    await taskRow(workbench, title, 'Ready to review').waitFor();
    await panelChip(workbench, 'Verified').waitFor();
    await workbench.clearNotifications();
    await workbench.screenshot('task-dark');
    assert.equal(await stateOf(project()), before);
  });

  it('opens every changed file in one editor', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Review Changes', title);
    const entries = workbench.page.locator('.multiDiffEntry');
    for (const name of changedFiles) await entries.filter({ hasText: name }).first().waitFor();
    await workbench.screenshot('review-changes');
  });

  it('leaves uncommitted work alone and checks out in a worktree instead', async () => {
    const { workbench, session } = journey();
    const before = await stateOf(project());
    await runOnTask(workbench, 'Nightjar: Check Out Branch', title);
    await workbench.notification('Nothing was changed');
    await workbench.screenshot('check-out-refused');
    assert.equal(await stateOf(project()), before);
    const opening = session.nextFolder();
    await workbench.answerNotification('Nothing was changed', 'Check Out in New Worktree');
    const worktree = `${project()}-${branch.replaceAll('/', '-')}`;
    assert.equal(await opening, worktree);
    assert.equal((await git(worktree, ['branch', '--show-current'], signal)).trim(), branch);
    assert.match(await git(worktree, ['show', 'HEAD:src/cart.js'], signal), /taxRates\[country\] \/ 100/);
    assert.equal((await git(worktree, ['status', '--porcelain'], signal)).trim(), '');
    await git(project(), ['worktree', 'remove', worktree], signal);
    await git(project(), ['branch', '--delete', '--force', branch], signal);
    assert.equal(await stateOf(project()), before);
  });

  it('checks the branch out once nothing is in the way', async () => {
    const { workbench } = journey();
    await git(project(), ['stash', '--include-untracked'], signal);
    await workbench.clearNotifications();
    await runOnTask(workbench, 'Nightjar: Check Out Branch', title);
    await workbench.notification(`Checked out ${branch}`);
    assert.equal((await git(project(), ['branch', '--show-current'], signal)).trim(), branch);
    await workbench.screenshot('checked-out');
  });

  it('stops a running task', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Mark as Done', title);
    await taskRow(workbench, title).waitFor({ state: 'detached' });
    hold = { turn: 2, ...Promise.withResolvers<undefined>() };
    await previewOfSpec(workbench);
    await acceptPreview(workbench);
    await taskRow(workbench, title, 'Working').waitFor();
    await openPanel(workbench, title);
    await workbench.webview.getByRole('button', { name: 'Stop' }).click();
    await taskRow(workbench, title).waitFor({ state: 'detached' });
    await panelChip(workbench, 'Stopped').waitFor();
    await workbench.treeRow(/^Done/).click();
    await taskRow(workbench, title, 'Stopped').waitFor();
    await workbench.screenshot('task-stopped');
  });
});
