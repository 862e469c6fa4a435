// A person opens the view for the first time, in a folder that is no repository yet, and is led to the first hand-off.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../../demo/sampleProject.ts';
import { describeJourney } from '../journey.ts';
import { describeGoal } from './taskSteps.ts';

const signal = AbortSignal.timeout(600_000);

async function prepare(folder: string) {
  await writeFile(join(folder, 'a.txt'), 'a\n');
  // Nothing listens there: the journey ends before a model is needed.
  return { env: { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } };
}

describeJourney('the first steps', { prepare }, (journey) => {
  it('begin with what to do where there is no repository', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await workbench.welcome.getByRole('button', { name: 'Initialize Repository' }).waitFor();
    await workbench.screenshot('welcome-dark');
  });

  it('look right in another theme', async () => {
    const { workbench } = journey();
    await workbench.switchTheme('light');
    await workbench.screenshot('welcome-light');
  });

  it('make the folder a repository', async () => {
    const { workbench, folder } = journey();
    await workbench.welcome.getByRole('button', { name: 'Initialize Repository' }).click();
    await workbench.welcome.getByRole('button', { name: 'Hand Off to Background…' }).waitFor();
    assert.equal((await git(folder, ['rev-parse', '--is-inside-work-tree'], signal)).trim(), 'true');
    await workbench.screenshot('welcome-repository');
  });

  it('make the first commit by a button, and the hand-off goes on', async () => {
    const { workbench, folder } = journey();
    await git(folder, ['config', 'user.name', 'A Person'], signal);
    await git(folder, ['config', 'user.email', 'person@example.org'], signal);
    await describeGoal(workbench, 'Do something');
    await workbench.notification('has no commits yet');
    await workbench.screenshot('first-commit');
    await workbench.answerNotification('has no commits yet', 'Make First Commit');
    await workbench.quickInput.rows(/Hand Off\s*to /).waitFor();
    assert.equal((await git(folder, ['rev-list', '--count', 'HEAD'], signal)).trim(), '1');
    await workbench.page.keyboard.press('Escape');
  });
});
