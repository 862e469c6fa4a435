// A person opens the Nightjar view for the first time and is told what to do.
import assert from 'node:assert/strict';
import { describeJourney } from '../journey.ts';

describeJourney('the Nightjar view', {}, (workbench) => {
  it('opens from the activity bar and says what to do when there are no tasks', async () => {
    await workbench().openView('Nightjar');
    await workbench().welcome.first().waitFor();
    const words = await workbench().welcome.first().innerText();
    assert.notEqual(words.trim(), '', 'the welcome content is empty');
    await workbench().screenshot('welcome-dark');
  });

  it('follows the colour theme', async () => {
    await workbench().switchTheme('light');
    await workbench().welcome.first().waitFor();
    await workbench().screenshot('welcome-light');
  });
});
