// The window is loaded anew: the panel of a task comes back with all that was in it.
import assert from 'node:assert/strict';
import { describeJourney } from '../journey.ts';
import type { ScriptedModel } from '../../support/scriptedModel.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, conversationOf, finish, write } from './scriptedAgents.ts';
import { handOffGoal, openPanel, panelChip, panelHeading, taskRow } from './taskSteps.ts';

const title = 'Mend the answer';
const draft = 'One more thing: say why.';
let model: ScriptedModel;

async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  const script = byTask({
    [title]: [
      write('answer.txt', '42\n'),
      finish('The answer is right'),
      write('why.md', 'Because.\n'),
      finish('The reason is there'),
    ],
  });
  const started = await startModel(script, resources);
  model = started.model;
  return { env: started.env };
}

describeJourney('a window that is loaded anew', { prepare }, (journey) => {
  it('had a panel with a reply that was not sent', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await handOffGoal(workbench, title);
    await openPanel(workbench, title);
    await panelChip(workbench, 'Verified').waitFor();
    await workbench.webview.getByRole('textbox').fill(draft);
  });

  it('brings the panel back, with the reply', async () => {
    const { workbench } = journey();
    await workbench.reload(draft);
    await workbench.tab(title).waitFor();
    await panelHeading(workbench, title).waitFor();
    await panelChip(workbench, 'Verified').waitFor();
    await taskRow(workbench, title, 'Ready to review').waitFor();
    assert.equal(await workbench.webview.getByRole('textbox').inputValue(), draft);
    await workbench.screenshot('reloaded');
  });

  it('sends the reply then', async () => {
    const { workbench } = journey();
    await workbench.webview.getByRole('button', { name: 'Send' }).click();
    await workbench.webview.getByRole('button', { name: 'why.md' }).waitFor();
    assert.ok(conversationOf(model, title).includes(draft));
  });
});
