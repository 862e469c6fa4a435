// What a person does with tasks after their first end: reply, look into the log, put away, run again, delete.
import assert from 'node:assert/strict';
import { describeJourney } from '../journey.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, conversationOf, finish, write } from './scriptedAgents.ts';
import { handOffGoal, panelHeading, runOnRow, runOnTask, taskRow } from './taskSteps.ts';
import type { ScriptedModel } from '../../support/scriptedModel.ts';

const title = 'Mend the answer';
const hint = 'Say why, please.';
/** Holds the task in its second round. */
const secondRound = Promise.withResolvers<undefined>();
const script = byTask({
  [title]: [
    write('answer.txt', '42\n'),
    finish('The answer is right'),
    { ...write('why.md', 'Because.\n'), after: secondRound.promise },
    finish('The reason is there'),
  ],
});

let model: ScriptedModel;

async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  const started = await startModel(script, resources);
  model = started.model;
  return { env: started.env };
}

describeJourney('a task that has ended', { prepare }, (journey) => {
  it('came from a goal that was typed', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await handOffGoal(workbench, title);
    await taskRow(workbench, title, 'Ready to review').waitFor();
  });

  it('goes on after a reply', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Reply…', title);
    await workbench.quickInput.answer('What shall the agent know or do?', hint);
    await taskRow(workbench, title, 'Working').waitFor();
    secondRound.resolve(undefined);
    await taskRow(workbench, title, 'Ready to review').waitFor();
    assert.ok(conversationOf(model, title).includes(hint));
  });

  it('shows the log of a check', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Show Log', title);
    await workbench.quickInput.pick('round 2');
    const text = workbench.page.locator('.editor-group-container.active .view-lines');
    await text.getByText('the answer is 4').waitFor();
    await workbench.screenshot('task-log');
  });

  it('is marked as done', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Mark as Done', title);
    await workbench.treeRow(/^Done/).waitFor();
    await taskRow(workbench, title).waitFor({ state: 'detached' });
  });

  it('is run again as a new task', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Run Again', title);
    await panelHeading(workbench, title).waitFor();
    await taskRow(workbench, title, 'Ready to review').waitFor();
    await workbench.treeRow(/^Done/).waitFor();
  });

  it('is deleted after a question', async () => {
    const { workbench } = journey();
    await workbench.treeRow(/^Done/).click();
    const done = taskRow(workbench, title, 'Done');
    await runOnRow(workbench, done, 'Delete…');
    await workbench.dialog.getByText(`Delete “${title}”?`).waitFor();
    await workbench.screenshot('task-delete');
    await workbench.dialog.getByRole('button', { name: 'Cancel' }).click();
    await workbench.dialog.waitFor({ state: 'detached' });
    await done.waitFor();
    await runOnRow(workbench, done, 'Delete…');
    await workbench.dialog.getByRole('button', { name: 'Delete' }).click();
    await done.waitFor({ state: 'detached' });
    await taskRow(workbench, title, 'Ready to review').waitFor();
  });
});
