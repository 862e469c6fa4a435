// The task panel's page in a real browser: what it shows in each state, what the keyboard reaches, what can't happen.
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { Fact } from '../../../shared/task/events.ts';
import { eventAt } from '../../support/taskFacts.ts';
import { startBrowser } from '../../workbench/browser.ts';
import { PanelPage, PanelServer, type PanelOptions } from './panelPage.ts';
import { drawnFor } from '../../support/drawing.ts';
import * as tasks from './panelTasks.ts';

const { prepared, firstRound, secondRound, delivered, taskOf } = tasks;

/** A result with something to say in each part of what backs or doubts it. */
const doubted: readonly Fact[] = [
  tasks.createdWithCriteria,
  ...prepared.slice(1),
  ...firstRound,
  tasks.stuck,
  ...tasks.flaky,
  ...tasks.doubted,
  ...delivered('verified', 'checksPassed', { evidence: tasks.evidenceBlob }),
];
/** A result with images to look at. */
const drawn: readonly Fact[] = [
  tasks.createdWithCriteria,
  ...prepared.slice(1),
  ...firstRound,
  ...secondRound,
  tasks.withImages,
  ...delivered('verified'),
];
const signed = { state: 'here', keyIds: ['3f9a1c2b'.repeat(8)] } as const;

describe('the task panel’s page', function () {
  this.timeout(60_000);
  let browser: Browser;
  let server: PanelServer;

  before(async () => {
    browser = await startBrowser(new AbortController().signal);
    server = await PanelServer.start();
    const [right, wrong] = [await drawnFor('42'), await drawnFor('41')];
    const [huge, broken] = [Buffer.from(right), Buffer.from(right).fill(0, 24)];
    huge.fill(0x01, 16, 24);
    for (const [name, bytes] of Object.entries({
      'after.png': right,
      'before.png': wrong,
      'alone.png': right,
    }))
      server.images.set(name, bytes);
    server.images.set('huge.png', huge).set('broken.png', broken);
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
    await browser.close();
  });

  const open = async (facts: readonly Fact[], options: Partial<PanelOptions> = {}): Promise<PanelPage> =>
    PanelPage.open(browser, server, { theme: 'dark', ...options, events: taskOf(facts) });

  const states: readonly { name: string; facts: readonly Fact[]; options?: Partial<PanelOptions> }[] = [
    { name: 'verified-dark', facts: [...prepared, ...firstRound, ...secondRound, ...delivered('verified')] },
    {
      name: 'verified-light',
      facts: [...prepared, ...firstRound, ...secondRound, ...delivered('verified')],
      options: { theme: 'light' },
    },
    {
      name: 'verified-high-contrast',
      facts: [...prepared, ...firstRound, ...secondRound, ...delivered('verified')],
      options: { theme: 'highContrast' },
    },
    {
      name: 'verified-narrow',
      facts: [...prepared, ...firstRound, ...secondRound, ...delivered('verified')],
      options: { width: 300 },
    },
    {
      name: 'needs-input-dark',
      facts: [...prepared, ...firstRound, ...tasks.asking],
    },
    {
      name: 'needs-input-light',
      facts: [...prepared, ...firstRound, ...tasks.asking],
      options: { theme: 'light' },
    },
    { name: 'checks-failed', facts: [...prepared, ...firstRound, ...delivered('failed', 'roundsUsedUp')] },
    { name: 'preparing', facts: prepared.slice(0, 4) },
    { name: 'offline', facts: prepared, options: { isOffline: true } },
    {
      name: 'blocked-narrow',
      facts: [...prepared, ...firstRound, ...tasks.blocked],
      options: { width: 300 },
    },
    { name: 'at-limit', facts: [...prepared, ...firstRound, ...delivered('failed', 'roundsUsedUp')] },
    ...(['dark', 'light', 'highContrast'] as const).flatMap((theme) =>
      [420, 900].map((width) => ({
        name: `doubted-${theme}-${width}`,
        facts: doubted,
        options: { theme, width, evidence: signed },
      })),
    ),
    ...(['dark', 'light', 'highContrast'] as const).flatMap((theme) =>
      [300, 900].map((width) => ({
        name: `images-${theme}-${width}`,
        facts: drawn,
        options: { theme, width },
      })),
    ),
    { name: 'hostile', facts: tasks.hostile() },
    { name: 'hostile-narrow', facts: tasks.hostile(), options: { width: 300, theme: 'light' } },
  ];

  for (const { name, facts, options } of states) {
    it(`shows a task without a complaint of the browser: ${name}`, async () => {
      await using panel = await open(facts, options);
      await panel.screenshot(name);
      assert.deepEqual(panel.complaints, []);
      const overflow = await panel.page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      assert.ok(Number(overflow) <= 0, `the page is ${String(overflow)} pixels too wide`);
    });
  }

  it('shows live output at the running command, and only its end', async () => {
    await using panel = await open([...prepared, ...firstRound, ...tasks.commandRunning]);
    const text = Array.from({ length: 900 }, (_, line) => `✔ test ${line}`).join('\n');
    await panel.output({ taskId: tasks.taskId, source: 'command', text });
    await panel.screenshot('working');
    const live = panel.page.locator('.tool .live');
    const shown = (await live.textContent()) ?? '';
    assert.ok(shown.endsWith('test 899'));
    assert.ok(shown.length <= 4 * 1024);
    assert.deepEqual(panel.complaints, []);
  });

  it('shows its top while it grows, and follows its end only where the reader went there', async () => {
    const facts = [...prepared, ...firstRound];
    await using panel = await open(facts);
    const { page } = panel;
    const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
    // A few lines are out of sight: no reason to scroll.
    await page.setViewportSize({ width: 900, height: height - 20 });
    const [second, ...rest] = secondRound
      .slice(0, 3)
      .map((fact, index) => eventAt(fact, facts.length + 1 + index, new Date(), tasks.taskId));
    await panel.emit(second!);
    assert.equal(await page.evaluate('window.scrollY'), 0);
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
    for (const event of rest) await panel.emit(event);
    const left = await page.evaluate('document.documentElement.scrollHeight - innerHeight - scrollY');
    assert.ok(Number(left) <= 1, `${String(left)} pixels are left below`);
  });

  it('leaves the reader where they read while they write', async () => {
    await using panel = await open([...prepared, ...firstRound, ...secondRound, ...delivered('verified')]);
    const { page } = panel;
    await page.setViewportSize({ width: 900, height: 600 });
    await page.evaluate('window.scrollTo(0, 100)');
    await page.locator('textarea').click();
    await page.keyboard.type('One more thing');
    assert.equal(await page.evaluate('window.scrollY'), 100);
  });

  it('never hides what the keyboard reaches behind the reply box', async () => {
    await using panel = await open([...prepared, ...firstRound, ...secondRound, ...delivered('verified')]);
    const { page } = panel;
    await page.setViewportSize({ width: 900, height: 600 });
    for (let press = 0; press < 20; press += 1) {
      await page.keyboard.press('Tab');
      const hidden = await page.evaluate(`(() => {
        const bottom = document.activeElement.getBoundingClientRect().bottom;
        return bottom - document.querySelector('.reply').getBoundingClientRect().top;
      })()`);
      assert.ok(Number(hidden) <= 0, `${String(hidden)} pixels are hidden after ${press + 1} presses of Tab`);
    }
  });

  it('replaces the running row when it ends, and keeps an opened row open', async () => {
    const facts = [...prepared, ...firstRound, ...tasks.commandRunning];
    await using panel = await open(facts);
    const row = panel.page.locator('.item.tool', { hasText: 'npm test -- --watch=false' });
    await row.locator('summary').click();
    await row.locator('.detail .block').first().waitFor();
    const ended: Fact = {
      type: 'toolEnded',
      data: {
        turn: 3,
        callId: '3a',
        name: 'run',
        ok: false,
        text: 'Exit code 1 after 3.2 s.\nboom',
        exitCode: 1,
        log: 'tool-3.log',
        durationMs: 3_200,
      },
    };
    await panel.emit(eventAt(ended, facts.length + 1, new Date(), tasks.taskId));
    assert.equal(await row.count(), 1);
    assert.match((await row.locator('summary').textContent()) ?? '', /Ran.*exit 1 · 3\.2s/);
    await row.getByText('boom').waitFor();
    await row.getByRole('button', { name: 'Open the Whole Output' }).click();
    assert.deepEqual(panel.requests.at(-1), { type: 'readLog', log: 'tool-3.log' });
  });

  for (const verdict of ['verified', 'partlyVerified', 'unverified', 'failed'] as const) {
    it(`shows ${verdict} in green only if it is verified`, async () => {
      await using panel = await open([...prepared, ...firstRound, ...secondRound, ...delivered(verdict)]);
      const green = panel.page.locator('.chip.tone-good, .proof.tone-good');
      assert.equal(await green.count(), verdict === 'verified' ? 2 : 0);
    });
  }

  it('shows what was found in the tests before anything else of the result, and opens each at its line', async () => {
    await using panel = await open(doubted, { evidence: signed });
    const { page, requests } = panel;
    const sections = await page.locator('.section:not([hidden])').evaluateAll(idsOf);
    assert.deepEqual(sections.slice(0, 4), ['integrity', 'criteria', 'result', 'evidence']);
    await page.locator('.chip.tone-warning', { hasText: 'Verified · 5 findings' }).waitFor();
    assert.equal(await page.locator('.chip.tone-good, .proof.tone-good').count(), 0);
    const kinds = await page.locator('#integrity h3').allTextContents();
    assert.deepEqual(kinds, [
      'Tests that were deleted',
      'Tests that are skipped now (2)',
      'Values that tests expect, written into the code',
      'New tests that also pass without the change',
    ]);
    const runs = await page.locator('#integrity .runs li').allTextContents();
    assert.deepEqual(runs, ['The old tests pass on the new code']);
    await page.getByRole('button', { name: 'test/refund.test.js:8' }).press('Enter');
    await page.getByRole('button', { name: 'rounds half a cent up' }).press('Enter');
    assert.deepEqual(requests.slice(-2), [
      { type: 'openFinding', path: 'test/refund.test.js', line: 8, side: 'before' },
      { type: 'openFinding', path: 'test/cart.test.js', line: 31, side: 'after' },
    ]);
  });

  it('never shows as met what is left to a person, and whose check it was', async () => {
    await using panel = await open(doubted);
    const rows = panel.page.locator('#criteria li');
    assert.deepEqual(await rows.locator('.standing > :first-child').allTextContents(), [
      'Met',
      'Not met',
      'For you to judge',
      'Met',
      'Not run',
    ]);
    assert.equal(await rows.nth(2).locator('.tone-good').count(), 0);
    assert.deepEqual(await rows.filter({ hasText: 'the agent’s own check' }).count(), 1);
    assert.match(
      (await panel.page.locator('#criteria summary').textContent()) ?? '',
      /2 of 4 met, 1 for you/,
    );
    const unverified = [...doubted.slice(0, -2), ...delivered('unverified', 'noChecks')];
    await using other = await open(unverified);
    const green = other.page.locator('#criteria .tone-good, #result .tone-good, .head .tone-good');
    assert.equal(await green.count(), 0);
  });

  it('draws what was made before and after side by side, and opens each', async () => {
    await using panel = await open(drawn);
    const { page } = panel;
    const shown = page.locator('.criteria li', { hasText: 'The cart looks as before' }).locator('figure');
    assert.deepEqual(await shown.locator('figcaption').allTextContents(), ['Before', 'After']);
    const after = page.getByRole('button', { name: 'The cart looks as before, after the change' });
    await after.locator('img').evaluate(async (image: { decode(): Promise<void> }) => image.decode());
    const boxes = await Promise.all([0, 1].map((index) => shown.nth(index).locator('img').boundingBox()));
    assert.deepEqual([boxes[0]?.width, boxes[0]?.height, boxes[0]?.y], [320, 200, boxes[1]?.y]);
    await after.press('Enter');
    assert.deepEqual(panel.requests.at(-1), { type: 'openImage', image: 'after.png' });
    assert.equal(
      await page.locator('img[src*="alone.png"]').getAttribute('alt'),
      'The names of the new functions say what they round',
    );
    const poster = page.locator('.criteria li', { hasText: 'npm run poster' });
    assert.match((await poster.textContent()) ?? '', /doesn’t have the image any more/);
    assert.match((await poster.textContent()) ?? '', /Too large to be shown here/);
    await poster.getByRole('button', { name: 'Open Image' }).click();
    assert.deepEqual(panel.requests.at(-1), { type: 'openImage', image: 'huge.png' });
    assert.deepEqual(panel.complaints, []);
  });

  it('says of an image that the browser can’t draw that it can’t be shown', async () => {
    server.images.set('after.png', server.images.get('broken.png')!);
    await using panel = await open(drawn);
    await panel.page.getByText('The image can’t be shown.').waitFor();
    assert.equal(await panel.page.locator('img[src*="after.png"]').count(), 0);
    server.images.set('after.png', server.images.get('alone.png')!);
  });

  it('loads images from nowhere but the extension', async () => {
    await using panel = await open(drawn);
    const load = (address: string): Promise<unknown> =>
      panel.page.evaluate(`new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('loaded');
        image.onerror = () => resolve('refused');
        image.src = ${JSON.stringify(address)};
      })`);
    assert.equal(await load(`${server.origin}/images/alone.png`), 'loaded');
    const elsewhere = server.origin.replace('127.0.0.1', 'localhost');
    assert.equal(await load(`${elsewhere}/images/alone.png`), 'refused');
    const bytes = server.images.get('alone.png')!.toString('base64');
    assert.equal(await load(`data:image/png;base64,${bytes}`), 'refused');
  });

  it('names a flaky check, a circle, and the problems that are gone', async () => {
    await using panel = await open(doubted);
    const { page } = panel;
    await page.locator('#result .tag', { hasText: 'flaky: its runs did not agree' }).waitFor();
    await page.locator('.item .tag', { hasText: 'flaky: its 2 runs did not agree' }).waitFor();
    await page.locator('.item', { hasText: 'Going in circles: the same problems stay' }).waitFor();
    await page.locator('.gone summary').last().press('Enter');
    await page.locator('.gone .problem', { hasText: 'discount: expected 9.00' }).waitFor();
  });

  it('offers the evidence and the way to check it, where there is some', async () => {
    await using panel = await open(doubted, { evidence: signed });
    const { page, requests } = panel;
    const section = page.locator('#evidence');
    assert.match(
      (await section.textContent()) ?? '',
      /Verified · Signed by the runner’s key 3f9a1c2b3f9a1c2…/,
    );
    await page.getByRole('button', { name: 'Open Evidence' }).press('Enter');
    await page.getByRole('button', { name: 'Copy Verify Command' }).press('Enter');
    assert.deepEqual(requests.slice(-2), [{ type: 'openEvidence' }, { type: 'copyVerifyCommand' }]);
    await using missing = await open(doubted, { evidence: { state: 'missing' } });
    await missing.page.locator('#evidence', { hasText: 'Not in your repository yet' }).waitFor();
    await using none = await open([...prepared, ...firstRound, ...secondRound, ...delivered('verified')]);
    assert.equal(await none.page.getByRole('button', { name: 'Open Evidence' }).count(), 0);
  });

  it('lists problems in the editor on request, where the newest round has some', async () => {
    await using panel = await open([...prepared, ...firstRound, ...delivered('failed', 'roundsUsedUp')]);
    await panel.page.getByRole('button', { name: 'Show Problems' }).press('Enter');
    await panel.page.getByRole('button', { name: 'Hide Problems' }).press('Enter');
    assert.deepEqual(panel.requests.slice(-2), [
      { type: 'command', command: 'showProblems' },
      { type: 'command', command: 'hideProblems' },
    ]);
    await using clean = await open([...prepared, ...firstRound, ...secondRound, ...delivered('verified')]);
    assert.equal(await clean.page.getByRole('button', { name: 'Show Problems' }).count(), 0);
  });

  it('leaves hostile words text', async () => {
    await using panel = await open(tasks.hostile());
    await panel.page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    await panel.settled();
    assert.equal(await panel.page.locator('#page img, #page script, #page a, #page b, #page i').count(), 0);
    assert.equal(await panel.page.evaluate('window.hacked'), undefined);
    assert.ok((await panel.page.locator('.words').first().textContent())?.includes('<img src=x onerror='));
  });

  it('is reached by the keyboard in every part', async () => {
    await using panel = await open([...prepared, ...firstRound, ...secondRound, ...delivered('verified')]);
    const focusable = 'button:not(:disabled), summary, textarea, [tabindex="0"]';
    const count = Number(
      await panel.page.evaluate(
        `[...document.querySelectorAll(${JSON.stringify(focusable)})].filter((each) => each.checkVisibility()).length`,
      ),
    );
    const reached = new Set<unknown>();
    for (let press = 0; press < count; press += 1) {
      await panel.page.keyboard.press('Tab');
      reached.add(
        await panel.page.evaluate(
          `[...document.querySelectorAll(${JSON.stringify(focusable)})].indexOf(document.activeElement)`,
        ),
      );
    }
    assert.ok(count > 25, `only ${count} places`);
    reached.delete(-1);
    assert.equal(reached.size, count);
  });

  it('names the problems that were failing already, and counts those that came and went', async () => {
    await using panel = await open([...prepared, ...firstRound, ...secondRound, ...delivered('verified')]);
    const rounds = await panel.page.locator('.round > summary').allTextContents();
    assert.match(rounds[1] ?? '', /Problems: 1 gone, 1 already failing/);
    assert.match(rounds[2] ?? '', /Problems: 1 gone/);
    const problems = await panel.page
      .locator('.round')
      .nth(1)
      .locator(':not(.gone) > .problems')
      .allTextContents();
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /already failing/);
  });

  it('asks the extension for what is pressed', async () => {
    await using panel = await open([...prepared, ...firstRound, ...secondRound, ...delivered('verified')]);
    const { page, requests } = panel;
    await page.getByRole('button', { name: 'Review Changes' }).press('Enter');
    await page.getByRole('button', { name: 'round.js' }).first().press('Enter');
    await page.locator('.problems').getByRole('button', { name: 'src/cart.js:18' }).last().press('Enter');
    assert.deepEqual(requests.slice(-3), [
      { type: 'command', command: 'reviewChanges' },
      { type: 'openDiff', path: 'src/money/round.js' },
      { type: 'openProblem', path: 'src/cart.js', line: 18, column: null },
    ]);
    await page.getByRole('button', { name: 'Turn 2: run again from here' }).press('Enter');
    assert.deepEqual(requests.at(-1), { type: 'runAgainFrom', turn: 2 });
  });

  it('offers to double a budget that ended the work, to ask, and to leave it', async () => {
    await using panel = await open([...prepared, ...firstRound, ...delivered('failed', 'roundsUsedUp')]);
    const { page, requests } = panel;
    await page.getByRole('button', { name: 'Double the Budget' }).press('Enter');
    await page.getByRole('button', { name: 'Leave It at That' }).press('Enter');
    assert.deepEqual(requests.slice(-2), [
      { type: 'command', command: 'extendBudget' },
      { type: 'command', command: 'markDone' },
    ]);
    await page.getByRole('button', { name: 'Ask the Agent' }).press('Enter');
    assert.match(await page.locator('textarea').inputValue(), /What is left to do/);
  });

  it('shows what the sandbox blocked, each host with a button of its own', async () => {
    const started = tasks.createdWith({ sandbox: 'srt' });
    const facts = [started, ...prepared.slice(1), ...firstRound, ...tasks.blocked];
    await using panel = await open(facts);
    const { page, requests } = panel;
    await panel.screenshot('blocked');
    const card = page.locator('.card', { hasText: 'The sandbox blocked' });
    assert.match((await card.locator('h2').textContent()) ?? '', /blocked 3 hosts/);
    assert.deepEqual(await card.locator('code').allTextContents(), [
      'registry.example.com (3 times)',
      'telemetry.example.com:8443',
      'localhost',
    ]);
    const buttons = card.getByRole('button');
    assert.equal(await buttons.count(), 2);
    await page.getByRole('button', { name: 'Allow registry.example.com for this task' }).press('Enter');
    assert.deepEqual(requests.at(-1), { type: 'allowHost', host: 'registry.example.com' });

    const allowed: Fact = { type: 'networkAllowed', data: { hosts: ['registry.example.com'] } };
    await panel.emit(eventAt(allowed, facts.length + 1, new Date(), tasks.taskId));
    assert.equal(await buttons.count(), 1);
    await page.locator('.chip', { hasText: 'Network: 1 host' }).waitFor();
    await page.locator('.item', { hasText: 'You allowed registry.example.com' }).waitFor();
  });

  const chips: readonly (readonly [string, Parameters<typeof tasks.createdWith>[0], string[]])[] = [
    ['registries alone', { sandbox: 'srt', network: { mode: 'registries', hosts: [] } }, []],
    ['no network', { sandbox: 'srt', network: { mode: 'off', hosts: [] } }, []],
    [
      'named hosts',
      { sandbox: 'srt', network: { mode: 'hosts', hosts: ['a.example.com'] } },
      ['Network: 1 host'],
    ],
    ['everything', { sandbox: 'external', network: { mode: 'all', hosts: [] } }, ['Open Network']],
    ['no sandbox', { sandbox: 'none', network: { mode: 'all', hosts: [] } }, ['Unsandboxed']],
  ];
  for (const [name, changes, expected] of chips) {
    it(`warns at its top of what is open: ${name}`, async () => {
      await using panel = await open([tasks.createdWith(changes), ...prepared.slice(1)]);
      const shown = await panel.page.locator('.chips .chip.tone-warning').allTextContents();
      assert.deepEqual(shown, expected);
    });
  }

  it('answers a question by the keyboard alone', async () => {
    await using panel = await open([...prepared, ...firstRound, ...tasks.asking]);
    const { page, requests } = panel;
    await page.getByRole('button', { name: 'Start from the Default' }).press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.type(' Please.');
    await page.keyboard.press('Enter');
    assert.equal(requests.at(-1)?.type, 'ready', 'Enter alone must not send');
    await page.keyboard.press('Control+Enter');
    await panel.settled();
    const [reply] = requests.filter(({ type }) => type === 'reply');
    assert.deepEqual(reply, { type: 'reply', text: 'Round half up, as invoices usually do. Please.' });
    assert.equal(await page.locator('textarea').inputValue(), '');
  });

  it('says aloud that the status changed', async () => {
    const facts = [...prepared, ...firstRound, ...secondRound];
    await using panel = await open(facts);
    const announcer = panel.page.locator('.head [role=status]');
    assert.equal(await announcer.textContent(), '');
    for (const [index, fact] of delivered('verified').entries()) {
      await panel.emit(eventAt(fact, facts.length + 1 + index, new Date(), tasks.taskId));
    }
    assert.equal(await announcer.textContent(), 'Ready to Review, Verified');
  });

  it('can’t send while the runner is not connected, and says why', async () => {
    await using panel = await open(prepared, { isOffline: true });
    assert.equal(await panel.page.locator('textarea').isDisabled(), true);
    assert.match((await panel.page.locator('.reply').textContent()) ?? '', /not connected/);
  });

  it('stays quick with a thousand turns and brings the earlier ones on request', async () => {
    await using panel = await open(tasks.manyTurns(1_000));
    const turns = panel.page.locator('.turn');
    assert.equal(await turns.count(), 60);
    await panel.page.getByRole('button', { name: 'Show Earlier (940 turns more)' }).click();
    await panel.settled();
    assert.equal(await turns.count(), 120);
    const numbers = await panel.page.locator('.turnNumber').allTextContents();
    assert.deepEqual(
      numbers.map(Number),
      Array.from({ length: 120 }, (_, index) => 881 + index),
    );
  });
});

/** In the page. */
function idsOf(elements: readonly { readonly id: string }[]): string[] {
  return elements.map(({ id }) => id);
}
