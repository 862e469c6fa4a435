// Images that a check made: drawn at their criterion as they were before and are after, and opened in the editor's own viewer.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawing, drawingProgram } from '../../support/drawing.ts';
import { describeJourney } from '../journey.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, finish, write } from './scriptedAgents.ts';
import { acceptPreview, handOffCommand, openPanel, taskRow } from './taskSteps.ts';

const title = 'Make the answer right';
const spec = `# ${title}

## Goal
The page shows the wrong answer in red.

## Acceptance criteria
- [ ] The answer is right: \`npm test\`
- [ ] The page is green: \`node ${drawing.program}\` makes \`${drawing.image}\`
`;

async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  await writeFile(join(folder, 'answer.task.md'), spec);
  await writeFile(join(folder, drawing.program), drawingProgram);
  const script = byTask({ [title]: [write('answer.txt', '42\n'), finish('Right.')] });
  return { env: (await startModel(script, resources)).env };
}

describeJourney('images that a check made', { prepare }, (journey) => {
  it('are drawn at their criterion, that of before beside that of after', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await workbench.openFile('answer.task.md');
    await workbench.runCommand(handOffCommand);
    await acceptPreview(workbench);
    await taskRow(workbench, title, 'Ready to review').waitFor();
    await openPanel(workbench, title);
    const figures = workbench.webview.locator('.criteria figure');
    assert.deepEqual(await figures.locator('figcaption').allTextContents(), ['Before', 'After']);
    for (const index of [0, 1])
      assert.equal(await figures.nth(index).locator('img').evaluate(widthOnceDrawn), 640);
  });

  for (const theme of ['light', 'dark', 'highContrast'] as const) {
    it(`fit in ${theme}`, async () => {
      const { workbench } = journey();
      await workbench.clearNotifications();
      await workbench.switchTheme(theme);
      await openPanel(workbench, title);
      await workbench.screenshot(`images ${theme}`);
    });
  }

  it('fit in a narrow window', async () => {
    const { workbench } = journey();
    await workbench.page.setViewportSize({ width: 680, height: 900 });
    await workbench.webview.locator('.criteria figure').last().scrollIntoViewIfNeeded();
    await workbench.screenshot('images narrow');
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
  });

  it('open in the editor’s own viewer', async () => {
    const { workbench } = journey();
    await workbench.webview.getByRole('button', { name: 'The page is green, after the change' }).click();
    await workbench.tab('round-1-check-2.png').waitFor();
    await workbench.webview.locator('img').waitFor();
    await workbench.screenshot('image opened');
  });
});

/** In the page. */
async function widthOnceDrawn(image: Drawn): Promise<number> {
  await image.decode();
  return image.naturalWidth;
}

interface Drawn {
  readonly naturalWidth: number;
  decode(): Promise<void>;
}
