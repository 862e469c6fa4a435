// What happens only once a person has agreed to it: a secret that ships, a network that opens, files that run when a folder is opened.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../../demo/sampleProject.ts';
import { madeUp } from '../../shared/secrets/plantedSecrets.ts';
import type { Reply } from '../../support/scriptedModel.ts';
import { describeJourney } from '../journey.ts';
import type { Workbench } from '../workbench.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, finish, write } from './scriptedAgents.ts';
import { describeGoal, openPanel, panelChip, runOnTask, taskRow } from './taskSteps.ts';

const title = 'Mend it with consent';
const branch = 'nightjar/mend-it-with-consent';
const blockedHost = 'packages.example';
const signal = AbortSignal.timeout(600_000);

const reachOut: Reply = {
  calls: [{ name: 'run', arguments: { command: `curl -sS -m 5 https://${blockedHost}/` } }],
};
const script = byTask({
  [title]: [reachOut, write('.envrc', 'export X=1\n'), write('answer.txt', '42\n'), finish('It is right')],
});

async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  await writeFile(join(folder, '.env'), `API_TOKEN=${madeUp('word', 40)}\n`);
  return { env: (await startModel(script, resources)).env };
}

/** The question that blocks the window, answered by the button; the window is free again then. */
async function answerDialog(workbench: Workbench, question: string | RegExp, button: string): Promise<void> {
  await workbench.dialog.getByText(question).waitFor();
  await workbench.dialog.getByRole('button', { name: button }).click();
  await workbench.dialog.waitFor({ state: 'detached' });
}

describeJourney('the consent of the user', { prepare }, (journey) => {
  const currentBranch = async (): Promise<string> =>
    (await git(journey().folder, ['branch', '--show-current'], signal)).trim();

  it('is asked before a file with a secret ships, and may be refused', async () => {
    const { workbench } = journey();
    const { quickInput } = workbench;
    await workbench.openView('Nightjar');
    await describeGoal(workbench, title);
    for (const button of ['Cancel', 'Ship It Anyway']) {
      await quickInput.pick(/1 path stays behind/);
      await quickInput.pick('.env');
      await workbench.dialog.getByText('Ship .env?').waitFor();
      await workbench.screenshot('consent-secret');
      await answerDialog(workbench, 'Ship .env?', button);
    }
    await quickInput.rows('.env goes along with a secret').waitFor();
    assert.equal(await quickInput.rows(/stays behind/).count(), 0);
  });

  it('is asked before commands reach the whole network, and not for named hosts', async () => {
    const { workbench } = journey();
    const { quickInput } = workbench;
    await quickInput.pick(/Network\s*package registries/);
    await quickInput.activeRow.filter({ hasText: /Package Registries\s*now/ }).waitFor();
    await workbench.screenshot('network-picker');
    await quickInput.accept();
    await quickInput.pick(/Network\s*package registries/);
    await quickInput.pick('Named Hosts…');
    await quickInput.answer(/Names, separated by commas/, 'registries, api.example.com');
    await quickInput.rows(/Network.*api\.example\.com.*your code can be sent there/).waitFor();
    await quickInput.pick(/Network.*api\.example\.com/);
    await quickInput.activeRow.filter({ hasText: /Named Hosts….*now/ }).waitFor();
    await quickInput.pick('Everything…');
    await answerDialog(workbench, /reach the whole network\?/, 'Cancel');
    await quickInput.rows(/Network.*api\.example\.com/).waitFor();
    // The row that was changed has the focus; the hand-off has to be chosen.
    await quickInput.pick(/Hand Off\s*to /);
    await quickInput.widget.waitFor({ state: 'hidden' });
    await taskRow(workbench, title, 'Ready to review').waitFor();
  });

  it('opens the network for the host whose button was pressed', async () => {
    const { workbench } = journey();
    await openPanel(workbench, title);
    await panelChip(workbench, 'Network: 1 host').waitFor();
    const card = workbench.webview.locator('.card', { hasText: 'The sandbox blocked a host' });
    await workbench.screenshot('host-blocked');
    await card.getByRole('button', { name: `Allow ${blockedHost} for this task` }).click();
    await card.waitFor({ state: 'detached' });
    await panelChip(workbench, 'Network: 2 hosts').waitFor();
    await workbench.webview.locator('.item', { hasText: `You allowed ${blockedHost}` }).waitFor();
  });

  it('is asked before files are there that run when their folder is opened', async () => {
    const { workbench, folder } = journey();
    await git(folder, ['stash', '--include-untracked'], signal);
    await runOnTask(workbench, 'Nightjar: Check Out Branch', title);
    await workbench.dialog.getByText('.envrc').waitFor();
    await workbench.screenshot('consent-check-out');
    await answerDialog(workbench, /have something run when its folder is opened/, 'Cancel');
    assert.equal(await currentBranch(), 'main');
    await runOnTask(workbench, 'Nightjar: Check Out Branch', title);
    await answerDialog(workbench, /have something run when its folder is opened/, 'Check Out');
    await workbench.notification(`Checked out ${branch}`);
    assert.equal(await currentBranch(), branch);
  });
});
