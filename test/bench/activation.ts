// What VS Code itself reports of the extension's activation: at the start of windows, and in windows at rest.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runProcess } from '../../shared/host/processes.ts';
import { runScript } from '../layers/runScript.ts';
import { projectRoot } from '../layers/testFiles.ts';
import { startBrowser } from '../workbench/browser.ts';
import { CodeServer } from '../workbench/server.ts';
import { packagedExtension } from '../workbench/session.ts';
import { Workbench } from '../workbench/workbench.ts';
import { inMs, percentile, type Measure } from './measures.ts';

const windowCount = 5;
/** Milliseconds that all windows may take together. */
const timeoutMs = 900_000;
/** Share of the processors' time that counts as rest. */
const restingShare = 0.9;
/** Milliseconds after which a window is measured though the machine isn't at rest. */
const restTimeoutMs = 60_000;

interface Activation {
  /** Milliseconds for reading and evaluating the code. */
  readonly loadMs: number;
  /** Milliseconds for the call of `activate`. */
  readonly callMs: number;
}

export async function benchActivation(): Promise<readonly Measure[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const exitCode = await runScript('package', signal);
  if (exitCode !== 0) throw new Error(`npm run package ended with exit code ${exitCode}`);
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-activation-'));
  try {
    const onCommand = await packageForCommands(join(folder, 'extension'), signal);
    const workspace = join(folder, 'workspace');
    const idleShares: number[] = [];
    const resting = await activations(onCommand, workspace, signal, async (workbench) => {
      idleShares.push(await untilAtRest());
      await workbench.runCommand('Nightjar: Show Log');
    });
    const starting = await activations(packagedExtension, workspace, signal, () => Promise.resolve());
    const idle = Math.round(percentile(idleShares, 0.5) * 100);
    return [
      row(`activation in a window at rest, median of ${windowCount}`, resting, `machine ${idle} % idle`),
      // VS Code counts to the loading of one extension what it loads of others in the same turn.
      row('activation while a window starts, likewise', starting, 'and what else VS Code loads then'),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Has the extension activated in one window after the other, each on `folder`. */
async function activations(
  vsix: string,
  folder: string,
  signal: AbortSignal,
  activate: (workbench: Workbench) => Promise<void>,
): Promise<Activation[]> {
  await mkdir(folder, { recursive: true });
  await using server = await CodeServer.start({ vsixFiles: [vsix], signal });
  await using browser = await startBrowser(signal);
  const measured: Activation[] = [];
  for (let count = 0; count < windowCount; count += 1) {
    // A context of its own: else the window would come up with the editors of the one before.
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const workbench = new Workbench(await context.newPage());
    await workbench.load(server.addressOf(folder));
    await activate(workbench);
    measured.push(await readReport(workbench));
    await context.close();
  }
  return measured;
}

/** The row of the extension in the report that Developer: Startup Performance shows. */
async function readReport(workbench: Workbench): Promise<Activation> {
  const { page } = workbench;
  for (;;) {
    await workbench.runCommand('Developer: Startup Performance');
    await page.locator('.editor-instance .view-line', { hasText: 'System Info' }).waitFor();
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    const text = String(await page.evaluate('navigator.clipboard.readText()'));
    const [, load, call] = /^\| nightjar\.nightjar +\| \w+ +\| (\d+) +\| (\d+) +\|/m.exec(text) ?? [];
    if (load !== undefined) return { loadMs: Number(load), callMs: Number(call) };
    // The report is of the moment in which it was made: the extension was not there yet.
    await workbench.runCommand('View: Close All Editors');
  }
}

/** The packaged extension without its start at startup: the first of its commands activates it. */
async function packageForCommands(folder: string, signal: AbortSignal): Promise<string> {
  for (const name of ['dist', 'extension/media', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'])
    await cp(join(projectRoot, name), join(folder, name), { recursive: true });
  const manifest = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as object;
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ ...manifest, activationEvents: [], scripts: {} }),
  );
  const vsix = join(folder, 'commands.vsix');
  const { exitCode, stderr } = await runProcess({
    file: process.execPath,
    args: [
      join(projectRoot, 'node_modules/@vscode/vsce/vsce'),
      'package',
      '--no-dependencies',
      '--out',
      vsix,
    ],
    cwd: folder,
    env: process.env,
    signal,
  });
  if (exitCode !== 0) throw new Error(`the extension was not packaged: ${stderr.toString()}`);
  return vsix;
}

/** Resolves with the share of idle time once the processors are at rest, or after a minute. */
async function untilAtRest(): Promise<number> {
  const deadline = performance.now() + restTimeoutMs;
  for (;;) {
    const before = cpus();
    await delay(1_000);
    const [idleMs, allMs] = cpus().reduce(
      ([idle, all], { times }, index) => {
        const past = before[index]?.times ?? times;
        const sum = (of: typeof times): number => of.user + of.nice + of.sys + of.irq + of.idle;
        return [idle + times.idle - past.idle, all + sum(times) - sum(past)];
      },
      [0, 0],
    );
    const idleShare = idleMs / allMs;
    if (idleShare >= restingShare || performance.now() > deadline) return idleShare;
  }
}

function row(what: string, measured: readonly Activation[], remark: string): Measure {
  const loadMs = inMs(medianOf(measured, (of) => of.loadMs));
  const callMs = inMs(medianOf(measured, (of) => of.callMs));
  return {
    what,
    value: inMs(medianOf(measured, (of) => of.loadMs + of.callMs)),
    against: `target under 50 ms; ${loadMs} to load, ${callMs} to call; ${remark}`,
  };
}

function medianOf(measured: readonly Activation[], part: (of: Activation) => number): number {
  return percentile(measured.map(part), 0.5);
}
