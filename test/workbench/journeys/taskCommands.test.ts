// What a person does with tasks after their first end: reply, run again, look into the log, put away, delete.
import { demoScript } from '../../demo/demoScript.ts';
import { createSampleProject } from '../../demo/sampleProject.ts';
import { scriptedModelName, startScriptedModel, type ScriptedModel } from '../../support/scriptedModel.ts';
import { describeJourney } from '../journey.ts';
import type { Workbench } from '../workbench.ts';

/** Milliseconds that a task with its checks may take on a busy machine. */
const taskTimeoutMs = 60_000;

let model: ScriptedModel;

async function prepare(folder: string): Promise<Record<string, string>> {
  await createSampleProject(folder, AbortSignal.timeout(60_000));
  model = await startScriptedModel({ script: demoScript(100) });
  return { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'scripted', NIGHTJAR_MODEL: scriptedModelName };
}

/** Runs a command of the palette for the first task that it offers. */
async function runOnTask(workbench: Workbench, command: string): Promise<void> {
  await workbench.runCommand(command);
  const row = workbench.page.locator('.quick-input-list .monaco-list-row.focused');
  await row.filter({ hasText: 'Mend the cart' }).waitFor();
  await workbench.page.keyboard.press('Enter');
}

describeJourney('a task that has ended', { prepare }, (workbench) => {
  after(async () => {
    await model[Symbol.asyncDispose]();
  });

  it('came from a goal that was typed', async () => {
    await workbench().openView('Nightjar');
    await workbench().runCommand('Nightjar: Hand Off to Background…');
    await workbench().page.getByText('What shall the agent achieve?').waitFor();
    await workbench().input.fill('Mend the cart');
    await workbench().page.keyboard.press('Enter');
    const rows = workbench().page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: '3 changed files' }).waitFor({ timeout: 20_000 });
    await workbench().page.keyboard.press('Enter');
    await workbench()
      .treeRow(/^Ready to Review/)
      .waitFor({ timeout: taskTimeoutMs });
  });

  it('is run again as a new task', async () => {
    await runOnTask(workbench(), 'Nightjar: Run Again');
    await workbench()
      .treeRow(/Mend the cart/)
      .nth(1)
      .waitFor();
  });

  it('is marked as done', async () => {
    await runOnTask(workbench(), 'Nightjar: Mark as Done');
    await workbench().treeRow(/^Done/).waitFor();
  });

  it('goes on after a reply', async () => {
    await runOnTask(workbench(), 'Nightjar: Reply…');
    await workbench().input.fill('Round half up, please.');
    await workbench().page.keyboard.press('Enter');
    await workbench()
      .treeRow(/^(?:Running|Needs You)/)
      .first()
      .waitFor();
  });

  it('shows its log', async () => {
    await runOnTask(workbench(), 'Nightjar: Show Log');
    await workbench().screenshot('task-log');
  });

  it('is deleted after a question', async () => {
    await runOnTask(workbench(), 'Nightjar: Delete…');
    await workbench().page.locator('.monaco-dialog-box').waitFor();
    await workbench().screenshot('task-delete');
    await workbench().page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete' }).click();
    // Only what has ended is offered: the task that was marked as done.
    await workbench().treeRow(/^Done/).waitFor({ state: 'detached' });
    await workbench()
      .treeRow(/Mend the cart/)
      .waitFor();
  });
});
