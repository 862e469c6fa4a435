// A person hands off in a repository that has no commits yet, and makes the first one with the button that is offered.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../../demo/sampleProject.ts';
import { describeJourney } from '../journey.ts';

const signal = AbortSignal.timeout(300_000);
let project: string;

async function prepare(folder: string): Promise<Record<string, string>> {
  project = folder;
  await git(folder, ['init', '-q', '-b', 'main'], signal);
  await git(folder, ['config', 'user.name', 'A Person'], signal);
  await git(folder, ['config', 'user.email', 'person@example.org'], signal);
  await writeFile(join(folder, 'a.txt'), 'a\n');
  return { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
}

describeJourney('a repository without commits', { prepare }, (workbench) => {
  it('gets its first one by a button, and the hand-off goes on', async () => {
    await workbench().openView('Nightjar');
    await workbench().runCommand('Nightjar: Hand Off to Background…');
    await workbench().page.getByText('What shall the agent achieve?').waitFor();
    await workbench().input.fill('Do something');
    await workbench().page.keyboard.press('Enter');
    const offer = workbench().page.getByRole('button', { name: 'Make First Commit' });
    await offer.waitFor();
    await workbench().screenshot('first-commit');
    await offer.click();
    const rows = workbench().page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'Hand Off' }).first().waitFor({ timeout: 20_000 });
    assert.equal((await git(project, ['rev-list', '--count', 'HEAD'], signal)).trim(), '1');
  });
});
