// A person hands off while a file has changes that are only in its editor: they are asked, and what they chose is what ships.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeJourney } from '../journey.ts';
import type { ScriptedModel } from '../../support/scriptedModel.ts';
import type { Workbench } from '../workbench.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, conversationOf, finish, read, write } from './scriptedAgents.ts';
import { acceptPreview, describeGoal, taskRow } from './taskSteps.ts';

const file = 'notes.txt';
const typed = 'as typed, ';
const withoutSaving = 'Read what is saved';
const saved = 'Read what was typed';
let model: ScriptedModel;

async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  const steps = [read(file), write('answer.txt', '42\n'), finish('I have read it')];
  const started = await startModel(byTask({ [withoutSaving]: steps, [saved]: steps }), resources);
  model = started.model;
  return { env: started.env };
}

/** Gives one of the answers to the question about unsaved files. */
async function answer(workbench: Workbench, button: string): Promise<void> {
  await workbench.dialog.getByText('1 file has unsaved changes.').waitFor();
  await workbench.dialog.getByText(file).waitFor();
  await workbench.dialog.getByRole('button', { name: button }).click();
  await workbench.dialog.waitFor({ state: 'detached' });
}

describeJourney('a file with unsaved changes', { prepare }, (journey) => {
  const onDisk = async (): Promise<string> => readFile(join(journey().folder, file), 'utf8');

  it('stops a hand-off that is cancelled', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await workbench.openFile(file);
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.type(typed);
    await workbench.page.locator('.tab.active.dirty').waitFor();
    await describeGoal(workbench, withoutSaving);
    await workbench.dialog.getByText('Only what is saved goes along').waitFor();
    await workbench.screenshot('unsaved-editors');
    await answer(workbench, 'Cancel');
    await workbench.page.locator('.tab.active.dirty').waitFor();
    assert.equal(model.requests.length, 0);
  });

  it('ships as it is on the disk where it is not saved', async () => {
    const { workbench } = journey();
    await describeGoal(workbench, withoutSaving);
    await answer(workbench, 'Hand Off Without Saving');
    await acceptPreview(workbench);
    await taskRow(workbench, withoutSaving, 'Ready to review').waitFor();
    assert.match(conversationOf(model, withoutSaving), /^1\tas saved$/m);
    assert.equal(await onDisk(), 'as saved\n');
    await workbench.page.locator('.tab.active.dirty').waitFor();
  });

  it('ships as it was typed where it is saved', async () => {
    const { workbench } = journey();
    await describeGoal(workbench, saved);
    await answer(workbench, 'Save All');
    await acceptPreview(workbench);
    await taskRow(workbench, saved, 'Ready to review').waitFor();
    assert.match(conversationOf(model, saved), /^1\tas typed, as saved$/m);
    assert.equal(await onDisk(), `${typed}as saved\n`);
    await workbench.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  });
});
