// The agent asks: every window shows it, one of them tells the person, and an answer given in one is known in all.
import assert from 'node:assert/strict';
import { describeJourney } from '../journey.ts';
import { until } from '../patience.ts';
import type { ScriptedModel } from '../../support/scriptedModel.ts';
import type { Workbench } from '../workbench.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { ask, byTask, conversationOf, finish, write } from './scriptedAgents.ts';
import { handOffGoal, openPanel, panelChip, taskRow } from './taskSteps.ts';

const title = 'Mend the answer';
const question = 'Which answer do you want?';
const told = 'Forty-two, of course.';
const later = 'Mend it again';
let model: ScriptedModel;
let other: Workbench;

async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  const steps = [ask(question, 'The old one'), write('answer.txt', '42\n'), finish('As you wished')];
  const started = await startModel(byTask({ [title]: steps, [later]: steps }), resources);
  model = started.model;
  return { env: started.env };
}

describeJourney('a question', { prepare }, (journey) => {
  const windows = (): Workbench[] => [journey().workbench, other];

  /** The windows whose list of notifications has the question of a task. */
  async function tellingWindows(task: string): Promise<Workbench[]> {
    const telling: Workbench[] = [];
    for (const window of windows()) {
      if ((await window.notifications(`“${task}” needs input`).count()) > 0) telling.push(window);
    }
    return telling;
  }

  /** Resolves once a window tells the question of a task: that takes some seconds, in which further ones are gathered. */
  async function untilTold(task: string): Promise<void> {
    for (const window of windows()) await window.runCommand('Notifications: Show Notifications');
    await until(`a window tells of “${task}”`, async () => (await tellingWindows(task)).length > 0);
  }

  it('shows in every window', async () => {
    const { workbench, session, folder } = journey();
    other = await session.open(folder);
    for (const window of windows()) await window.openView('Nightjar');
    await handOffGoal(workbench, title);
    for (const window of windows()) {
      await taskRow(window, title, 'Needs input').waitFor();
      await window.treeRow(/^Needs You/).waitFor();
    }
  });

  it('is told by one window only', async () => {
    const { workbench } = journey();
    await untilTold(title);
    await (await tellingWindows(title))[0]?.screenshot('question-told');
    // A second question, asked now: when it is told, every window has had its turn to tell the first.
    await handOffGoal(workbench, later);
    await untilTold(later);
    assert.equal((await tellingWindows(title)).length, 1);
  });

  it('is answered in the panel of one window, and gone in the other', async () => {
    const { workbench } = journey();
    for (const window of windows()) await window.clearNotifications();
    await openPanel(other, title);
    await other.webview.getByText(question).first().waitFor();
    await openPanel(workbench, title);
    await workbench.webview.getByRole('heading', { name: 'The agent asks' }).waitFor();
    await workbench.screenshot('question-panel');
    await workbench.webview.getByRole('textbox').fill(told);
    await workbench.webview.getByRole('button', { name: 'Send' }).click();
    await other.webview.getByRole('heading', { name: 'The agent asks' }).waitFor({ state: 'detached' });
    await panelChip(other, 'Verified').waitFor();
    await taskRow(other, title, 'Ready to review').waitFor();
    assert.ok(conversationOf(model, title).includes(told));
  });
});
