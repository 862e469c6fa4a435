// Runs the suites of the extension host in desktop VS Code where it can be had, else in code-server, and demands evidence.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestRun, type TestRun } from '../layers/testResult.ts';
import { endRunner } from '../support/endRunner.ts';
import { startBrowser } from './browser.ts';
import { chooseVscode, runInDesktop } from './desktop.ts';
import { CodeServer } from './server.ts';
import type { SuiteRun } from './suiteRun.ts';

/** Runs the suites once, in an empty folder, and prints what they print. */
export async function runExtensionHostSuites(
  given: Pick<SuiteRun, 'extensionFolder' | 'suiteRunner' | 'env' | 'signal'>,
): Promise<TestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-suites-'));
  try {
    const [resultPath, outputPath] = [join(folder, 'result.json'), join(folder, 'output.txt')];
    const suiteRun: SuiteRun = {
      ...given,
      workspaceFolder: await mkdtemp(join(folder, 'workspace-')),
      env: {
        ...given.env,
        NIGHTJAR_DATA: join(folder, 'data'),
        NIGHTJAR_TEST_RESULT: resultPath,
        NIGHTJAR_TEST_OUTPUT: outputPath,
      },
    };
    const vscode = await chooseVscode(given.signal);
    console.log(`The extension host of ${vscode === 'desktop' ? 'desktop VS Code' : 'code-server'}:`);
    const exitCode = await (vscode === 'desktop' ? runInDesktop(suiteRun) : runInCodeServer(suiteRun));
    console.log(await readFile(outputPath, 'utf8').catch(() => 'The suites printed nothing.'));
    return await readTestRun(resultPath, exitCode);
  } finally {
    await endRunner(join(folder, 'data'));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens a page that starts the suites, and waits until it reports their end. */
async function runInCodeServer(suiteRun: SuiteRun): Promise<number> {
  const { signal } = suiteRun;
  await using server = await CodeServer.start({ acceptsTests: true, signal });
  await using browser = await startBrowser(signal);
  const page = await browser.newPage();
  const exit = Promise.withResolvers<number>();
  signal.addEventListener('abort', () => exit.reject(signal.reason as Error), { once: true });
  page.on('crash', () => exit.reject(new Error('the page of the workbench crashed')));
  await page.exposeFunction('codeAutomationLog', () => undefined);
  await page.exposeFunction('codeAutomationExit', (exitCode: number) => exit.resolve(exitCode));
  const remote = (path: string): string => `vscode-remote://${new URL(server.url).host}${path}`;
  await page.goto(
    server.addressOf(suiteRun.workspaceFolder, [
      ['extensionDevelopmentPath', remote(suiteRun.extensionFolder)],
      ['extensionTestsPath', remote(suiteRun.suiteRunner)],
      ['extensionEnvironment', JSON.stringify(suiteRun.env)],
      ['skipWelcome', 'true'],
    ]),
  );
  return await exit.promise;
}
