// A person connects to a runner elsewhere by address and token, trusts its certificate, hands off to it, and sees when it goes away and comes back.
import { join } from 'node:path';
import { describeJourney } from '../journey.ts';
import { RemoteRunner } from '../remoteRunner.ts';
import type { Workbench } from '../workbench.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, finish, write } from './scriptedAgents.ts';
import { acceptPreview, describeGoal, openPanel, panelChip, taskRow } from './taskSteps.ts';

const title = 'Mend the answer';
let runner: RemoteRunner;

async function prepare(folder: string, resources: AsyncDisposableStack) {
  const project = join(folder, 'answer');
  await createAnswerProject(project);
  const script = byTask({ [title]: [write('answer.txt', '42\n'), finish('The answer is right')] });
  const { env } = await startModel(script, resources);
  runner = resources.use(new RemoteRunner(join(folder, 'runner'), env));
  await runner.start();
  return { open: project };
}

/** Goes through the steps of connecting, which are open or about to; looks at the fingerprint before it trusts it. */
async function connect(workbench: Workbench, token: string): Promise<void> {
  const { quickInput, dialog } = workbench;
  await quickInput.pick('Another Runner…');
  await quickInput.answer('Address of the runner', runner.url);
  await dialog.getByText(runner.fingerprint).waitFor();
  await workbench.screenshot('runner-trust');
  await dialog.getByRole('button', { name: 'Trust This Runner' }).click();
  await quickInput.answer(/^Token: your own/, token);
}

describeJourney('a runner elsewhere', { prepare }, (journey) => {
  it('refuses a wrong token, which is told clearly', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await workbench.runCommand('Nightjar: Connect to Runner…');
    await connect(workbench, 'a wrong token');
    await workbench.notification(`The runner at ${runner.url} refused the token.`);
    await workbench.welcome.getByText('The runner is not reachable').waitFor();
    await workbench.screenshot('token-refused');
  });

  it('is connected with the right token, by the button of the message', async () => {
    const { workbench } = journey();
    await workbench.answerNotification('refused the token', 'Connect…');
    await connect(workbench, runner.token);
    await workbench.notification('Connected to a runner of version');
    await workbench.welcome.getByText('No background tasks yet').waitFor();
    await workbench.screenshot('runner-connected');
  });

  it('works on what is handed off', async () => {
    const { workbench } = journey();
    await workbench.clearNotifications();
    await describeGoal(workbench, title);
    await workbench.quickInput.rows(`to ${runner.url}`).waitFor();
    await acceptPreview(workbench);
    await openPanel(workbench, title);
    await panelChip(workbench, 'Verified').waitFor();
  });

  it('shows that it is gone', async () => {
    const { workbench } = journey();
    await workbench.clearNotifications();
    await runner.stop();
    await workbench.webview.getByRole('heading', { name: 'Not connected to the runner' }).waitFor();
    await workbench.page.locator('.sidebar').getByText('The runner is not reachable').waitFor();
    await workbench.screenshot('runner-gone-dark');
    await workbench.switchTheme('light');
    await workbench.screenshot('runner-gone-light');
  });

  it('is there again without anybody’s doing', async () => {
    const { workbench } = journey();
    await runner.start();
    await workbench.webview
      .getByRole('heading', { name: 'Not connected to the runner' })
      .waitFor({ state: 'detached' });
    await workbench.page
      .locator('.sidebar')
      .getByText('The runner is not reachable')
      .waitFor({ state: 'detached' });
    await panelChip(workbench, 'Verified').waitFor();
    await taskRow(workbench, title, 'Ready to review').waitFor();
  });
});
