// What a person does about a task's limits and its turn: more budget, a place further up, a new start from a turn, all in two windows.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endRunner } from '../../support/endRunner.ts';
import type { ScriptedModel } from '../../support/scriptedModel.ts';
import { describeJourney } from '../journey.ts';
import type { Workbench } from '../workbench.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, conversationOf, finish, read, write } from './scriptedAgents.ts';
import {
  handOffGoal,
  openPanel,
  panelChip,
  panelHeading,
  runOnRow,
  runOnTask,
  taskRow,
} from './taskSteps.ts';

const long = 'Read for long';
const holding = 'Hold the place';
const first = 'Wait in front';
const second = 'Wait behind';
/** Holds the only place of the runner. */
const release = Promise.withResolvers<undefined>();
const mended = [write('answer.txt', '42\n'), finish('The answer is right')];
const script = byTask({
  [long]: [read('notes.txt'), read('check.mjs'), ...mended],
  [holding]: [{ ...write('answer.txt', '42\n'), after: release.promise }, finish('It is free')],
  [first]: mended,
  [second]: mended,
});

let model: ScriptedModel;
let other: Workbench;

/** Two turns for each task, and one place for all of them. */
async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  await mkdir(join(folder, '.nightjar'));
  await writeFile(join(folder, '.nightjar', 'config.yaml'), 'budget:\n  turns: 2\n');
  const data = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-limits-')));
  resources.defer(() => rm(data, { recursive: true, force: true, maxRetries: 5 }));
  resources.defer(() => endRunner(data));
  await writeFile(join(data, 'config.yaml'), 'maxConcurrent: 1\n');
  const started = await startModel(script, resources);
  model = started.model;
  return { env: { ...started.env, NIGHTJAR_DATA: data } };
}

/** The place of the first request about a task among all of them. */
function firstRequestAbout(title: string): number {
  return model.requests.findIndex(({ body }) => JSON.stringify(body.messages).includes(title));
}

describeJourney('the limits of a task', { prepare }, (journey) => {
  it('end it where its budget is used up', async () => {
    const { workbench, session, folder } = journey();
    other = await session.open(folder);
    for (const window of [workbench, other]) await window.openView('Nightjar');
    await handOffGoal(workbench, long);
    for (const window of [workbench, other]) await taskRow(window, long, 'Failed').waitFor();
  });

  it('are doubled, and it goes on to its end', async () => {
    const { workbench } = journey();
    await runOnTask(workbench, 'Nightjar: Double Budget', long);
    await taskRow(workbench, long, 'Ready to review').waitFor();
    assert.ok(conversationOf(model, long).includes('The user has raised the budget'));
  });

  it('let one that waits go before another', async () => {
    const { workbench } = journey();
    await handOffGoal(workbench, holding);
    await taskRow(workbench, holding, 'Working').waitFor();
    for (const title of [first, second]) {
      await handOffGoal(workbench, title);
      await taskRow(workbench, title, 'Queued').waitFor();
    }
    await runOnTask(workbench, 'Nightjar: Set Priority…', second);
    await workbench.quickInput.activeRow.filter({ hasText: /Normal\s*now/ }).waitFor();
    await workbench.quickInput.pick('Goes before all others that wait.');
    await openPanel(workbench, second);
    await workbench.webview
      .getByText(/Waiting, 1st of 2/)
      .first()
      .waitFor();
    await workbench.screenshot('task-priority');
    release.resolve(undefined);
    for (const title of [second, first]) await taskRow(workbench, title, 'Ready to review').waitFor();
    assert.ok(
      firstRequestAbout(second) < firstRequestAbout(first),
      'the one with the higher priority goes first',
    );
  });

  it('let the work begin again from a turn', async () => {
    const { workbench } = journey();
    await openPanel(workbench, first);
    await workbench.webview.getByRole('button', { name: 'Turn 1: run again from here' }).click();
    await workbench.dialog.getByText(`Run “${first}” again from turn 1?`).waitFor();
    await workbench.dialog.getByRole('button', { name: 'Run Again' }).click();
    await workbench.dialog.waitFor({ state: 'detached' });
    await taskRow(workbench, first, 'Ready to review').nth(1).waitFor();
    await panelHeading(workbench, first).waitFor();
    await panelChip(workbench, 'Verified').waitFor();
    assert.ok(conversationOf(model, first).includes('start again from here, after turn 1'));
  });

  it('close its panel in every window where it is deleted', async () => {
    const { workbench } = journey();
    for (const window of [workbench, other]) {
      await openPanel(window, long);
      await window.tab(long).waitFor();
    }
    await runOnRow(workbench, taskRow(workbench, long), 'Delete…');
    await workbench.dialog.getByRole('button', { name: 'Delete' }).click();
    for (const window of [workbench, other]) {
      await taskRow(window, long).waitFor({ state: 'detached' });
      await window.anyTab(long).waitFor({ state: 'detached' });
    }
    await workbench.anyTab(second).waitFor();
  });
});
