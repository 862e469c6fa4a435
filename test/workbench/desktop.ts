// Desktop VS Code, where it can be downloaded and has a display: the normal way on a developer's machine.
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { projectRoot } from '../layers/testFiles.ts';
import type { SuiteRun } from './suiteRun.ts';

const downloadHost = 'https://update.code.visualstudio.com/api/releases/stable';
const probeTimeoutMs = 4_000;

/** Which VS Code to use; NIGHTJAR_WORKBENCH=desktop or code-server decides it, else a short probe of the download. */
export async function chooseVscode(signal: AbortSignal): Promise<'desktop' | 'code-server'> {
  const wanted = process.env['NIGHTJAR_WORKBENCH'];
  if (wanted === 'desktop' || wanted === 'code-server') return wanted;
  if (wanted !== undefined) throw new Error(`NIGHTJAR_WORKBENCH is desktop or code-server, not ${wanted}`);
  if (!hasDisplay()) return 'code-server';
  const probe = AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]);
  const isReachable = await fetch(downloadHost, { method: 'HEAD', signal: probe }).then(
    (response) => response.ok,
    () => false,
  );
  signal.throwIfAborted();
  return isReachable ? 'desktop' : 'code-server';
}

/** True where a window can be shown. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Runs the suites in a downloaded VS Code; the exit code is 0 or 1. */
export async function runInDesktop(suiteRun: SuiteRun): Promise<number> {
  const vscodeExecutablePath = await downloadDesktop();
  const userData = join(suiteRun.workspaceFolder, '..', 'user');
  return runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: suiteRun.extensionFolder,
    extensionTestsPath: suiteRun.suiteRunner,
    extensionTestsEnv: suiteRun.env,
    launchArgs: [suiteRun.workspaceFolder, '--disable-workspace-trust', '--user-data-dir', userData],
  }).catch(() => 1);
}

/** The path of the program of desktop VS Code, downloaded on first use. */
export async function downloadDesktop(): Promise<string> {
  const cachePath = join(projectRoot, '.cache', 'desktop');
  return downloadAndUnzipVSCode({ version: 'stable', cachePath });
}
