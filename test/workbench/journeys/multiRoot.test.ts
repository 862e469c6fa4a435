// A window with two repositories: a task belongs to the one that the person works in, or the one that they choose.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeJourney } from '../journey.ts';
import { createAnswerProject, receivedResults, startModel } from './answerProject.ts';
import { byTask, finish, write } from './scriptedAgents.ts';
import {
  acceptPreview,
  describeGoal,
  handOffGoal,
  openPanel,
  panelChip,
  runOnTask,
  taskRow,
} from './taskSteps.ts';

const near = 'Mend the answer at hand';
const chosen = 'Mend the answer elsewhere';

async function prepare(folder: string, resources: AsyncDisposableStack) {
  for (const name of ['first', 'second']) await createAnswerProject(join(folder, name));
  await writeFile(join(folder, 'second', 'only-here.txt'), 'the second one\n');
  const open = join(folder, 'both.code-workspace');
  await writeFile(open, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
  const steps = [write('answer.txt', '42\n'), finish('The answer is right')];
  const { env } = await startModel(byTask({ [near]: steps, [chosen]: steps }), resources);
  return { open, env };
}

describeJourney('a window with two repositories', { prepare }, (journey) => {
  /** How many results each repository has received. */
  async function received(): Promise<number[]> {
    const { folder } = journey();
    const results = ['first', 'second'].map(async (name) => receivedResults(join(folder, name)));
    return (await Promise.all(results)).map(({ length }) => length);
  }

  it('hands off from the repository of the file in front', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await workbench.openFile('only-here.txt');
    await handOffGoal(workbench, near);
    await openPanel(workbench, near);
    await panelChip(workbench, 'Verified').waitFor();
    await workbench.screenshot('two-repositories');
  });

  it('brings the changes to that repository', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Review Changes', near);
    await workbench.page.locator('.multiDiffEntry').filter({ hasText: 'answer.txt' }).first().waitFor();
    assert.deepEqual(await received(), [0, 1]);
  });

  it('asks which repository is meant where no file is in front', async () => {
    const { workbench } = journey();
    await workbench.runCommand('View: Close All Editors');
    await describeGoal(workbench, chosen);
    await workbench.page.getByPlaceholder('Hand off from which folder?').waitFor();
    await workbench.quickInput.pick('first');
    await acceptPreview(workbench);
    await taskRow(workbench, chosen, 'Ready to review').waitFor();
    await runOnTask(workbench, 'Nightjar: Review Changes', chosen);
    await workbench.page.locator('.multiDiffEntry').filter({ hasText: 'answer.txt' }).first().waitFor();
    assert.deepEqual(await received(), [1, 1]);
  });
});
