// How tasks look: in each theme, in a wide and in a narrow window, with long and odd names, delivered and failed.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeJourney } from '../journey.ts';
import type { Workbench } from '../workbench.ts';
import { createAnswerProject, startModel } from './answerProject.ts';
import { byTask, finish, write } from './scriptedAgents.ts';
import { acceptPreview, handOffCommand, handOffGoal, openPanel, panelChip, taskRow } from './taskSteps.ts';

const long =
  'Mend the answer to the question of life, the universe and everything, in all languages and regions that the ' +
  'documentation names, without touching the translations that were reviewed last week';
const refused = 'Reach a model';
const oddFiles = [
  'docs/ünïcödé – 很长的文件名/“quotes” & <b>tags.md',
  `src/${'deeply/nested/'.repeat(6)}${'a-very-long-file-name-that-nobody-would-choose'.repeat(2)}.ts`,
  '-rf * $(touch x).txt',
];
const spec = `# ${long}

## Goal
The check fails since the answer became wrong. Nobody knows when that was, and there is a very long word in this text:
${'Donaudampfschifffahrtsgesellschaft'.repeat(6)}

## Acceptance criteria
- [ ] The answer is right, which is proved by a command that goes on for long: \`npm test -- --reporter=a-very-long-name --and-another-option=with-a-long-value\`
- [ ] The documentation reads well

## Constraints
Don't change \`check.mjs\`.
`;

async function prepare(folder: string, resources: AsyncDisposableStack) {
  await createAnswerProject(folder);
  await writeFile(join(folder, 'long.task.md'), spec);
  const script = byTask({
    [long]: [
      ...oddFiles.map((path) => write(path, `${'x'.repeat(300)}\n`)),
      write('answer.txt', '42\n'),
      finish(`Done.\n\n- ${'a long word '.repeat(20)}\n- \`${'code'.repeat(60)}\``),
    ],
    [refused]: [{ fail: 401, body: { error: { message: 'Incorrect API key provided: scripted' } } }],
  });
  return { env: (await startModel(script, resources)).env };
}

describeJourney('the looks of tasks', { prepare }, (journey) => {
  it('begin with a long spec and odd file names', async () => {
    const { workbench } = journey();
    await workbench.openView('Nightjar');
    await workbench.openFile('long.task.md');
    await workbench.runCommand(handOffCommand);
    await workbench.quickInput.rows('npm test').first().waitFor();
    await workbench.screenshot('looks-preview');
    await acceptPreview(workbench);
    await taskRow(workbench, long, 'Ready to review').waitFor();
  });

  it('go on with a model that refuses the key', async () => {
    const { workbench } = journey();
    await workbench.runCommand('View: Close All Editors');
    await handOffGoal(workbench, refused);
    await taskRow(workbench, refused, 'Failed').waitFor();
    await workbench.clearNotifications();
  });

  for (const theme of ['dark', 'light', 'highContrast'] as const) {
    it(`fit in ${theme}`, async () => {
      const { workbench } = journey();
      await workbench.switchTheme(theme);
      await lookAt(workbench, theme);
    });
  }

  it('fit in a narrow window', async () => {
    const { workbench } = journey();
    await workbench.page.setViewportSize({ width: 900, height: 700 });
    await widenSideBar(workbench, 500);
    for (const theme of ['highContrast', 'light'] as const) {
      await workbench.switchTheme(theme);
      await lookAt(workbench, `${theme} narrow`);
    }
  });

  it('show every changed file below its task', async () => {
    const { workbench } = journey();
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await taskRow(workbench, long).locator('.monaco-tl-twistie').click();
    await workbench.treeRow(/^-rf \* \$\(touch x\)\.txt/).waitFor();
    await workbench.screenshot('looks-tree-expanded');
  });
});

/** Keeps pictures of both tasks, and demands that nothing of their panels is wider than the panel. */
async function lookAt(workbench: Workbench, name: string): Promise<void> {
  for (const [title, chip, picture] of [
    [refused, 'Failed', 'failed'],
    [long, 'Ready to Review', 'delivered'],
  ] as const) {
    await openPanel(workbench, title);
    await panelChip(workbench, chip).waitFor();
    await workbench.page.mouse.move(4, 4);
    await workbench.screenshot(`looks ${picture} ${name}`);
    for (const part of ['html', 'body']) {
      const [content, visible] = await workbench.webview.locator(part).evaluate(widthsOf);
      assert.ok(
        content <= visible,
        `${part} is ${content} pixels wide of which ${visible} show: ${picture} ${name}`,
      );
    }
  }
}

/** Moves the border of the side bar to `x`. */
async function widenSideBar(workbench: Workbench, x: number): Promise<void> {
  const box = await workbench.page.locator('.part.sidebar').boundingBox();
  assert.ok(box !== null);
  const { mouse } = workbench.page;
  await mouse.move(box.x + box.width, box.y + box.height / 2);
  await mouse.down();
  await mouse.move(x, box.y + box.height / 2, { steps: 5 });
  await mouse.up();
}

/** In the page. */
function widthsOf(element: { readonly scrollWidth: number; readonly clientWidth: number }): [number, number] {
  return [element.scrollWidth, element.clientWidth];
}
